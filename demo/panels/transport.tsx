import { useEffect, useState } from "preact/hooks";
import { SPEEDS, type Store } from "../state/store.js";
import { Choice } from "./fields.js";
import { numbersOf } from "./numbers.js";
import type { PanelProps } from "./panel.js";

/** The moment that is shown; none where the page waits for data. */
const momentOf = ({ info, frame }: Store) => info.value && frame.value;

/** Milliseconds until a wait is worth a word: shorter ones would only flicker. */
const LONG = 400;

/** Whether something has been so for long. */
function useIsLong(isSo: boolean): boolean {
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    if (!isSo) return;
    const timer = setTimeout(() => setLong(true), LONG);
    return () => {
      clearTimeout(timer);
      setLong(false);
    };
  }, [isSo]);
  return isLong;
}

/** Play and pause, steps, speed, and the way through the past. In reach wherever the page is scrolled to. */
export function Transport({ store }: PanelProps) {
  const { transport } = store.texts.value;
  const { count } = numbersOf(store.language.value);
  const status = store.status.value;
  const isTraining = status === "training";
  const isEmpty = status === "opening" || !store.info.value;
  const isSlow = useIsLong(status === "opening");
  const isAtStart = (momentOf(store)?.step ?? 0) <= (store.info.value?.firstStep ?? 0);
  return (
    <section class="transport" aria-label={transport.title}>
      <div class="buttons">
        <button
          type="button"
          class="primary"
          onClick={() => (isTraining ? store.pause() : store.play())}
          disabled={isEmpty}
        >
          <Icon path={isTraining ? "M4 3h4v14H4zM12 3h4v14h-4z" : "M5 3l12 7-12 7z"} />
          {isSlow ? transport.opening : isTraining ? transport.pause : transport.play}
        </button>
        <Tool
          label={transport.restart}
          path="M10 3a7 7 0 1 1-6.3 4h2.3a5 5 0 1 0 4-2v3L5 4l5-4z"
          act={() => store.open()}
          isOff={status === "waiting"}
        />
        <Tool
          label={transport.back}
          path="M4 3h3v14H4zM17 3v14L8 10z"
          act={() => store.step(-1)}
          isOff={isAtStart || isTraining || isEmpty}
        />
        <Tool
          label={transport.step}
          path="M3 3l9 7-9 7zM13 3h3v14h-3z"
          act={() => store.step()}
          isOff={isTraining || isEmpty}
        />
        <Tool
          label={transport.epoch}
          path="M2 3l7 7-7 7zM9 3l7 7-7 7zM16 3h3v14h-3z"
          act={() => store.playEpoch()}
          isOff={isTraining || isEmpty}
        />
      </div>
      <Choice
        label={transport.speed}
        value={String(store.speed.value ?? "")}
        choices={Object.fromEntries(
          SPEEDS.map((speed) => [
            String(speed ?? ""),
            speed === undefined ? transport.fullSpeed : transport.speedOf(count(speed), speed === 1),
          ]),
        )}
        onChoose={(speed) => store.chooseSpeed(SPEEDS.find((each) => String(each ?? "") === speed))}
      />
      <Past store={store} />
      <Numbers store={store} />
      <Failure store={store} />
    </section>
  );
}

/** Why a training ended, or can't be made, in the library's words. */
function Failure({ store }: PanelProps) {
  const failure = store.failure.value;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a long message scrolls, and must be reached by keys
    <p class="failure" role="alert" tabIndex={0} hidden={failure === undefined}>
      {failure}
    </p>
  );
}

/** A line from the beginning to the farthest step, to be dragged along. */
function Past({ store }: PanelProps) {
  const { transport } = store.texts.value;
  const { count } = numbersOf(store.language.value);
  const { step = 0, farthest = 0 } = momentOf(store) ?? {};
  const { firstStep = 0 } = store.info.value ?? {};
  return (
    <div class="field past">
      <label for="past">{transport.past}</label>
      <input
        id="past"
        type="range"
        min={firstStep}
        max={Math.max(firstStep + 1, farthest)}
        value={step}
        disabled={farthest <= firstStep}
        aria-valuetext={transport.place(count(step), count(farthest))}
        onInput={(event) => store.seek(event.currentTarget.valueAsNumber)}
      />
    </div>
  );
}

function Numbers({ store }: PanelProps) {
  const { transport } = store.texts.value;
  const { count } = numbersOf(store.language.value);
  const { step = 0, epoch = 0, stepsPerSecond = 0 } = momentOf(store) ?? {};
  return (
    <dl class="numbers">
      <div>
        <dt>{transport.epochs}</dt>
        <dd id="epoch">{count(epoch)}</dd>
      </div>
      <div>
        <dt>{transport.steps}</dt>
        <dd id="step">{count(step)}</dd>
      </div>
      <div>
        <dt>{transport.stepsPerSecond}</dt>
        <dd id="pace">{stepsPerSecond > 0 ? count(Math.round(stepsPerSecond)) : "–"}</dd>
      </div>
    </dl>
  );
}

interface ToolProps {
  label: string;
  path: string;
  act: () => void;
  isOff?: boolean;
}

/** A button with a picture for a name. It keeps the focus while it is off: steps are pressed one after another. */
const Tool = ({ label, path, act, isOff }: ToolProps) => (
  <button
    type="button"
    class="tool"
    title={label}
    aria-label={label}
    aria-disabled={isOff}
    onClick={isOff ? undefined : act}
  >
    <Icon path={path} />
  </button>
);

const Icon = ({ path }: { path: string }) => (
  <svg class="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
    <path d={path} />
  </svg>
);
