import { ShapeError } from "../core/errors.js";
import { broadcastShapes, formatShape, type Shape, sizeOf } from "../core/shape.js";
import { defineOp, type OpFunction } from "../graph/op.js";
import { transpose } from "./layout.js";
import { sumTo } from "./sum.js";

/** Layout of a product's operands. The compiler sets it where it absorbs a `transpose` or a `takeBatch`. */
export interface MatmulAttributes {
  [key: string]: unknown;
  /** Whether the left operand is stored as [..., k, m]. */
  transposeA?: boolean;
  /** Whether the right operand is stored as [..., n, k]. */
  transposeB?: boolean;
  /** Number of rows that the left operand has in the batch: it is the whole data set, and a third input the epoch's order. */
  gather?: number;
}

/** Sizes of a product: [m, k] times [k, n], whichever way round the sides are stored. */
export function matmulSizes(a: Shape, b: Shape, { transposeA = false, transposeB = false, gather }: MatmulAttributes) {
  const left = gather === undefined ? a : [gather, sizeOf(a.slice(1))];
  const [m, k] = transposeA ? [left.at(-1)!, left.at(-2)!] : [left.at(-2)!, left.at(-1)!];
  const [inner, n] = transposeB ? [b.at(-1)!, b.at(-2)!] : [b.at(-2)!, b.at(-1)!];
  return { m, k, inner, n };
}

/**
 * Matrix product over the last two axes; leading axes broadcast.
 *
 *     y = a b      da = dy bᵀ      db = aᵀ dy
 *
 * @param a - [..., m, k] f32
 * @param b - [..., k, n] f32
 * @returns [..., m, n]
 * @throws ShapeError when the inner sizes differ
 */
export const matmul: OpFunction<MatmulAttributes> = defineOp("matmul", {
  error: { terms: ([a, b], attributes) => matmulSizes(a, b, attributes).k, summed: (a, b) => a * b },
  shape: ([a, b], attributes) => {
    const shapes = `${formatShape(a.shape)} and ${formatShape(b.shape)}`;
    if (a.shape.length < 2 || b.shape.length < 2) {
      throw new ShapeError(`matmul: both sides need at least two axes, got ${shapes}. reshape() a vector to a matrix.`);
    }
    const { m, k, inner, n } = matmulSizes(a.shape, b.shape, attributes);
    if (k !== inner) throw new ShapeError(`matmul: inner sizes ${k} and ${inner} differ in ${shapes}.`);
    return [...broadcastShapes("matmul", [a.shape.slice(0, -2), b.shape.slice(0, -2)]), m, n];
  },
  gradient: (dy, [a, b]) => [sumTo(matmul(dy, transpose(b)), a.shape), sumTo(matmul(transpose(a), dy), b.shape)],
});
