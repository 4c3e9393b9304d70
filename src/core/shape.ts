import { ShapeError } from "./errors.js";

/** Sizes of a tensor's axes, outermost first (row-major). A scalar is `[]`. */
export type Shape = readonly number[];

/** Number of elements: the product of the sizes, 1 for a scalar. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

export function formatShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/** Row-major strides in elements: how far apart neighbours along each axis lie. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  for (let axis = shape.length - 1, stride = 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis];
  }
  return strides;
}

/** Where an element lies, by its place along each axis. */
export const offsetOf = (place: readonly number[], strides: readonly number[]): number =>
  place.reduce((offset, at, axis) => offset + at * strides[axis], 0);

/**
 * The shape of an elementwise result (NumPy's rule): axes are aligned at the right; sizes must be equal or 1.
 *
 * @throws ShapeError naming `op` when two sizes differ and neither is 1
 */
export function broadcastShapes(op: string, shapes: readonly Shape[]): Shape {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  const result = new Array<number>(rank).fill(1);
  for (const shape of shapes) {
    shape.forEach((size, i) => {
      const axis = rank - shape.length + i;
      if (size === 1 || size === result[axis]) return;
      if (result[axis] !== 1) {
        throw new ShapeError(
          `${op}: shapes ${shapes.map(formatShape).join(" and ")} don't broadcast: sizes ${result[axis]} and ${size} ` +
            "meet on one axis. Sizes must be equal or 1, aligned at the last axis.",
        );
      }
      result[axis] = size;
    });
  }
  return result;
}

/**
 * Strides with which an operand of `shape` is read while walking over `target`: 0 along every axis it is repeated on.
 */
export function broadcastStrides(shape: Shape, target: Shape): number[] {
  const own = stridesOf(shape);
  const offset = target.length - shape.length;
  return target.map((_, axis) => (axis < offset || shape[axis - offset] === 1 ? 0 : own[axis - offset]));
}

/**
 * `axis` counted from the front; negative axes count from the back.
 *
 * @throws ShapeError when there is no such axis
 */
export function resolveAxis(op: string, axis: number, rank: number): number {
  const resolved = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || resolved < 0 || resolved >= rank) {
    throw new ShapeError(`${op}: axis ${axis} doesn't exist in a tensor of ${rank} axes; use ${-rank} to ${rank - 1}.`);
  }
  return resolved;
}
