import type { InexactFunction } from "../graph/error-model.js";

/*
 * The one tolerance policy. The error bound of a float32 result follows from its conditioning:
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

/** Sources of error that a limit allows for: functions that ops declare, and rounding to half precision. */
export type FunctionClass = InexactFunction | "exact" | "half";

/** ULP granted by the WGSL specification ("Accuracy of concrete floating point expressions"). */
const ulps: Readonly<Record<FunctionClass, (argument: number) => number>> = {
  /** Moves or chooses values, or rounds correctly. */
  exact: () => 0,
  /** x / y */
  division: () => 2.5,
  /** Inherited from 1 / inverseSqrt(x), 2 ULP and a division. */
  root: () => 4.5,
  /** 3 + 2 |x|; the argument's own rounding is within it. */
  exponential: (argument) => 3 + 2 * argument,
  /** Absolute 2^-21 between 0.5 and 2, else 3 ULP. */
  logarithm: () => 4,
  /** log Σ e^(x - largest): 4 ULP of the logarithm, and no more of the exponentials, whose |x| e^-|x| stays small. */
  logSumExp: () => 8,
  /** Inherited from exp2(y log2 x): the logarithm's error times y, through the exponential. */
  power: (argument) => 3 + 5 * argument,
  /** A product of operands that are rounded to half precision, of which each may lose 2^-11. */
  half: () => 2 ** -10 * 2 ** 23,
  /** tanh: absolute 1e-5. */
  hyperbolic: () => 1e-5 * 2 ** 23,
  /** sin and cos: absolute 2^-11; atan, asin and acos: 4096 ULP. */
  trigonometric: () => 4096,
};

/** Inputs of the error bound of a result. */
export interface Conditioning {
  /** Number of terms that were added up for one element; 1 by default. */
  terms?: number;
  /** Inexact functions on the way to one element. */
  functions?: readonly FunctionClass[];
  /** The largest magnitude among the numbers that were added up. */
  summed?: number;
  /** The largest magnitude that an exponential or power was taken of. */
  argument?: number;
}

/** The error bound of an element, relative to the scale. */
export function relativeLimit({ terms = 1, functions = [], argument = 1 }: Conditioning): number {
  const granted = functions.reduce((sum, name) => sum + ulps[name](argument), 0);
  return ROUNDING * (BASE + terms + 2 * granted);
}

/** The error bound of an element of an array. */
export const limitFor = (expected: ArrayLike<number>, conditioning: Conditioning): number =>
  Math.max(relativeLimit(conditioning) * Math.max(largest(expected), conditioning.summed ?? 0), SMALLEST);

/** The largest magnitude among the finite numbers. */
export function largest(values: ArrayLike<number>): number {
  let magnitude = 0;
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) magnitude = Math.max(magnitude, Math.abs(values[i]));
  }
  return magnitude;
}

/**
 * Distance of `actual` from `expected`. NaN and infinities are at distance 0 of themselves, and infinitely far from all
 * other values; a missing element is infinitely far from any.
 */
export function errorOf(actual: number | undefined, expected: number): number {
  if (!Number.isFinite(expected)) return Object.is(actual, expected) ? 0 : Number.POSITIVE_INFINITY;
  const error = Math.abs(actual! - expected);
  return Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
}

/**
 * Place and distance of the element that is furthest from the expected one.
 *
 * @throws RangeError when nothing is expected: that must not look like success
 */
export function furthest(actual: ArrayLike<number>, expected: ArrayLike<number>): { place: number; error: number } {
  if (expected.length === 0) throw new RangeError("There is nothing to compare.");
  let [place, error] = [0, -1];
  for (let i = 0; i < expected.length; i++) {
    const here = errorOf(actual[i], expected[i]);
    if (here > error) [place, error] = [i, here];
  }
  return { place, error };
}
