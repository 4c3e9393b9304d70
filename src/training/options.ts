import { ArgumentError, ShapeError } from "../core/errors.js";
import { type Shape, sameShape, sizeOf } from "../core/shape.js";

/** @returns the number @throws ArgumentError when it isn't a positive integer */
export function checkCount(name: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new ArgumentError(`${name} must be a positive integer, got ${value}.`);
  }
  return value;
}

/** Rows per step of an evaluation or prediction, where nobody chose. */
export const BATCH = 256;

/** Whether samples fit a model: of its shape; or images [height, width, channels] for rows of pixels, or the other way. */
export function fitsInput(sample: Shape, input: Shape): boolean {
  const axes = [sample.length, input.length].sort().join();
  return sameShape(sample, input) || (axes === "1,3" && sizeOf(sample) === sizeOf(input));
}

/** Features of another shape than the model's. */
export function shapeError(input: Shape, shape: Shape): ShapeError {
  const rows = (sample: Shape) => `[rows, ${sample.join(", ")}]`;
  return new ShapeError(
    `Trainer: the model takes features ${rows(input)}, got ${rows(shape)}. ` +
      "Give sequential() the data's shape as input, or the data the model's shape.",
  );
}
