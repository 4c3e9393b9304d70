import { useEffect, useRef } from "preact/hooks";
import type { PartScores } from "../engine/run.js";
import { lazily } from "./lazily.js";
import { numbersOf } from "./numbers.js";
import { Panel, type PanelProps } from "./panel.js";
import { type Score, written } from "./scores.js";

const Earlier = lazily(async () => (await import("./earlier.js")).EarlierRuns);

/** Loss and accuracy over the epochs, of the rows to learn from and those held out. */
export function CurvesPanel({ store }: PanelProps) {
  const { curves } = store.texts.value;
  const task = store.info.value?.task ?? "classes";
  return (
    <Panel id="curves" title={curves.title}>
      {store.status.value === "waiting" ? (
        <p class="help">{curves.waiting}</p>
      ) : (
        <>
          <Curve store={store} score="loss" title={curves.loss} help={curves.lossHelp} />
          <Curve store={store} score="score" title={curves.scores[task]} help={curves.scoresHelp[task]} />
        </>
      )}
      {store.status.value !== "waiting" && store.earlier.value.length > 0 && <Earlier store={store} />}
    </Panel>
  );
}

/** The chart library asks Intl for the browser's language, which refuses some that browsers have: "en-US@posix". */
async function loadPlot() {
  try {
    new Intl.NumberFormat(navigator.language);
  } catch {
    Object.defineProperty(navigator, "language", { value: "en-US", configurable: true });
  }
  return import("../drawing/plot.js");
}

interface CurveProps extends PanelProps {
  score: Score;
  title: string;
  help: string;
}

function Curve({ store, score, title, help }: CurveProps) {
  const ref = useRef<HTMLDivElement>(null);
  const { curves } = store.texts.value;
  const language = store.language.value;
  const earlier = store.earlier.value;
  const task = store.info.value?.task;
  // The chart library is fetched once there is something to draw.
  const isEmpty = store.curve.value.length === 0;
  useEffect(() => {
    if (isEmpty) return;
    let end: (() => void) | undefined;
    let isOver = false;
    loadPlot().then(({ plot }) => {
      if (!isOver) end = plot(ref.current!, store, score, earlier);
    });
    return () => {
      isOver = true;
      end?.();
    };
  }, [store, score, language, earlier, task, isEmpty]);
  const last = store.curve.value.at(-1);
  const write = written(store, score, numbersOf(language));
  const say = (scores: PartScores | undefined) => (scores?.[score] === undefined ? curves.none : write(scores[score]));
  return (
    <figure>
      <figcaption>
        {title} <small>{help}</small>
        <span class="values">
          <span class="train">
            {curves.train} <b id={`${score}-train`}>{say(last)}</b>
          </span>
          {last?.heldOut && (
            <span class="held-out">
              {curves.heldOut} <b id={`${score}-held-out`}>{say(last.heldOut)}</b>
            </span>
          )}
        </span>
      </figcaption>
      {isEmpty && score === "loss" && <p class="help hint">{curves.empty}</p>}
      <div ref={ref} class="plot" role="img" aria-label={curves.picture(title, say(last), say(last?.heldOut))} />
    </figure>
  );
}
