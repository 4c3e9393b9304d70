import { defineOp, type OpFunction } from "../graph/op.js";
import { constant, type Tensor } from "../graph/tensor.js";
import { div, equal, mul } from "./elementwise.js";
import { reshape } from "./layout.js";
import { along, type ReduceAttributes, type ReduceOptions, reduceAxes, reducedShape, sumOp } from "./sum.js";

interface MaxAttributes extends ReduceAttributes {
  /** Of equal ones the first gets the gradient; absent where they share it. */
  first?: true;
}

export { type ReduceAttributes, type ReduceOptions, sum } from "./sum.js";

const maxOp: OpFunction<MaxAttributes> = defineOp("max", {
  attributes: { outer: true, length: true, inner: true, first: true },
  error: {},
  shape: reducedShape,
  gradient: (dy, [x], y, { first, ...sizes }) => {
    const isLargest = equal(x, along(y, x, sizes));
    if (first) {
      // Numbers that fall along the axis tell equal ones apart.
      const { length, inner } = sizes;
      const numbers = Float32Array.from({ length: length * inner }, (_, i) => length - Math.floor(i / inner));
      const left = reshape(
        mul(reshape(isLargest, [sizes.outer, length, inner]), constant(numbers, [length, inner])),
        x.shape,
      );
      const isFirst = mul(isLargest, equal(left, along(maxOp(left, sizes), x, sizes)));
      return [mul(isFirst, along(dy, x, sizes))];
    }
    return [mul(isLargest, along(div(dy, sumOp(isLargest, sizes)), x, sizes))];
  },
});

/**
 * The largest element over `axes`, which the result's shape leaves out (or keeps as 1 with `keepAxes`); equal ones
 * share the gradient, as torch.amax.
 */
export const max = (x: Tensor, axes?: number | readonly number[], options?: ReduceOptions): Tensor =>
  reduceAxes("max", maxOp, x, axes, options);

/** The largest element over `axes`, as `max`; of equal ones the first gets the gradient, as torch.max. */
export const firstMax = (x: Tensor, axes?: number | readonly number[]): Tensor =>
  reduceAxes("max", (of, sizes) => maxOp(of, { ...sizes, first: true }), x, axes, undefined);

/** Mean over `axes`: the sum divided by the number of terms; shapes as of `sum`. */
export function mean(x: Tensor, axes?: number | readonly number[], options?: ReduceOptions): Tensor {
  const total = reduceAxes("mean", sumOp, x, axes, options);
  return div(total, x.size / total.size);
}
