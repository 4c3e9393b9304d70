import { defineOp, type OpFunction } from "../graph/op.js";
import type { Tensor } from "../graph/tensor.js";
import { div, equal, mul } from "./elementwise.js";
import { along, type ReduceAttributes, type ReduceOptions, reduceAxes, reducedShape, sumOp } from "./sum.js";

export { type ReduceAttributes, type ReduceOptions, sum } from "./sum.js";

const maxOp: OpFunction<ReduceAttributes> = defineOp("max", {
  attributes: { outer: true, length: true, inner: true },
  error: {},
  shape: reducedShape,
  gradient: (dy, [x], y, sizes) => {
    const isLargest = equal(x, along(y, x, sizes));
    return [mul(isLargest, along(div(dy, sumOp(isLargest, sizes)), x, sizes))];
  },
});

/**
 * The largest element over `axes`, which the result's shape leaves out (or keeps as 1 with `keepAxes`); equal ones
 * share the gradient, as torch.amax.
 */
export const max = (x: Tensor, axes?: number | readonly number[], options?: ReduceOptions): Tensor =>
  reduceAxes("max", maxOp, x, axes, options);

/** Mean over `axes`: the sum divided by the number of terms; shapes as of `sum`. */
export function mean(x: Tensor, axes?: number | readonly number[], options?: ReduceOptions): Tensor {
  const total = reduceAxes("mean", sumOp, x, axes, options);
  return div(total, x.size / total.size);
}
