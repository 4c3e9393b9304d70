import { resolveAxis, type Shape, sameShape, sizeOf } from "../core/shape.js";
import { type Attributes, defineOp, type OpFunction, type Tensor } from "../graph/tensor.js";
import { broadcastTo, div, equal, mul } from "./elementwise.js";
import { reshape } from "./layout.js";

/** A reduction sees its input as [outer, length, inner] and reduces the middle. */
export interface ReduceAttributes extends Attributes {
  outer: number;
  length: number;
  inner: number;
}

const reducedShape = (_: readonly Tensor[], { outer, inner }: ReduceAttributes): Shape => [outer, inner];
/** The reduced tensor's values, repeated along the axis that was reduced: [outer, inner] to x's shape. */
const along = (y: Tensor, x: Tensor, { outer, length, inner }: ReduceAttributes) =>
  reshape(broadcastTo(reshape(y, [outer, 1, inner]), [outer, length, inner]), x.shape);

const sumOp: OpFunction<ReduceAttributes> = defineOp("sum", {
  shape: reducedShape,
  gradient: (dy, [x], _, sizes) => [along(dy, x, sizes)],
});

const maxOp: OpFunction<ReduceAttributes> = defineOp("max", {
  shape: reducedShape,
  gradient: (dy, [x], y, sizes) => {
    const hits = equal(x, along(y, x, sizes));
    return [mul(hits, along(div(dy, sumOp(hits, sizes)), x, sizes))];
  },
});

export interface ReduceOptions {
  /** Keep the reduced axes with size 1. */
  keepAxes?: boolean;
}

/**
 * Sum over `axes` (all of them where not given); negative axes count from the back. The terms are added in a fixed
 * order, so that the same device gives the same bits. Gradient: dy along every summed axis.
 */
export const sum = (x: Tensor, axes?: number | readonly number[], options?: ReduceOptions): Tensor =>
  reduce("sum", sumOp, x, axes, options);

/** The largest element over `axes`; equal ones share the gradient, as torch.amax. */
export const max = (x: Tensor, axes?: number | readonly number[], options?: ReduceOptions): Tensor =>
  reduce("max", maxOp, x, axes, options);

/** Mean over `axes`: the sum divided by the number of terms. */
export function mean(x: Tensor, axes?: number | readonly number[], options?: ReduceOptions): Tensor {
  const total = sum(x, axes, options);
  return div(total, x.size / total.size);
}

/** Reduces neighbouring axes together, one group after the other, the last first. */
function reduce(
  name: string,
  op: typeof sumOp,
  x: Tensor,
  axes: number | readonly number[] | undefined,
  { keepAxes = false }: ReduceOptions = {},
): Tensor {
  const rank = x.shape.length;
  const listed = axes === undefined ? x.shape.map((_, axis) => axis) : typeof axes === "number" ? [axes] : axes;
  const reduced = new Set(listed.map((axis) => resolveAxis(name, axis, rank)));
  let result = x;
  const sizes = [...x.shape];
  for (let end = rank - 1; end >= 0; end--) {
    if (!reduced.has(end)) continue;
    let start = end;
    while (reduced.has(start - 1)) start--;
    const length = sizeOf(sizes.slice(start, end + 1));
    const outer = sizeOf(sizes.slice(0, start));
    const inner = sizeOf(sizes.slice(end + 1));
    if (length > 1) result = op(result, { outer, length, inner });
    sizes.fill(1, start, end + 1);
    end = start;
  }
  const shape = keepAxes ? sizes : sizes.filter((_, axis) => !reduced.has(axis));
  return reshape(result, shape);
}

/** `x` summed down to `shape`, the reverse of broadcasting: what a gradient needs where an operand was repeated. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const added = x.shape.length - shape.length;
  const repeated = x.shape.map((_, axis) => axis).filter((axis) => axis < added || shape[axis - added] === 1);
  return reshape(sum(x, repeated), shape);
}
