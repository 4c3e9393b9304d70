import { ArgumentError } from "../core/errors.js";
import { formatShape, type Shape, sizeOf } from "../core/shape.js";
import type { Tensor } from "../graph/tensor.js";

/*
 * Weights of output units, as layers declare them: penalties and `maxNorm` are for these, not for biases, scales and shifts.
 */

/** Output units of a weight: the axes along which they lie, of the weight in a shape. */
export interface Units {
  axes: readonly number[];
  shape: Shape;
}

/**
 * Output units of a parameter that is a weight, see `ParameterOptions`; undefined of others.
 *
 * @throws ArgumentError when they lie along axes that it doesn't have
 */
export function unitsOf({ shape, size, attributes, label }: Tensor): Units | undefined {
  const { units, as = shape } = attributes as { units?: readonly number[]; as?: Shape };
  const axes = units ?? (shape.length > 1 ? [shape.length - 1] : []);
  if (sizeOf(as) !== size || !axes.every((axis) => as[axis] > 0)) {
    throw new ArgumentError(
      `${label}: units must be axes of ${formatShape(as)}, counted from 0, and that as many numbers as ${formatShape(shape)}.`,
    );
  }
  return axes.length > 0 ? { axes, shape: as } : undefined;
}

/** The output unit of each number of a weight, as a number from 0. */
export function unitNumbers({ axes, shape }: Units): Uint32Array {
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  return Uint32Array.from({ length: sizeOf(shape) }, (_, i) =>
    axes.reduce((unit, axis) => unit * shape[axis] + (Math.floor(i / strides[axis]) % shape[axis]), 0),
  );
}
