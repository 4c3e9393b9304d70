import { ShapeError } from "../core/errors.js";
import { formatShape, sameShape } from "../core/shape.js";
import { defineOp, type OpFunction } from "../graph/op.js";
import type { Tensor } from "../graph/tensor.js";
import { div, mul } from "./elementwise.js";
import { reshape } from "./layout.js";
import { sum } from "./reduce.js";

/*
 * Ops that depend on the step's place in the epoch: the rows that it reads, the number of them that exist, the place of its
 * results. Their kernels read the step's record (see compile/steps.ts).
 */

/**
 * Rows of a step's batch: y[i] = data[order[first + start + i]], where `first` is the step's place in the epoch. Places
 * past the last row of a short batch repeat its last row; `rowWeights` gives them no weight.
 *
 * @param data - [rows, ...sample], f32, u32 or bytes (unorm8), which are taken as byte / 255
 * @param order - [rows] u32, the epoch's shuffled row numbers
 * @param attributes.batch - number of rows to take
 * @param attributes.start - first of them among the rows of the step's batch; 0 by default
 * @returns [batch, ...sample]
 */
export const takeBatch: OpFunction<{ batch: number; start?: number }> = defineOp("takeBatch", {
  attributes: { batch: true, start: true },
  error: {},
  shape: ([data], { batch }) => [batch, ...data.shape.slice(1)],
  dtype: ([{ dtype }]) => (dtype === "unorm8" ? "f32" : dtype),
  walk: ({ axes: [[rows], ...sample], bounds }, { batch, start }) =>
    start ? undefined : { axes: [[{ ...rows, size: batch, ordered: true }], ...sample], bounds },
});

const rowWeightsOp: OpFunction<{ batch: number; start?: number }> = defineOp("rowWeights", {
  attributes: { batch: true, start: true },
  error: {},
  shape: (_, { batch }) => [batch],
});

/** 1 for each row of the batch from `start` on that exists, 0 for those past the end: [batch]. */
export const rowWeights = (batch: number, start = 0): Tensor => rowWeightsOp({ batch, start });

/** Rows of the step's batch that are taken together: as many as there are values, from `start` on. */
type PartOfBatch = { start: number; batch: number };

/** Σ x w, of values and weights [rows]. */
export const batchSumOp: OpFunction<PartOfBatch> = defineOp("batchSum", {
  attributes: { start: true, batch: true },
  shape: () => [],
  lower: ([perRow, weights]) => sum(mul(perRow, weights)),
  gradient: (dy, [, weights]) => [mul(dy, weights), undefined],
});

/** Σ x w / rows, of values and weights [rows] and the number of rows that exist in the whole batch, a scalar. */
export const batchMeanOp: OpFunction<PartOfBatch> = defineOp("batchMean", {
  attributes: { start: true, batch: true },
  shape: () => [],
  lower: ([perRow, weights, rows]) => div(sum(mul(perRow, weights)), rows),
  gradient: (dy, [, weights, rows]) => [batchMeanGradientOp(dy, weights, rows), undefined, undefined],
});

/** dx = dy w / rows, for each row: [rows] */
export const batchMeanGradientOp: OpFunction = defineOp("batchMeanGradient", {
  shape: ([, weights]) => weights.shape,
  lower: ([dy, weights, rows]) => mul(div(dy, rows), weights),
});

/**
 * Sum of a value per row over the rows that exist; of [rows, n] the sum of each column.
 *
 * @param perRow - [rows] or [rows, n]
 * @param part.start - row of the step's batch that is the first
 * @param part.batch - rows of the step's batch
 * @returns scalar, or [n]
 * @throws ShapeError when there are more axes
 */
export function batchSum(perRow: Tensor, part: Partial<PartOfBatch> = {}): Tensor {
  const [count, columns] = perRow.shape;
  if (columns) return sum(mul(perRow, reshape(rowWeights(count, part.start), [count, 1])), 0);
  const { start, batch, rows } = partOf("batchSum", perRow, part);
  return batchSumOp(perRow, rowWeights(rows, start), { start, batch });
}

/**
 * Mean of a value per row over the rows that exist, exactly: their weighted sum over the sum of the weights. Rows past
 * the end get a gradient of 0. Of a micro-batch, its contribution to the mean over the whole batch.
 *
 * @param perRow - [rows]
 * @param part.start - row of the step's batch that is the first
 * @param part.batch - rows of the step's batch
 * @returns scalar
 * @throws ShapeError when there is more than one axis
 */
export function batchMean(perRow: Tensor, part: Partial<PartOfBatch> = {}): Tensor {
  const { start, batch, rows } = partOf("batchMean", perRow, part);
  const weights = rowWeights(rows, start);
  return batchMeanOp(perRow, weights, sum(rows === batch ? weights : rowWeights(batch)), { start, batch });
}

function partOf(name: string, { shape }: Tensor, { start = 0, batch = shape[0] }: Partial<PartOfBatch>) {
  if (shape.length !== 1) {
    throw new ShapeError(`${name}: expected one value per row, [batch], got ${formatShape(shape)}.`);
  }
  return { start, batch, rows: shape[0] };
}

/**
 * 1 where the largest logit is the label's, else 0; the first of equal ones counts.
 *
 * @param logits - [batch, classes]
 * @param labels - [batch] u32
 * @returns [batch]
 */
export const correct: OpFunction = defineOp("correct", { error: {}, shape: ([, labels]) => labels.shape });

export const recordOp: OpFunction<{ slot: number }> = defineOp("record", {
  attributes: { slot: true },
  error: {},
  elementwise: true,
  shape: ([results]) => results.shape,
  writes: [0],
});

/**
 * Writes a scalar, and whether it is finite, to its slot in the step's row of results; a vector [n] to n slots.
 *
 * @param slot - the (first) slot
 * @param results - variable [steps, slots, 2]: the value, and 1 where it is NaN or infinite
 */
export const record = (results: Tensor, value: Tensor, slot: number): Tensor => recordOp(results, value, { slot });

const collectOp: OpFunction = defineOp("collect", { error: {}, shape: ([rows]) => rows.shape, writes: [0] });

/** Writes a batch's rows to their places `first + i` in `rows`, a variable [rows, ...row]; x is [batch, ...row]. */
export function collect(rows: Tensor, x: Tensor): Tensor {
  if (!sameShape(rows.shape.slice(1), x.shape.slice(1))) throw new ShapeError("collect: rows differ in shape.");
  return collectOp(rows, x);
}

/** The most tensors that one `countNonFinite` takes: with its result they are the buffers that every GPU can bind. */
export const MAX_COUNTED = 7;

/** Number of NaN and infinite elements of each tensor, by a test of the bits: [tensors], in their order. */
export const countNonFinite: OpFunction = defineOp("countNonFinite", {
  error: {},
  shape: (tensors) => [tensors.length],
});
