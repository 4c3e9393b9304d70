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
}

const terms = (_: unknown, { length, tail }: Groups) => length * tail;

/**
 * x̂ = (x - mean) / √(variance + epsilon), mean and (biased) variance those of the element's group.
 *
 *     dx = (dy - mean(dy) - x̂ mean(dy x̂)) / √(variance + epsilon)
 */
export const normalise: OpFunction<Groups> = defineOp("normalise", {
  error: { functions: ["root", "division"], terms, summed: (x) => x },
  shape: ([x]) => x.shape,
  gradient: (dy, [x], _, groups) => [normaliseGradient(dy, x, groups)],
});

/** dx of a normalisation, by dy and x. */
export const normaliseGradient: OpFunction<Groups> = defineOp("normaliseGradient", {
  error: { functions: ["root", "division"], terms, summed: (dy) => dy },
  shape: ([, x]) => x.shape,
});
