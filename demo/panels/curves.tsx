import { effect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { css, palette } from "../drawing/palette.js";
import { followSize } from "../drawing/size.js";
import type { EpochPoint, PartScores } from "../engine/protocol.js";
import { differences } from "../settings/compare.js";
import type { EarlierRun, Store } from "../state/store.js";
import { type Numbers, numbersOf } from "./numbers.js";
import { Panel, type PanelProps } from "./panel.js";

const HEIGHT = 150;
/** Ticks between epochs would make no sense. */
const WHOLE = [1, 2, 5]
  .flatMap((digit) => [1, 10, 100, 1e3, 1e4, 1e5, 1e6].map((scale) => digit * scale))
  .sort((a, b) => a - b);

/** Of the lines of earlier trainings, among the colours of classes. */
const FIRST_COLOUR = 2;

type Score = keyof PartScores;

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
const written = (store: Store, score: Score, { percent, short }: Numbers) =>
  score === "score" && store.info.peek()?.task !== "number" ? percent : short;

function Curve({ store, score, title, help }: CurveProps) {
  const ref = useRef<HTMLDivElement>(null);
  const { curves } = store.texts.value;
  const language = store.language.value;
  const earlier = store.earlier.value;
  const task = store.info.value?.task;
  useEffect(() => plot(ref.current!, store, score, earlier), [store, score, language, earlier, task]);
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

/** Keeps a plot of a score up to date. @returns what ends it */
function plot(element: HTMLElement, store: Store, score: Score, earlier: readonly EarlierRun[]): () => void {
  const { curves } = store.texts.peek();
  const write = written(store, score, numbersOf(store.language.peek()));
  const style = (name: string) => () => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const line = { stroke: style("--line"), width: 1 };
  const axis = { stroke: style("--quiet"), grid: line, ticks: line, font: "12px system-ui, sans-serif" };
  const series = (label: string, name: string): uPlot.Series => ({
    label,
    stroke: style(name),
    width: 2,
    points: { show: (_, __, first, last) => last - first < 2 },
  });
  const range: uPlot.Scale.Range = score === "score" ? [0, 1.02] : (_, __, high) => [0, (high ?? 1) * 1.05 || 1];
  const chart = new uPlot(
    {
      width: element.clientWidth,
      height: HEIGHT,
      legend: { show: false },
      cursor: { show: false },
      scales: { x: { time: false }, y: { range } },
      axes: [
        { ...axis, size: 28, incrs: WHOLE },
        { ...axis, size: 48, values: (_, ticks) => ticks.map(write) },
      ],
      series: [
        {},
        series(curves.train, "--train"),
        series(curves.heldOut, "--held-out"),
        ...earlier.map((_, i) => ({
          ...series("", `--class-${FIRST_COLOUR + i}`),
          dash: [5, 4],
          width: 1.5,
          spanGaps: true,
        })),
      ],
      hooks: { draw: [(each) => drawPlace(each, store)] },
    },
    [[], [], [], ...earlier.map(() => [])],
    element,
  );
  const unfollow = followSize(element, (width) => chart.setSize({ width, height: HEIGHT }));
  const past = earlier.map(({ curve }): uPlot.AlignedData => {
    const [epochs, train, heldOut] = tableOf(curve, score);
    return [epochs, heldOut.some((value) => value !== null) ? heldOut : train];
  });
  const stops = [
    effect(() => {
      const points = store.curve.value;
      palette(); // light may have turned to dark
      chart.setData(uPlot.join([tableOf(points, score), ...past]));
    }),
    effect(() => {
      // Only drawn again: with its paths, uPlot would go back to the range of before the newest data.
      if (store.frame.value && store.status.value !== "training") chart.redraw(false);
    }),
  ];
  return () => {
    for (const stop of stops) stop();
    unfollow();
    chart.destroy();
  };
}

/** Epochs, and a score of each part by epoch. */
const tableOf = (points: readonly EpochPoint[], score: Score): [number[], (number | null)[], (number | null)[]] => [
  points.map(({ epoch }) => epoch),
  points.map((point) => point[score] ?? null),
  points.map(({ heldOut }) => heldOut?.[score] ?? null),
];

/** A line at the moment that is shown, where it isn't the last. */
function drawPlace({ ctx, bbox, valToPos, data }: uPlot, store: Store): void {
  const [frame, info] = [store.frame.peek(), store.info.peek()];
  if (!frame || !info || frame.step >= frame.farthest || data[0].length === 0) return;
  const x = valToPos(frame.step / info.stepsPerEpoch, "x", true);
  if (x < bbox.left) return;
  ctx.strokeStyle = css(palette().text);
  ctx.lineWidth = devicePixelRatio;
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
}
