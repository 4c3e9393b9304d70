import { ArgumentError } from "../core/errors.js";

/** Confidence interval of a quantity. */
export interface Interval {
  /** The lower end, 0 to 1. */
  low: number;
  /** The upper end, 0 to 1. */
  high: number;
}

/** The normal distribution's 97.5 % point. */
const Z = 1.959964;

/**
 * 95 % confidence interval of a share, such as an accuracy (Wilson, 1927), which suits small numbers of rows and shares
 * near 0 and 1.
 *
 * @param correct - how many of `rows` are right
 * @throws ArgumentError when there are no rows, or more correct ones than rows
 */
export function wilsonInterval(correct: number, rows: number): Interval {
  if (!(rows >= 1 && correct >= 0 && correct <= rows)) {
    throw new ArgumentError(
      `wilsonInterval: ${correct} correct of ${rows} rows. Pass from 0 to as many correct as rows.`,
    );
  }
  const share = correct / rows;
  const scale = 1 + Z ** 2 / rows;
  const middle = (share + Z ** 2 / (2 * rows)) / scale;
  const half = (Z * Math.sqrt((share * (1 - share)) / rows + Z ** 2 / (4 * rows ** 2))) / scale;
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}
