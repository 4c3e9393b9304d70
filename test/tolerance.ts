import { expect } from "vitest";
import { type Conditioning, furthest, limitFor } from "../src/checks/tolerance.js";

/* The policy of `src/checks/tolerance.ts`, as tests call on it. */

/** Fails unless every element is there and within the policy's limit, and NaN and infinities are where they should be. */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { what = "result", ...conditioning }: Conditioning & { what?: string } = {},
): void {
  expectWithin(limitFor(expected, conditioning), actual, expected, what);
}

/** Fails unless both hold the same bits; zeros of either sign are equal. */
export function expectEqual(actual: ArrayLike<number>, expected: ArrayLike<number>, what = "result"): void {
  expectWithin(0, actual, expected, what);
}

function expectWithin(limit: number, actual: ArrayLike<number>, expected: ArrayLike<number>, what: string): void {
  if (actual.length !== expected.length) {
    expect.fail(`${what}: ${actual.length} elements, expected ${expected.length}`);
  }
  const { place, error } = furthest(actual, expected);
  if (error <= limit) return;
  expect.fail(`${what}: element ${place} is ${actual[place]}, expected ${expected[place]} within ${limit}`);
}
