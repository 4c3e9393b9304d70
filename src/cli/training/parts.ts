import { Dataset, exactOf, type Standardiser } from "../../data/index.js";
import { splitRows } from "../../data/split.js";
import { DataError } from "../../index.js";

/** Fractions and seed of a split; fractions of 0 leave a part out. */
export interface SplitPlan {
  test: number;
  validation: number;
  seed: number;
  /** Largest number of rows that are used. */
  maxRows?: number;
  /** Whether rows are in order of time: the first are trained on, then come those to validate, then those to test. */
  ordered?: boolean;
}

export interface DataParts {
  train: Dataset;
  validation: Dataset | undefined;
  /** Undefined where no rows were held out. */
  test: Dataset | undefined;
  /** Row numbers of each part in the data set, from 0; undefined: all rows in order. */
  rowsOf?: { train: readonly number[]; validation?: readonly number[]; test?: readonly number[] };
}

/** Scale of a target for training: (target - mean) / deviation. */
export interface TargetScale {
  mean: number;
  deviation: number;
  /** Scales of each of several targets; then those above are the first one's. */
  each?: readonly { name: string; mean: number; deviation: number }[];
}

const strataOf = ({ labels, classes }: Dataset) =>
  labels instanceof Uint32Array && classes !== undefined ? { labels, classes } : undefined;

/** Row numbers of a drawn part of the rows, ascending; classes keep their proportions. undefined for all. */
export function drawnRows(data: Dataset, { maxRows, seed }: Pick<SplitPlan, "maxRows" | "seed">): number[] | undefined {
  if (maxRows === undefined || maxRows >= data.rows) return undefined;
  const { test } = splitRows(data.rows, { test: maxRows / data.rows, validation: undefined, seed }, strataOf(data));
  return test.sort((a, b) => a - b);
}

/** Row numbers of the parts of a split; classes keep their proportions. @throws DataError when a part would be empty */
export function splitRowsOf(data: Dataset, plan: SplitPlan): DataParts["rowsOf"] {
  if (plan.ordered) return orderedRows(data, plan);
  const { test, validation, seed } = plan;
  const drawn = drawnRows(data, plan);
  if (test === 0 && validation === 0) return drawn && { train: drawn };
  const some = drawn ? data.take(drawn) : data;
  // A single part that is held out is the split's test part, whatever it is for.
  const isSingle = test === 0 || validation === 0;
  const fractions = isSingle ? { test: test || validation, validation: undefined } : { test, validation };
  const rows = splitRows(some.rows, { ...fractions, seed }, strataOf(some));
  const inData = (part: readonly number[]) => (drawn ? part.map((row) => drawn[row]) : part);
  return {
    train: inData(rows.train),
    validation: validation === 0 ? undefined : inData(isSingle ? rows.test : rows.validation),
    test: test === 0 ? undefined : inData(rows.test),
  };
}

/** Parts that follow each other. */
function orderedRows({ rows, name }: Dataset, { test, validation, maxRows = rows }: SplitPlan): DataParts["rowsOf"] {
  const all = Math.min(rows, maxRows);
  const counts = [test, validation].map((share) => (share === 0 ? 0 : Math.max(1, Math.round(share * all))));
  const [tested, validated] = counts;
  const first = all - tested - validated;
  if (first < 1) {
    throw new DataError(`${name}: ${all} rows are too few for ${tested} to test and ${validated} to validate with.`);
  }
  if (all === rows && first === rows) return undefined;
  const from = (start: number, count: number) => Array.from({ length: count }, (_, i) => start + i);
  return {
    train: from(0, first),
    validation: validated ? from(first, validated) : undefined,
    test: tested ? from(first + validated, tested) : undefined,
  };
}

/**
 * The parts of a split.
 *
 * @param published - the part to test with where none is split off, if one was published apart
 * @throws DataError when a part would be empty
 */
export function splitData(data: Dataset, plan: SplitPlan, published?: Dataset): DataParts {
  const rowsOf = splitRowsOf(data, plan);
  if (!rowsOf) return { train: data, validation: undefined, test: published };
  const part = (rows: readonly number[] | undefined) => rows && data.take(rows);
  return {
    train: data.take(rowsOf.train),
    validation: part(rowsOf.validation),
    test: part(rowsOf.test) ?? published,
    rowsOf,
  };
}

/** Features to mean 0 and deviation 1, or as they are; the same rule for every part. */
export function scaleFeatures(data: Dataset, standardiser: Standardiser | undefined): Dataset {
  return standardiser ? standardiser.apply(data) : data;
}

/** Measures the training part's target. A network starts near 0 with outputs of size 1: so should what it learns. */
export function targetScale(train: Dataset): TargetScale {
  const labels = exactOf(train.labels);
  const unknown = labels.findIndex(Number.isNaN);
  if (unknown >= 0) throw new DataError(`The target of row ${unknown}, counted from 0, is NaN. Leave such rows out.`);
  let mean = 0;
  for (const value of labels) mean += value / labels.length;
  let variance = 0;
  for (const value of labels) variance += (value - mean) ** 2 / labels.length;
  return { mean, deviation: Math.sqrt(variance) || 1 };
}

/** The data set with its target scaled. */
export function scaleTarget(data: Dataset, scale: TargetScale | undefined): Dataset {
  if (!scale) return data;
  const labels = Float32Array.from(exactOf(data.labels), (value) => (value - scale.mean) / scale.deviation);
  return Dataset.from({ ...data, labels });
}

/** Outputs of the model in the target's own units, in float64. */
export function unscaleTarget(values: Float32Array, scale: TargetScale): Float64Array {
  const scales = scale.each ?? [scale];
  return Float64Array.from(values, (value, i) => {
    const { mean, deviation } = scales[i % scales.length];
    return value * deviation + mean;
  });
}
