import { ArgumentError } from "./errors.js";
import { shown } from "./shown.js";

/*
 * Ranges of hyperparameters: of optimizers, schedules, losses, layers and callbacks. All are stated and checked here, so that
 * text, null, lists and what isn't finite pass nowhere.
 */

/** Numbers that an option may be: in words after "must be", and a test of finite ones. */
export type Range = readonly [words: string, has: (value: number) => boolean];

/** Rates, penalties, tolerances. */
export const AT_LEAST_0: Range = ["a finite number, 0 or more", (value) => value >= 0];
/** Lengths, factors, limits. */
export const ABOVE_0: Range = ["a finite number above 0", (value) => value > 0];
/** Shares that leave something: momenta, decays of means, dropout, smoothing. */
export const SHARE: Range = ["in [0, 1)", (value) => value >= 0 && value < 1];

/** Factors that lower something, and shares of two parts. */
export const BETWEEN_0_AND_1: Range = ["above 0 and below 1", (value) => value > 0 && value < 1];

/** @throws ArgumentError naming the first option that isn't a finite number of the range */
export function checkNumbers(where: string, [words, has]: Range, options: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(options)) {
    if (Number.isFinite(value) && has(value)) continue;
    throw new ArgumentError(`${where}: ${name} must be ${words}, got ${shown(value)}.`);
  }
}
