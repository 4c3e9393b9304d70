import { optionsOf } from "../core/options.js";
import { ABOVE_0, AT_LEAST_0, BETWEEN_0_AND_1, checkNumbers } from "../core/ranges.js";
import { type Pace, paced, type Schedule } from "./schedule.js";

/** Half a cosine wave: `from` at 0, `to` at 1. */
const halfWave = (from: number, to: number, part: number) => to + ((from - to) * (1 + Math.cos(Math.PI * part))) / 2;

/**
 * Half a cosine wave from the initial rate down to `minimum` (0) over `period`, as torch CosineAnnealingLR (Loshchilov,
 * Hutter, 2017): minimum + (initial - minimum) (1 + cos(π t / period)) / 2. Past the period the wave goes on, upwards.
 *
 * @throws ArgumentError when a number is out of range
 */
export function cosineAnnealing(options: { period: number; minimum?: number } & Pace): Schedule {
  const { period, minimum, per } = optionsOf("cosineAnnealing", options, {
    period: undefined,
    minimum: 0,
    per: undefined,
  });
  checkNumbers("cosineAnnealing", ABOVE_0, { period });
  checkNumbers("cosineAnnealing", AT_LEAST_0, { minimum });
  return paced({ per }, { schedule: "cosineAnnealing", period, minimum }, (t, initial) =>
    halfWave(initial, minimum, t / period),
  );
}

/** Options of `cosineWarmRestarts`; lengths count epochs, or steps with `per: "step"`. */
export interface CosineWarmRestartsOptions extends Pace {
  /** Length of the first wave. */
  period: number;
  /** Factor by which each wave is longer than the one before; 1. */
  multiplier?: number;
  /** Learning rate at the end of a wave; 0. */
  minimum?: number;
}

/**
 * Half cosine waves from the initial rate down to `minimum`, one after the other, each `multiplier` times as long as the
 * one before: SGDR (Loshchilov, Hutter, 2017), as torch CosineAnnealingWarmRestarts.
 *
 * @throws ArgumentError when a number is out of range
 */
export function cosineWarmRestarts(options: CosineWarmRestartsOptions): Schedule {
  const defaults = { period: undefined, multiplier: 1, minimum: 0, per: undefined };
  const { period, multiplier, minimum } = optionsOf("cosineWarmRestarts", options, defaults);
  checkNumbers("cosineWarmRestarts", ABOVE_0, { period });
  checkNumbers("cosineWarmRestarts", ["a finite number, at least 1", (value) => value >= 1], { multiplier });
  checkNumbers("cosineWarmRestarts", AT_LEAST_0, { minimum });
  const config = { schedule: "cosineWarmRestarts", period, multiplier, minimum };
  return paced(options, config, (t, initial) => {
    let rest = t;
    let length = period;
    if (multiplier === 1) rest %= period;
    for (; rest >= length; length *= multiplier) rest -= length;
    return halfWave(initial, minimum, rest / length);
  });
}

/** Options of `oneCycle`; lengths count epochs, or steps with `per: "step"`. */
export interface OneCycleOptions extends Pace {
  /** Length of the cycle, in epochs or steps. The lowest rate is reached at its end, and kept. */
  total: number;
  /** The highest rate; the optimizer's own where absent. */
  max?: number;
  /** Share of the cycle in which the rate rises; 0.3. */
  rise?: number;
  /** The first rate is max / divisor; 25. */
  divisor?: number;
  /** The last rate is the first one / finalDivisor; 1e4. */
  finalDivisor?: number;
}

/**
 * Up along half a cosine wave to the highest rate, then down to almost nothing (Smith, Topin, 2018), as torch OneCycleLR
 * with total_steps = total + 1: what torch calls the last of its steps is where the cycle ends.
 *
 * @throws ArgumentError when a number is out of range
 */
export function oneCycle(options: OneCycleOptions): Schedule {
  const { total, max, rise, divisor, finalDivisor } = optionsOf("oneCycle", options, {
    total: undefined,
    max: undefined,
    rise: 0.3,
    divisor: 25,
    finalDivisor: 1e4,
    per: undefined,
  });
  checkNumbers("oneCycle", ABOVE_0, { total, divisor, finalDivisor, ...(max !== undefined && { max }) });
  checkNumbers("oneCycle", BETWEEN_0_AND_1, { rise });
  const config = { schedule: "oneCycle", total, ...(max !== undefined && { max }), rise, divisor, finalDivisor };
  // torch counts the top as one of its steps. A very short cycle begins with it.
  const top = Math.max(rise * (total + 1) - 1, 0);
  return paced(options, config, (t, initial) => {
    const highest = max ?? initial;
    const first = highest / divisor;
    if (t < top) return halfWave(first, highest, t / top);
    return halfWave(highest, first / finalDivisor, Math.min((t - top) / (total - top), 1));
  });
}
