import { ArgumentError, ShapeError } from "../core/errors.js";
import type { Shape } from "../core/shape.js";

/** @returns the number @throws ArgumentError when it isn't a positive integer */
export function checkCount(name: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new ArgumentError(`${name} must be a positive integer, got ${value}.`);
  }
  return value;
}

/** Rows per step of an evaluation or prediction, where nobody chose. */
export const BATCH = 256;

/** Features of another shape than the model's. */
export function shapeError(input: Shape, shape: Shape): ShapeError {
  const rows = (sample: Shape) => `[rows, ${sample.join(", ")}]`;
  return new ShapeError(
    `Trainer: the model takes features ${rows(input)}, got ${rows(shape)}. ` +
      "Give sequential() the data's shape as input, or the data the model's shape.",
  );
}
