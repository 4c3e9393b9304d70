import { expect } from "vitest";

/*
 * The one tolerance policy. How far a float32 result may be from the expected one follows from how it was made:
 *
 *   limit = 2^-24 × (4 + terms + 2 ulps) × scale
 *
 * A result that adds up n terms, in whatever order, carries up to n roundings of 2^-24 each. A function that the device
 * may compute inexactly adds what the WGSL specification grants it, in ULP (one ULP is two roundings). The scale is the
 * largest magnitude of the expected array, or of the numbers that were added up where those were larger: a difference of
 * large numbers can't be better than they are.
 */
const ROUNDING = 2 ** -24;
/** Roundings that any result may carry: its inputs', its own, and one of the expected value on either side. */
const BASE = 4;
/** Results below float32's normal numbers may be flushed to zero. */
const SMALLEST = 2 ** -126;

/** ULP granted by the WGSL specification ("Accuracy of concrete floating point expressions"). */
const ulps = {
  /** Moves or chooses values, or rounds correctly. */
  exact: () => 0,
  /** x / y */
  division: () => 2.5,
  /** Inherited from 1 / inverseSqrt(x), 2 ULP and a division. */
  root: () => 4.5,
  /** 3 + 2 |x|; the argument's own rounding is within it. */
  exponential: (argument: number) => 3 + 2 * argument,
  /** Absolute 2^-21 between 0.5 and 2, else 3 ULP. */
  logarithm: () => 4,
  /** log Σ e^(x - largest): 4 ULP of the logarithm, and no more of the exponentials, whose |x| e^-|x| stays small. */
  logSumExp: () => 8,
  /** Inherited from exp2(y log2 x): the logarithm's error times y, through the exponential. */
  power: (argument: number) => 3 + 5 * argument,
  /** A product of operands that are rounded to half precision, of which each may lose 2^-11. */
  half: () => 2 ** -10 * 2 ** 23,
  /** tanh: absolute 1e-5. */
  hyperbolic: () => 1e-5 * 2 ** 23,
};

export type FunctionClass = keyof typeof ulps;

/** How a result was made. */
export interface Making {
  /** How many numbers were added up for one element; 1 where none were. */
  terms?: number;
  /** The inexact functions on the way to it. */
  functions?: readonly FunctionClass[];
  /** The largest magnitude among the numbers that were added up. */
  summed?: number;
  /** The largest magnitude that an exponential or power was taken of. */
  argument?: number;
}

/** Relative to the scale. */
export function relativeLimit({ terms = 1, functions = [], argument = 1 }: Making): number {
  const granted = functions.reduce((sum, name) => sum + ulps[name](argument), 0);
  return ROUNDING * (BASE + terms + 2 * granted);
}

/** Fails unless every element is there and within the policy's limit, and NaN and infinities are where they should be. */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { what = "result", ...making }: Making & { what?: string } = {},
): void {
  const problem = difference(actual, expected, relativeLimit(making), making.summed);
  if (problem) expect.fail(`${what}: ${problem}`);
}

/** Fails unless both hold the same bits; zeros of either sign are equal. */
export function expectEqual(actual: ArrayLike<number>, expected: ArrayLike<number>, what = "result"): void {
  const problem = difference(actual, expected, 0);
  if (problem) expect.fail(`${what}: ${problem}`);
}

/** For float64 against float64 by central differences: truncation h² and cancellation 2^-53 / h are both below 1e-8. */
export function expectCloseToDifferences(actual: ArrayLike<number>, expected: ArrayLike<number>, what: string): void {
  const problem = difference(actual, expected, 1e-6);
  if (problem) expect.fail(`${what}: ${problem}`);
}

/** What is wrong with `actual`, `undefined` where nothing is. */
function difference(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  relative: number,
  summed = 0,
): string | undefined {
  if (actual.length !== expected.length) return `${actual.length} elements, expected ${expected.length}`;
  if (expected.length === 0) return "nothing to compare";
  let scale = summed;
  for (let i = 0; i < expected.length; i++) {
    if (Number.isFinite(expected[i])) scale = Math.max(scale, Math.abs(expected[i]));
  }
  const limit = relative > 0 ? Math.max(relative * scale, SMALLEST) : 0;
  for (let i = 0; i < expected.length; i++) {
    const same = Number.isFinite(expected[i])
      ? Math.abs(actual[i] - expected[i]) <= limit // false for NaN and infinity
      : Object.is(actual[i], expected[i]);
    if (!same) return `element ${i} is ${actual[i]}, expected ${expected[i]} within ${limit}`;
  }
  return undefined;
}
