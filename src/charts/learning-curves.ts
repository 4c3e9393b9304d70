import { ArgumentError, DataError } from "../core/errors.js";
import { numbersIn, textsIn } from "../language/index.js";
import { dashes, light } from "./palette.js";
import {
  type ChartOptions,
  type ChartSpecification,
  chart,
  checkChart,
  DEFAULT_WIDTH,
  rowsOf,
} from "./specification.js";
import { legendColumns } from "./text-width.js";
import { thin } from "./thin.js";
import { logarithmicTicks } from "./ticks.js";

/** Scores of an epoch by name, as `trainer.fit` gives them, those of the validation part apart. */
export interface CurveEpoch {
  /** Counts from 1. */
  readonly epoch: number;
  readonly validation?: object;
}

/** A training's history, such as `trainer.fit` returns. */
export interface CurveHistory {
  readonly epochs: readonly CurveEpoch[];
}

/** Options of `learningCurves`. */
export interface LearningCurvesOptions extends ChartOptions {
  /** Score of the epochs that is drawn: "loss", a metric's name, "learningRate". */
  score?: string;
  /** The epoch that the parameters are of, to be marked: its number, counted from 1. Of a single history. */
  best?: number;
  /** "auto": logarithmic where all values are positive and the largest is 100 times the least. */
  scale?: "linear" | "log" | "auto";
}

interface Point {
  epoch: number;
  value: number;
  line: string;
  run: string;
  part: "train" | "validation";
}

const MOST_POINTS = 240;
/** Places along the epochs that tell their numbers when pointed at. */
const MOST_PLACES = 40;

/** A score of an epoch, where it has it and it is a finite number. */
export const scoreIn = (record: object | undefined, score: string): number | undefined => {
  const value = (record as Record<string, unknown> | undefined)?.[score];
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
};

/**
 * Learning curves: a score by epoch, of the training part and of the validation part. Several histories come into one
 * picture, a colour each; then the validation part is drawn alone where all have one.
 *
 * @param histories - what `fit` returned, or several of them by name
 * @throws ArgumentError when no epoch has the score; DataError when there is no epoch
 */
export function learningCurves(
  histories: CurveHistory | Readonly<Record<string, CurveHistory>>,
  options: LearningCurvesOptions = {},
): ChartSpecification {
  checkChart("learningCurves", options, { score: true, best: true, scale: true });
  const { score = "loss", language = "en", best, scale = "auto", width = DEFAULT_WIDTH } = options;
  const texts = textsIn(language);
  const numbers = numbersIn(language);
  const isSingle = isHistory(histories);
  const runs = isSingle ? [["", histories] as const] : Object.entries(histories);
  if (!runs.some(([, { epochs }]) => epochs.length > 0)) {
    throw new DataError("learningCurves: there are no epochs. Train for at least one.");
  }
  const parts = partsDrawn(
    runs.map(([, history]) => history),
    score,
    isSingle,
  );
  const lines = runs.flatMap(([run, { epochs }]) =>
    parts.map((part) => {
      const line = isSingle ? texts.parts[part] : run;
      const points = epochs.flatMap((record): Point[] => {
        const value = scoreIn(part === "train" ? record : record.validation, score);
        return value === undefined ? [] : [{ epoch: record.epoch, value, line, run, part }];
      });
      return { line, points };
    }),
  );
  const all = lines.flatMap(({ points }) => points);
  if (all.length === 0) {
    throw new ArgumentError(`learningCurves: no epoch has the score ${JSON.stringify(score)}. Add it to the metrics.`);
  }
  const isLogarithmic = scale === "log" || (scale === "auto" && spansMagnitudes(all));
  const scoreName = texts.scores[score] ?? score;
  const marked = best === undefined ? undefined : markOf(all, best);
  const names = [...new Set(lines.map(({ line }) => line))];
  const y = {
    field: "value",
    type: "quantitative",
    title: null,
    scale: { type: isLogarithmic ? "log" : "linear", zero: false, nice: !isLogarithmic },
    axis: isLogarithmic ? { values: logarithmicTicks(...rangeOf(all)), format: "~g" } : { tickCount: 5 },
  };
  const x = {
    field: "epoch",
    type: "quantitative",
    title: texts.chart.epoch,
    scale: { nice: false, zero: false },
    axis: { tickMinStep: 1, tickCount: 6, format: "d" },
  };
  const body = {
    encoding: { x },
    layer: [
      {
        data: rowsOf(lines.flatMap(({ points }) => thin(points, MOST_POINTS, ({ value }) => value))),
        mark: {
          type: "line",
          strokeWidth: 2,
          strokeJoin: "round",
          ...(all.length === names.length && { point: true }),
        },
        encoding: {
          y,
          color: {
            field: "line",
            type: "nominal",
            scale: { domain: names, range: names.map((_, i) => light.series[i % light.series.length]) },
            legend: names.length > 1 ? { columns: legendColumns(names, width) } : null,
          },
          ...(names.length > 1 && { strokeDash: dashing(names, isSingle) }),
        },
      },
      ...(marked ? bestMarks(marked, texts.chart.best(numbers.count(marked.epoch)), isLogarithmic, all) : []),
      pointers(lines, { score: scoreName, epoch: texts.chart.epoch, short: numbers.short }),
    ],
  };
  const description = texts.chart.curves({
    score: scoreName,
    epochs: numbers.count(new Set(all.map(({ epoch }) => epoch)).size),
    lines: lines
      .filter(({ points }) => points.length > 0)
      .map(({ line, points }) =>
        texts.chart.curve({
          name: line,
          from: numbers.short(points[0].value),
          to: numbers.short(points.at(-1)!.value),
        }),
      ),
    ...(marked && { best: { epoch: marked.epoch, value: numbers.short(marked.value) } }),
  });
  return chart(body, {
    ...options,
    description,
    vertical: isLogarithmic ? `${scoreName} (${texts.chart.logarithmic})` : scoreName,
  });
}

const isHistory = (given: CurveHistory | Readonly<Record<string, CurveHistory>>): given is CurveHistory =>
  Array.isArray((given as { epochs?: unknown }).epochs);

/** Parts that become lines: both of a single history; of several the validation part where all have it. */
function partsDrawn(histories: readonly CurveHistory[], score: string, isSingle: boolean): Point["part"][] {
  const has = (part: Point["part"]) => (history: CurveHistory) =>
    history.epochs.some((record) => scoreIn(part === "train" ? record : record.validation, score) !== undefined);
  if (isSingle) return (["train", "validation"] as const).filter((part) => histories.every(has(part)));
  return histories.every(has("validation")) ? ["validation"] : ["train"];
}

function rangeOf(points: readonly Point[]): [least: number, greatest: number] {
  const values = points.map(({ value }) => value);
  return [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
}

function spansMagnitudes(points: readonly Point[]): boolean {
  const [least, greatest] = rangeOf(points);
  return least > 0 && greatest / least >= 100;
}

/** The epoch's point on the curve that decides: that of the validation part where there is one. */
function markOf(points: readonly Point[], epoch: number): Point | undefined {
  const there = points.filter((point) => point.epoch === epoch);
  return there.find(({ part }) => part === "validation") ?? there[0];
}

/** A single history's training part is dashed; of many runs those that share a colour are told apart by dashes. */
function dashing(names: readonly string[], isSingle: boolean) {
  const range = isSingle
    ? [dashes[1], dashes[0]].slice(0, names.length)
    : names.map((_, i) => dashes[Math.floor(i / light.series.length) % dashes.length]);
  return { field: "line", type: "nominal", scale: { domain: names, range }, legend: undefined };
}

function bestMarks(point: Point, text: string, isLogarithmic: boolean, all: readonly Point[]) {
  const epochs = all.map(({ epoch }) => epoch);
  const [first, last] = [epochs.reduce((a, b) => Math.min(a, b)), epochs.reduce((a, b) => Math.max(a, b))];
  const [least, greatest] = rangeOf(all);
  const isHigh = point.value > (least + greatest) / 2; // where its text would lie on the curve
  const isRight = point.epoch - first > (last - first) / 2;
  const y = { field: "value", type: "quantitative", scale: { type: isLogarithmic ? "log" : "linear" } };
  return [
    {
      data: rowsOf([point]),
      mark: { type: "rule", color: light.soft, strokeDash: [2, 3], strokeWidth: 1 },
    },
    {
      data: rowsOf([point]),
      mark: {
        type: "point",
        filled: true,
        size: 60,
        color: light.ink,
        stroke: light.paper,
        strokeWidth: 1.5,
        opacity: 1,
      },
      encoding: { y },
    },
    {
      data: rowsOf([{ ...point, text }]),
      mark: {
        type: "text",
        align: isRight ? "right" : "left",
        dx: isRight ? -6 : 6,
        y: isHigh ? { expr: "height - 4" } : 4,
        baseline: isHigh ? "bottom" : "top",
      },
      encoding: { text: { field: "text" } },
    },
  ];
}

/** Invisible strips that name the numbers of their epoch, for whoever points at them. */
function pointers(
  lines: readonly { line: string; points: readonly Point[] }[],
  names: { score: string; epoch: string; short: (value: number) => string },
) {
  const epochs = [...new Set(lines.flatMap(({ points }) => points.map(({ epoch }) => epoch)))].sort((a, b) => a - b);
  const stride = Math.ceil(epochs.length / MOST_PLACES);
  const byEpoch = lines.map(({ line, points }) => ({ line, values: new Map(points.map((p) => [p.epoch, p.value])) }));
  const values = epochs
    .filter((_, i) => i % stride === 0)
    .map((epoch) => ({
      from: Math.max(epochs[0], epoch - stride / 2),
      to: Math.min(epochs.at(-1)!, epoch + stride / 2),
      text: `${names.epoch} ${epoch}: ${byEpoch
        .flatMap(({ line, values }) =>
          values.has(epoch) ? [`${line || names.score} ${names.short(values.get(epoch)!)}`] : [],
        )
        .join(", ")}`,
    }));
  return {
    data: rowsOf(values),
    mark: { type: "rect", color: light.paper, opacity: 0 },
    encoding: {
      x: { field: "from", type: "quantitative" },
      x2: { field: "to" },
      description: { field: "text" },
    },
  };
}
