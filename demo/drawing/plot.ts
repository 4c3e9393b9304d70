import { effect } from "@preact/signals";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { EpochPoint } from "../engine/run.js";
import { numbersOf } from "../panels/numbers.js";
import { FIRST_COLOUR, type Score, written } from "../panels/scores.js";
import type { EarlierRun } from "../state/curves.js";
import type { Store } from "../state/store.js";
import { css, palette } from "./palette.js";
import { followSize } from "./size.js";

const HEIGHT = 150;
/** Ticks between epochs would make no sense. */
const WHOLE = [1, 2, 5]
  .flatMap((digit) => [1, 10, 100, 1e3, 1e4, 1e5, 1e6].map((scale) => digit * scale))
  .sort((a, b) => a - b);

/** Shares of right answers lie between 0 and 1; R² may lie below: as far down as -1 it is shown. */
const scoreRange = (store: Store): uPlot.Scale.Range =>
  store.info.peek()?.task === "number" ? (_, low) => [Math.max(-1, Math.min(0, low ?? 0)), 1.02] : [0, 1.02];

/** Keeps a plot of a score up to date. @returns what ends it */
export function plot(element: HTMLElement, store: Store, score: Score, earlier: readonly EarlierRun[]): () => void {
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
  const range: uPlot.Scale.Range =
    score === "score" ? scoreRange(store) : (_, __, high) => [0, (high ?? 1) * 1.05 || 1];
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
