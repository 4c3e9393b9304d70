import { type Attributes, defineOp, type OpFunction } from "../graph/op.js";

/*
 * Normalisation: elements of a group are brought to mean 0 and variance 1. The mean comes first and then the variance from
 * it: E[x²] - E[x]² would lose its digits.
 */

/** Groups of a tensor [outer, length, inner, tail]: all elements of the same outer and inner place. */
export interface Groups extends Attributes {
  outer: number;
  length: number;
  inner: number;
  tail: number;
  /** Added to the variance. */
  epsilon: number;
  /** Whether the mean is taken off; without it, elements are divided by the root of their mean square. */
  centred: boolean;
  /** Of groups over a batch: elements of a group in each row. Rows that don't exist in a short batch aren't counted. */
  perRow?: number;
  /** Number of the first row among the step's batch. */
  start?: number;
}

/** Groups over a batch, and the share of it in running statistics. */
export interface BatchGroups extends Groups {
  perRow: number;
  momentum: number;
}

/** Elements of a group that count. @param rows - of the step's batch that exist */
export const countedElements = ({ length, tail, perRow, start = 0 }: Groups, rows: number): number =>
  perRow === undefined ? length * tail : Math.min(Math.max(rows - start, 0) * perRow, length * tail);

const GROUPS = {
  outer: true,
  length: true,
  inner: true,
  tail: true,
  epsilon: true,
  centred: true,
  perRow: true,
  start: true,
} as const;

const terms = (_: unknown, { length, tail }: Groups) => length * tail;

/**
 * x̂ = (x - mean) / √(variance + epsilon), mean and (biased) variance those of the element's group.
 *
 *     dx = (dy - mean(dy) - x̂ mean(dy x̂)) / √(variance + epsilon)
 */
export const normalise: OpFunction<Groups> = defineOp("normalise", {
  attributes: GROUPS,
  error: { functions: ["root", "division"], terms, summed: (x) => x },
  keepsPlaces: true,
  shape: ([x]) => x.shape,
  gradient: (dy, [x], _, groups) => [normaliseGradient(dy, x, groups)],
});

/** dx of a normalisation, by dy and x. */
export const normaliseGradient: OpFunction<Groups> = defineOp("normaliseGradient", {
  attributes: GROUPS,
  error: { functions: ["root", "division"], terms, summed: (dy) => dy },
  shape: ([, x]) => x.shape,
});

/**
 * A normalisation over the batch, which moves running statistics towards its own, in place: mean += momentum (batch's - mean),
 * and the variance likewise, of which the unbiased one is taken, as in PyTorch.
 *
 * Inputs are x [outer = 1, length, inner, tail = 1] and the running mean and variance, [inner] each.
 */
export const batchNormalise: OpFunction<BatchGroups> = defineOp("batchNormalise", {
  attributes: { ...GROUPS, momentum: true },
  error: { functions: ["root", "division"], terms, summed: (x) => x },
  keepsPlaces: true,
  shape: ([x]) => x.shape,
  effects: [1, 2],
  gradient: (dy, [x], _, { momentum, ...groups }) => [normaliseGradient(dy, x, groups as Groups), undefined, undefined],
});
