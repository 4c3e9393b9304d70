import { expect } from "vitest";

/** Within 1e-12 of the expected value, relative to it: float64 sums in another order. NaN fails; 0 must be exact. */
export function expectClose(actual: number, expected: number): void {
  if (!(Math.abs(actual - expected) <= 1e-12 * Math.abs(expected))) expect(actual).toBe(expected);
}
