import { defineOp, type OpFunction } from "../graph/op.js";
import type { Tensor } from "../graph/tensor.js";
import { exp, mul, sub } from "./elementwise.js";
import { sum } from "./reduce.js";

const sumOfRow = (x: Tensor) => sum(x, -1, { keepAxes: true });

/**
 * softmax(x)ᵢ = e^xᵢ / Σⱼ e^xⱼ over the last axis; the row's maximum is subtracted first.
 *
 *     dx = y (dy - Σ dy y)
 */
export const softmax: OpFunction = defineOp("softmax", {
  shape: ([x]) => x.shape,
  gradient: (dy, _, y) => [mul(y, sub(dy, sumOfRow(mul(dy, y))))],
});

/**
 * log softmax(x)ᵢ = xᵢ - log Σⱼ e^xⱼ over the last axis.
 *
 *     dx = dy - softmax(x) Σ dy
 */
export const logSoftmax: OpFunction = defineOp("logSoftmax", {
  shape: ([x]) => x.shape,
  gradient: (dy, _, y) => [sub(dy, mul(exp(y), sumOfRow(dy)))],
});
