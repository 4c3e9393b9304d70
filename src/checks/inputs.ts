import type { Values } from "../core/dtype.js";
import { ArgumentError, ShapeError } from "../core/errors.js";
import { RandomStream, Stream } from "../core/random.js";
import { formatShape, type Shape, sizeOf } from "../core/shape.js";
import { shown } from "../core/shown.js";
import { INPUTS, normalNumbers } from "./weighted.js";

/**
 * Values for one of a subject's tensors:
 * - a shape such as `[8, 4]`: normal numbers are drawn, none of them close to 0
 * - `{ shape, below }`: integers from 0 to below that bound are drawn, such as class indices
 * - `{ shape, values }`: values of your own, row-major, at which to check
 * - a `Float32Array`, or a `Uint32Array` for integers, of one axis
 *
 * Nothing is differentiated by integers.
 */
export type CheckInput =
  | Shape
  | Float32Array
  | Uint32Array
  | { shape: Shape; below: number }
  | { shape: Shape; values: Float32Array | Float64Array | Uint32Array | readonly number[] };

/** A tensor's values on the host. */
export interface TensorData {
  shape: Shape;
  values: Values;
}

const EXAMPLES = "[8, 4], { shape: [8], below: 5 } or { shape: [2, 2], values: [1, 2, 3, 4] }";

/**
 * The values of an input.
 *
 * @param name - for errors: "inputs[0]"
 * @param place - among the inputs; each draws numbers of its own
 * @throws ArgumentError when it is none of `CheckInput`'s kinds, or has values that are NaN, infinite or too large
 * @throws ShapeError when values don't fill their shape
 */
export function dataOf(input: CheckInput, name: string, place: number, seed: number): TensorData {
  const random = new RandomStream(seed, Stream.noise, INPUTS + place);
  if (input instanceof Float32Array || input instanceof Uint32Array) {
    return dataOf({ shape: [input.length], values: input }, name, place, seed);
  }
  if (Array.isArray(input)) {
    checkShape(input, name);
    return { shape: input, values: normalNumbers(input, random) };
  }
  const { shape, below, values } = (input ?? {}) as { shape?: Shape; below?: number; values?: ArrayLike<number> };
  checkShape(shape, name);
  if (values === undefined) {
    if (!Number.isSafeInteger(below) || below! < 1 || below! > 2 ** 32) {
      throw new ArgumentError(
        `${name}: give a shape, or integers by a bound, or values: ${EXAMPLES}; got below ${below}.`,
      );
    }
    return { shape, values: Uint32Array.from({ length: sizeOf(shape) }, () => random.nextBelow(below!)) };
  }
  if (!isNumbers(values)) {
    throw new ArgumentError(
      `${name}: values must be a list of numbers, a Float32Array, or a Uint32Array for integers, row after row in one.`,
    );
  }
  if (values.length !== sizeOf(shape)) {
    throw new ShapeError(
      `${name}: ${values.length} values don't fill the shape ${formatShape(shape)}, which takes ${sizeOf(shape)}.`,
    );
  }
  const numbers = values instanceof Uint32Array ? values.slice() : Float32Array.from(values);
  const bad = numbers.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new ArgumentError(
      `${name}: element ${bad} is ${values[bad]}. Give numbers that are finite in float32: NaN and infinity have no gradient.`,
    );
  }
  return { shape, values: numbers };
}

function isNumbers(values: unknown): boolean {
  if (Array.isArray(values)) return values.every((value) => typeof value === "number");
  return values instanceof Float32Array || values instanceof Float64Array || values instanceof Uint32Array;
}

/** @throws ArgumentError when it isn't a list of positive integers */
export function checkShape(shape: unknown, name: string): asserts shape is Shape {
  if (Array.isArray(shape) && shape.every((size) => Number.isSafeInteger(size) && size > 0)) return;
  throw new ArgumentError(
    `${name}: a shape must be a list of positive integers, such as ${EXAMPLES}; got ${shown(shape)}.`,
  );
}
