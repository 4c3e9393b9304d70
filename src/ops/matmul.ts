import { ShapeError } from "../core/errors.js";
import { broadcastShapes, broadcastStrides, formatShape, type Shape, sizeOf } from "../core/shape.js";
import { defineOp, type OpFunction } from "../graph/op.js";
import { type Axis, countOf, merged, type ProductWalks } from "../graph/walk.js";
import { transpose } from "./layout.js";
import { sumTo } from "./sum.js";

/** Walks of a product whose sides aren't matrices that lie row after row. The compiler sets them. */
export interface MatmulAttributes {
  [key: string]: unknown;
  walks?: ProductWalks;
  /** The result's shape, where walks are given. A third input is the epoch's order, if a side goes by way of it. */
  shape?: Shape;
}

/** A product [batch, m, k] times [batch, k, n], and the walks over its sides and its result. */
export interface Product extends ProductWalks {
  batch: number;
  m: number;
  k: number;
  n: number;
}

/** A product by the shapes of its inputs. */
export function productOf(a: Shape, b: Shape, { walks = plainWalks(a, b) }: MatmulAttributes): Product {
  const { batch, own, inner } = walks.a;
  return { batch: countOf(batch), m: countOf(own), k: countOf(inner), n: countOf(walks.b.own), ...walks };
}

/** Walks of matrices that lie row after row; leading axes broadcast. */
export function plainWalks(a: Shape, b: Shape): ProductWalks {
  const batchShape = broadcastShapes("matmul", [a.slice(0, -2), b.slice(0, -2)]);
  const [m, k] = a.slice(-2);
  const n = b.at(-1)!;
  const batch = (shape: Shape) => {
    const strides = broadcastStrides(shape.slice(0, -2), batchShape);
    const elements = sizeOf(shape.slice(-2));
    return merged(batchShape.map((size, axis) => ({ size, stride: strides[axis] * elements })));
  };
  const axis = (size: number, stride: number): Axis[] => [{ size, stride }];
  return {
    a: { batch: batch(a), own: axis(m, k), inner: axis(k, 1), bounds: [] },
    b: { batch: batch(b), own: axis(n, 1), inner: axis(k, n), bounds: [] },
    y: { batch: batch([...batchShape, m, n]), own: axis(m, n), inner: axis(n, 1), bounds: [] },
  };
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
  attributes: { walks: true, shape: true },
  ofProducts: true,
  keepsPlaces: true,
  error: { terms: ([a, b], attributes) => productOf(a, b, attributes).k, summed: (a, b) => a * b },
  shape: ([a, b], { shape }) => {
    if (shape) return shape;
    const shapes = `${formatShape(a.shape)} and ${formatShape(b.shape)}`;
    if (a.shape.length < 2 || b.shape.length < 2) {
      throw new ShapeError(`matmul: both sides need at least two axes, got ${shapes}. reshape() a vector to a matrix.`);
    }
    const [m, k] = a.shape.slice(-2);
    const [inner, n] = b.shape.slice(-2);
    if (k !== inner) throw new ShapeError(`matmul: inner sizes ${k} and ${inner} differ in ${shapes}.`);
    return [...broadcastShapes("matmul", [a.shape.slice(0, -2), b.shape.slice(0, -2)]), m, n];
  },
  gradient: (dy, [a, b]) => [sumTo(matmul(dy, transpose(b)), a.shape), sumTo(matmul(transpose(a), dy), b.shape)],
});
