import { checkMonitor, directionOf, scoreOf } from "../core/monitor.js";
import { optionsOf } from "../core/options.js";
import { AT_LEAST_0, BETWEEN_0_AND_1, checkNumbers, type Range } from "../core/ranges.js";
import type { Schedule } from "./schedule.js";

/** Options of `reduceOnPlateau`; defaults are those of torch ReduceLROnPlateau. */
export interface ReduceOnPlateauOptions {
  /** The score to watch, "loss" (default) or a metric; of the validation part where there is one. */
  monitor?: string;
  /** "min" where lower is better, "max" where higher is; as the metric declares where absent. */
  mode?: "min" | "max";
  /** Factor by which the rate is multiplied; 0.1. */
  factor?: number;
  /** Number of epochs without improvement that are tolerated; the next one lowers the rate. 10. */
  patience?: number;
  /** The least relative change that counts as improvement; 1e-4. */
  threshold?: number;
  /** Epochs after a reduction in which none is counted as bad; 0. */
  cooldown?: number;
  /** The rate goes no lower; 0. */
  minimum?: number;
}

/** State of the schedule after the epochs so far. */
interface Memory {
  reductions: number;
  /** Absent until there was a finite one. */
  best?: number;
  bad: number;
  cooling: number;
}

const NOTHING: Memory = { reductions: 0, bad: 0, cooling: 0 };

/**
 * Lowers the rate when a score has stopped improving: initial · factor^reductions, as torch ReduceLROnPlateau in its
 * relative mode. A score that gets better downwards, such as the loss, improves when it falls below best (1 - threshold),
 * others when they rise above best (1 + threshold).
 *
 * The rate of an epoch depends on the results of those before, so that epochs run one at a time.
 *
 * @throws ArgumentError when a number is out of range; from `new Trainer`, when there is no such score, or nothing says
 * which way it gets better
 */
export function reduceOnPlateau(options: ReduceOnPlateauOptions = {}): Schedule {
  const chosen = optionsOf("reduceOnPlateau", options, {
    monitor: "loss",
    mode: undefined,
    factor: 0.1,
    patience: 10,
    threshold: 1e-4,
    cooldown: 0,
    minimum: 0,
  });
  const { monitor, mode, factor, patience, threshold, cooldown, minimum } = chosen;
  checkNumbers("reduceOnPlateau", BETWEEN_0_AND_1, { factor });
  checkNumbers("reduceOnPlateau", AT_LEAST_0, { threshold, minimum });
  const whole: Range = ["a whole number, 0 or more", (value) => Number.isInteger(value) && value >= 0];
  checkNumbers("reduceOnPlateau", whole, { patience, cooldown });
  const watched = { monitor, mode };
  checkMonitor("reduceOnPlateau", watched);
  return {
    config: { schedule: "reduceOnPlateau", ...chosen },
    learningRate: (_, initial, state) =>
      // The minimum holds the schedule back; it doesn't raise a rate that was lower from the start.
      Math.max(initial * factor ** ((state as Memory | undefined)?.reductions ?? 0), Math.min(minimum, initial)),
    checkScores: (scores) => void directionOf("reduceOnPlateau", watched, scores),
    follow(state, record, scores) {
      const direction = directionOf("reduceOnPlateau", watched, scores);
      const value = scoreOf(record, monitor);
      const { reductions, best, bad, cooling } = (state as Memory | undefined) ?? NOTHING;
      const isBetter =
        Number.isFinite(value) && (best === undefined || direction * (value - best * (1 - direction * threshold)) < 0);
      const waited = isBetter || cooling > 0 ? 0 : bad + 1;
      const isReduced = waited > patience;
      return {
        reductions: reductions + (isReduced ? 1 : 0),
        ...((isBetter || best !== undefined) && { best: isBetter ? value : best }),
        bad: isReduced ? 0 : waited,
        cooling: isReduced ? cooldown : Math.max(cooling - 1, 0),
      } satisfies Memory;
    },
  };
}
