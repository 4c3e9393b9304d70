import { ArgumentError } from "../core/errors.js";

/** @returns the number @throws ArgumentError when it isn't a positive integer */
export function checkCount(name: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new ArgumentError(`${name} must be a positive integer, got ${value}.`);
  }
  return value;
}

/** Rows per step of an evaluation or prediction, where nobody chose. */
export const BATCH = 256;
