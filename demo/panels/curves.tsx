import { useEffect, useRef } from "preact/hooks";
import type { PartScores } from "../engine/protocol.js";
import { differences } from "../settings/compare.js";
import type { Store } from "../state/store.js";
import { type Numbers, numbersOf } from "./numbers.js";
import { Panel, type PanelProps } from "./panel.js";

/** Of the lines of earlier trainings, among the colours of classes. */
export const FIRST_COLOUR = 2;

export type Score = keyof PartScores;

/** Loss and accuracy over the epochs, of the rows to learn from and those held out. */
export function CurvesPanel({ store }: PanelProps) {
  const { curves } = store.texts.value;
  const task = store.info.value?.task ?? "classes";
  return (
    <Panel id="curves" title={curves.title}>
      <Curve store={store} score="loss" title={curves.loss} help={curves.lossHelp} />
      <Curve store={store} score="score" title={curves.scores[task]} help={curves.scoresHelp[task]} />
      <Earlier store={store} />
    </Panel>
  );
}

/** The settings in which earlier trainings differ from the next, each in the colour of its line. */
function Earlier({ store }: PanelProps) {
  const { curves, settings } = store.texts.value;
  const earlier = store.earlier.value;
  if (earlier.length === 0) return null;
  return (
    <div class="earlier">
      <p>{curves.before}</p>
      <ul>
        {earlier.map((run, i) => (
          <li key={i}>
            <span class={`swatch class-${FIRST_COLOUR + i}`} />
            {differences(run.settings, store.settings.value)
              .map(({ name, before, after }) => `${settings.names[name]} ${before} (${curves.now} ${after})`)
              .join("; ") || "="}
          </li>
        ))}
      </ul>
    </div>
  );
}

interface CurveProps extends PanelProps {
  score: Score;
  title: string;
  help: string;
}

/** How values are written: accuracies as shares of a hundred. */
export const written = (store: Store, score: Score, { percent, short }: Numbers) =>
  score === "score" && store.info.peek()?.task !== "number" ? percent : short;

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
    import("../drawing/plot.js").then(({ plot }) => {
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
      <div ref={ref} class="plot" role="img" aria-label={curves.picture(title, say(last), say(last?.heldOut))} />
    </figure>
  );
}
