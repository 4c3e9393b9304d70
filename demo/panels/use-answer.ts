import { useSignal, useSignalEffect } from "@preact/signals";
import { useRef, useState } from "preact/hooks";
import type { Answers, Inputs, Question } from "../engine/questions.js";
import type { Store } from "../state/store.js";

/** Milliseconds between two questions while training, and how much longer than the answer took. */
const PAUSE = 700;
const LONGER = 5;

/** The newest answer to a question: asked when a training rests, and now and then while it is at work. */
export function useAnswer<Q extends Question>(
  store: Store,
  question: Q,
  ...[input]: undefined extends Inputs[Q] ? [] : [input: Inputs[Q]]
): Answers[Q] | undefined {
  const [answer, setAnswer] = useState<{ run: number; value: Answers[Q] }>();
  const asking = useRef({ isOpen: false, asked: 0, at: 0, step: -1, run: 0, input: "" });
  const written = JSON.stringify(input);
  const asked = useSignal(written);
  asked.value = written;
  useSignalEffect(() => {
    const [frame, status] = [store.frame.value, store.status.value];
    const state = asking.current;
    if (!frame || status === "opening" || status === "failed" || state.isOpen) return;
    if (state.step === frame.step && state.run === frame.run && state.input === asked.value) return;
    const pause = Math.max(PAUSE, LONGER * (state.at - state.asked));
    if (status === "training" && performance.now() - state.at < pause) return;
    Object.assign(state, {
      isOpen: true,
      asked: performance.now(),
      step: frame.step,
      run: frame.run,
      input: asked.value,
    });
    store
      .ask(question, asked.value === undefined ? undefined : JSON.parse(asked.value))
      .then((value) => setAnswer({ run: frame.run, value }))
      .catch(() => {}) // a training that ended meanwhile says so by itself
      .finally(() => Object.assign(state, { isOpen: false, at: performance.now() }));
  });
  return answer?.run === store.info.value?.run ? answer?.value : undefined;
}
