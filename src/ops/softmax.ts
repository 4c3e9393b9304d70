import type { Shape } from "../core/shape.js";
import { defineOp, type OpFunction } from "../graph/op.js";
import type { Tensor } from "../graph/tensor.js";
import { exp, mul, sub } from "./elementwise.js";
import { sum } from "./reduce.js";

/** Terms of a sum over the last axis. */
export const classesOf = ([x]: readonly Shape[]): number => x.at(-1) ?? 1;

const sumOfRow = (x: Tensor) => sum(x, -1, { keepAxes: true });

/**
 * softmax(x)ᵢ = e^xᵢ / Σⱼ e^xⱼ over the last axis; the row's maximum is subtracted first.
 *
 *     dx = y (dy - Σ dy y)
 *
 *
 * @returns x's shape
 */
export const softmax: OpFunction = defineOp("softmax", {
  error: { functions: ["logSumExp", "exponential"], terms: classesOf },
  shape: ([x]) => x.shape,
  gradient: (dy, _, y) => [mul(y, sub(dy, sumOfRow(mul(dy, y))))],
});

/**
 * log softmax(x)ᵢ = xᵢ - log Σⱼ e^xⱼ over the last axis.
 *
 *     dx = dy - softmax(x) Σ dy
 *
 *
 * @returns x's shape
 */
export const logSoftmax: OpFunction = defineOp("logSoftmax", {
  error: { functions: ["logSumExp"], terms: classesOf, summed: Math.max },
  shape: ([x]) => x.shape,
  gradient: (dy, _, y) => [sub(dy, mul(exp(y), sumOfRow(dy)))],
});
