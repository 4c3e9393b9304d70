import type { DecisionSurface } from "../../charts/index.js";
import { sizeOf } from "../../core/shape.js";
import type { BlockSource } from "../../data/preprocessing/pipeline.js";
import type { Loss } from "../../losses/loss.js";
import type { Trainer } from "../../training/trainer.js";
import type { DescribeOptions } from "./options.js";
import { classesOf } from "./predictions.js";
import { type ReadableRows, readableRows, unscaled } from "./rows.js";

const STEPS = 60;
const MOST_POINTS = 400;

/** The model's answers on a grid over two features, a little beyond the training rows. @returns undefined for others, and for several numbers a row */
export async function surfaceOf(
  trainer: Trainer,
  loss: Loss,
  options: DescribeOptions,
  classNames: readonly string[] | undefined,
): Promise<DecisionSurface | undefined> {
  const { train, table } = options;
  const isClass = classNames !== undefined && loss.isProbabilistic;
  if (!isClass && sizeOf(trainer.model.output) > 1) return undefined;
  const shown = readableRows("train", options);
  const columns = table && train.preprocessing?.columns;
  const isPlane = columns
    ? columns.length === 2 && columns.every(({ reading }) => reading.kind === "number")
    : sizeOf(trainer.model.input) === 2;
  if (!isPlane) return undefined;
  const places = columns?.map(({ name }) => shown.names.indexOf(name)) ?? [0, 1];
  const numberAt = (row: number, place: number) => {
    const cell = shown.cells(row)[place];
    return typeof cell === "number" ? cell : Number.NaN; // a gap
  };
  const axes = places.map((place) => axisOf(shown, (row) => numberAt(row, place)));
  if (axes.some((values) => values === undefined)) return undefined;
  const [x, y] = axes as number[][];
  const { values } = await trainer.predict(
    columns ? gridRows(columns, [x, y]) : gridOf(axisOfModel(train.features, 0), axisOfModel(train.features, 1)),
    { probabilities: true },
  );
  const truth = classNames && classesOf(train, loss, trainer.model.output);
  const stride = Math.ceil(shown.rows / MOST_POINTS);
  const points = Array.from({ length: Math.ceil(shown.rows / stride) }, (_, i) => ({
    x: numberAt(i * stride, places[0]),
    y: numberAt(i * stride, places[1]),
    ...(truth && { label: truth[i * stride] }),
  })).filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y));
  return {
    x: { name: nameOf(shown, places[0]), values: x },
    y: { name: nameOf(shown, places[1]), values: y },
    scores: isClass ? values : unscaled(options)(values),
    ...(isClass && { classNames }),
    points: isClass || !classNames ? points : [],
  };
}

const axisOfModel = (features: Float32Array, feature: number) => spread(features.filter((_, i) => i % 2 === feature))!;

const nameOf = ({ names, features }: ReadableRows, place: number) =>
  features === 2 && names[place] === String(place + 1) ? `x${place + 1}` : names[place];

const axisOf = (shown: ReadableRows, value: (row: number) => number) =>
  spread(Float64Array.from({ length: shown.rows }, (_, row) => value(row)));

/** Places from a little below the least to a little above the greatest of some numbers; undefined where all are gaps. */
function spread(values: ArrayLike<number>): number[] | undefined {
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i++) {
    if (values[i] < least) least = values[i];
    if (values[i] > greatest) greatest = values[i];
  }
  if (!Number.isFinite(least)) return undefined;
  const margin = (greatest - least || 1) * 0.05;
  const step = (greatest - least + 2 * margin) / (STEPS - 1);
  return Array.from({ length: STEPS }, (_, i) => least - margin + i * step);
}

const gridOf = (x: readonly number[], y: readonly number[]) =>
  new Float32Array(y.flatMap((b) => x.flatMap((a) => [a, b])));

/** The grid as raw rows of the table, so that the model's own preprocessing makes features of them. */
function gridRows(columns: readonly { name: string }[], [x, y]: readonly number[][]): BlockSource {
  const valuesOf = (name: string, rows: ArrayLike<number>) =>
    Float64Array.from(rows, (row) => (name === columns[0].name ? x[row % STEPS] : y[Math.floor(row / STEPS)]));
  return {
    rows: STEPS * STEPS,
    block: (names, rows) => ({
      rows: rows.length,
      columns: names.map((name) => ({ name, values: valuesOf(name, rows) })),
    }),
  };
}
