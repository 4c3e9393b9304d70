import { ArgumentError } from "../core/errors.js";
import { optionsOf } from "../core/options.js";
import { ABOVE_0, checkNumbers } from "../core/ranges.js";
import { constantRate } from "./decay.js";
import type { Schedule } from "./schedule.js";

/** Options of `linearWarmup`. */
export interface LinearWarmupOptions {
  /** Length, in the unit of the schedule that follows: epochs, or steps. */
  period: number;
  /** The share of the rate that it begins with; 1/3, as torch LinearLR. */
  start?: number;
  /** The schedule that follows, from its own beginning; the optimizer's rate where absent. */
  before?: Schedule;
  /** Unit of `period` where no schedule follows: epochs (default), or steps. */
  per?: "epoch" | "step";
}

/**
 * Raises the rate in a straight line before another schedule: rate(0) · (start + (1 - start) t / period) while t is below
 * the period, rate(t - period) from there on. As torch SequentialLR of LinearLR and the other one.
 *
 * @throws ArgumentError when a number is out of range, or `per` isn't what the schedule counts
 */
export function linearWarmup(options: LinearWarmupOptions): Schedule {
  const defaults = { period: undefined, start: 1 / 3, before: undefined, per: undefined };
  const { period, start, before, per } = optionsOf("linearWarmup", options, defaults);
  checkNumbers("linearWarmup", ABOVE_0, { period });
  checkNumbers("linearWarmup", ["a share from 0 to 1", (value) => value >= 0 && value <= 1], { start });
  const next: Schedule = before ?? { ...constantRate(), ...(per === "step" && { per }) };
  if (typeof next.learningRate !== "function") {
    throw new ArgumentError(
      "linearWarmup: before must be a schedule, such as before: cosineAnnealing({ period: 30 }).",
    );
  }
  const unit = next.per ?? "epoch";
  if ((per ?? unit) !== unit) {
    throw new ArgumentError(`linearWarmup: the schedule that follows counts in ${unit}s, per says "${per}".`);
  }
  const { follow } = next;
  return {
    config: { schedule: "linearWarmup", period, start, ...(before && { before: before.config }), ...(per && { per }) },
    per: unit,
    learningRate(t, initial, state) {
      const share = t < period ? start + ((1 - start) * t) / period : 1;
      return share * next.learningRate(Math.max(t - period, 0), initial, state);
    },
    ...(next.checkScores && { checkScores: (scores) => next.checkScores!(scores) }),
    // A rate that is still rising says nothing of a plateau.
    ...(follow && {
      follow: (state, record, scores) => (record.epoch > period ? follow(state, record, scores) : state),
    }),
  };
}
