import { ShapeError } from "../core/errors.js";
import { checkArgument } from "../core/options.js";
import { formatShape, type Shape, sameShape, sizeOf } from "../core/shape.js";
import { checkTensor, defineOp, type OpFunction } from "../graph/op.js";
import type { Tensor } from "../graph/tensor.js";
import { reshaped } from "../graph/walk.js";

/*
 * Layout: the same elements under another shape, or with their axes in another order.
 */

const reshapeOp: OpFunction<{ shape: Shape }> = defineOp("reshape", {
  attributes: { shape: true },
  shape: ([x], { shape }) => {
    if (sizeOf(shape) !== x.size) {
      throw new ShapeError(`reshape: ${formatShape(x.shape)} has ${x.size} elements, ${formatShape(shape)} doesn't.`);
    }
    return shape;
  },
  dtype: ([x]) => x.dtype,
  gradient: (dy, [x]) => [reshape(dy, x.shape)],
  view: true,
  walk: (input, _, shape) => reshaped(input, shape),
});

/**
 * The same elements in row-major order under another shape; nothing is copied.
 *
 * @returns [...shape]
 * @throws ArgumentError where x is no tensor or shape no list of sizes
 * @throws ShapeError when the shape has another number of elements
 */
export function reshape(x: Tensor, shape: Shape): Tensor {
  checkTensor("reshape", x);
  checkArgument("reshape", "a shape, such as [2, 3]", shape, Array.isArray(shape));
  return sameShape(x.shape, shape) ? x : reshapeOp(x, { shape: [...shape] });
}

export const transposeOp: OpFunction<{ axes: readonly number[] }> = defineOp("transpose", {
  attributes: { axes: true },
  error: {},
  shape: ([x], { axes }) => axes.map((axis) => x.shape[axis]),
  gradient: (dy, _, __, { axes }) => [transpose(dy, inverse(axes))],
  walk: ({ axes: input, bounds }, { axes }) => ({ axes: axes.map((axis) => input[axis]), bounds }),
});

const inverse = (axes: readonly number[]) => axes.map((_, axis) => axes.indexOf(axis));

/**
 * Axes in another order: axis i of the result is axis `axes[i]` of x. Without `axes` the last two are swapped.
 *
 * @throws ShapeError when `axes` is not a permutation of x's axes
 */
export function transpose(x: Tensor, axes?: readonly number[]): Tensor {
  checkTensor("transpose", x);
  const rank = x.shape.length;
  if (!axes && rank < 2) throw new ShapeError(`transpose: a tensor of ${rank} axes has no two to swap.`);
  const order = axes ?? [...x.shape.keys()].slice(0, -2).concat(rank - 1, rank - 2);
  if ([...order].sort((a, b) => a - b).join() !== [...x.shape.keys()].join()) {
    throw new ShapeError(`transpose: axes [${order.join(", ")}] must name each of 0 to ${rank - 1} once.`);
  }
  return transposeOp(x, { axes: order });
}
