import { DataError } from "../core/errors.js";
import { logarithmicTicks } from "./ticks.js";

/** A trial of a search for the best settings, as charts draw it. */
export interface ChartTrial {
  /** Counts from 0. */
  number: number;
  /** The objective's value; where it was pruned, that of its last epoch; absent where it diverged. */
  value?: number;
  /** How it ended; "done". */
  state?: "done" | "pruned" | "diverged";
}

/** A trial that has a value. */
export type ValuedTrial<T extends ChartTrial = ChartTrial> = T & { value: number };

/** Trials that have a value. @throws DataError when none has */
export function valuedTrials<T extends ChartTrial>(chart: string, trials: readonly T[]): ValuedTrial<T>[] {
  const valued = trials.filter((trial): trial is ValuedTrial<T> => Number.isFinite(trial.value));
  if (valued.length > 0) return valued;
  throw new DataError(`${chart}: no trial has a finite value. Pass at least one.`);
}

/** The best of the trials that went through; of all where none did. */
export function bestTrial<T extends ChartTrial>(
  trials: readonly ValuedTrial<T>[],
  better: "higher" | "lower",
): ValuedTrial<T> {
  const done = trials.filter(({ state = "done" }) => state === "done");
  const sign = better === "higher" ? 1 : -1;
  return (done.length > 0 ? done : trials).reduce((a, b) => (sign * b.value > sign * a.value ? b : a));
}

/** Numbers that span more than this are drawn on a logarithmic scale. */
const MAGNITUDES = 30;

/** Scale and axis of numbers, for an encoding: logarithmic where asked for, or where they span magnitudes. */
export function numberAxis(values: readonly number[], isLogarithmic = spansMagnitudes(values)) {
  const [least, greatest] = rangeOf(values);
  return isLogarithmic && least > 0
    ? {
        scale: { type: "log", nice: false, padding: 8 },
        axis: { values: logarithmicTicks(least, greatest), format: "~g" },
      }
    : { scale: { zero: false, nice: true, padding: 8 }, axis: { tickCount: 5 } };
}

export function spansMagnitudes(values: readonly number[]): boolean {
  const [least, greatest] = rangeOf(values);
  return least > 0 && greatest / least >= MAGNITUDES;
}

/** Whether a setting's numbers were drawn evenly in the logarithm rather than as they are: by where their median lies. */
export function areLogarithmic(values: readonly number[]): boolean {
  if (!spansMagnitudes(values)) return false;
  const [least, greatest] = rangeOf(values);
  const median = values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
  const linear = (median - least) / (greatest - least);
  const logarithmic = Math.log(median / least) / Math.log(greatest / least);
  return Math.abs(logarithmic - 0.5) < Math.abs(linear - 0.5);
}

export const rangeOf = (values: readonly number[]): [least: number, greatest: number] => [
  values.reduce((a, b) => Math.min(a, b)),
  values.reduce((a, b) => Math.max(a, b)),
];

/** Dots that tell their numbers when pointed at; more would make a page heavy. */
export const MOST_TOLD = 40;
