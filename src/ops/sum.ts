import { checkArgument, optionsOf } from "../core/options.js";
import { broadcastShapes, resolveAxis, type Shape, sameShape, sizeOf } from "../core/shape.js";
import { type Attributes, checkTensor, defineOp, type Operand, type OpFunction } from "../graph/op.js";
import { Tensor } from "../graph/tensor.js";
import { reshape } from "./layout.js";

/*
 * Sums over axes and broadcasting: each is the other's gradient.
 */

/** A reduction sees its input as [outer, length, inner] and reduces the middle. */
export interface ReduceAttributes extends Attributes {
  outer: number;
  length: number;
  inner: number;
}

export const reducedShape = (_: readonly Tensor[], { outer, inner }: ReduceAttributes): Shape => [outer, inner];
/** The reduced tensor's values, repeated along the axis that was reduced: [outer, inner] to x's shape. */
export const along = (y: Tensor, x: Tensor, { outer, length, inner }: ReduceAttributes) =>
  reshape(broadcastTo(reshape(y, [outer, 1, inner]), [outer, length, inner]), x.shape);

export const sumOp: OpFunction<ReduceAttributes> = defineOp("sum", {
  attributes: { outer: true, length: true, inner: true },
  error: { terms: (_, { length }) => length, summed: Math.max },
  shape: reducedShape,
  gradient: (dy, [x], _, sizes) => [along(dy, x, sizes)],
});

export interface ReduceOptions {
  /** Keep the reduced axes with size 1. */
  keepAxes?: boolean;
}

/**
 * Sum over `axes` (all of them where not given); negative axes count from the back. The terms are added in a fixed
 * order, so that the same device gives the same bits. Gradient: dy along every summed axis.
 *
 * @returns the shape of x without those axes, or with size 1 there with `keepAxes`
 */
export const sum = (x: Tensor, axes?: number | readonly number[], options?: ReduceOptions): Tensor =>
  reduceAxes("sum", sumOp, x, axes, options);

/** x repeated along the axes that `shape` adds or widens, [...shape]; its gradient is summed over them. */
export const broadcastTo = (x: Operand, shape: readonly number[]): Tensor =>
  x instanceof Tensor && x.shape.length === shape.length && x.shape.every((size, axis) => size === shape[axis])
    ? x
    : broadcast(x, { shape });

const broadcast: OpFunction<{ shape: readonly number[] }> = defineOp("broadcastTo", {
  attributes: { shape: true },
  elementwise: true,
  scalar: { operands: 1, formula: "x" },
  error: {},
  shape: ([x], { shape }) => broadcastShapes("broadcastTo", [x.shape, shape]),
  gradient: (dy, [x]) => [sumTo(dy, x.shape)],
});

/** Reduces neighbouring axes together, one group after the other, the last first. */
export function reduceAxes(
  name: string,
  op: (x: Tensor, sizes: ReduceAttributes) => Tensor,
  x: Tensor,
  axes: number | readonly number[] | undefined,
  options: ReduceOptions | undefined,
): Tensor {
  const { keepAxes } = optionsOf(name, options, { keepAxes: false });
  checkTensor(name, x);
  const rank = x.shape.length;
  const listed = axes === undefined ? x.shape.map((_, axis) => axis) : typeof axes === "number" ? [axes] : axes;
  checkArgument(name, "an axis, or a list of axes", axes, Array.isArray(listed));
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
