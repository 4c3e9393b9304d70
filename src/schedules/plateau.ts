import { ArgumentError } from "../core/errors.js";
import { directionOf, scoreOf } from "../core/monitor.js";
import { checkAtLeast, checkFraction, type Schedule } from "./schedule.js";

/** Options of `reduceOnPlateau`; defaults are those of torch ReduceLROnPlateau. */
export interface ReduceOnPlateauOptions {
  /** The score to watch, "loss" (default) or a metric; of the validation part where there is one. */
  monitor?: string;
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
 * relative mode. A loss or error improves when it falls below best (1 - threshold), other scores when they rise above
 * best (1 + threshold).
 *
 * The rate of an epoch depends on the results of those before, so that epochs run one at a time.
 *
 * @throws ArgumentError when a number is out of range; while training, when there is no such score
 */
export function reduceOnPlateau(options: ReduceOnPlateauOptions = {}): Schedule {
  const { monitor = "loss", factor = 0.1, patience = 10, threshold = 1e-4, cooldown = 0, minimum = 0 } = options;
  checkFraction("reduceOnPlateau", { factor });
  checkAtLeast("reduceOnPlateau", 0, { patience, threshold, cooldown, minimum });
  if (typeof monitor !== "string") {
    throw new ArgumentError('reduceOnPlateau: monitor must be the name of a score, such as "loss".');
  }
  const direction = directionOf(monitor);
  return {
    config: { schedule: "reduceOnPlateau", monitor, factor, patience, threshold, cooldown, minimum },
    learningRate: (_, initial, state) =>
      // The minimum holds the schedule back; it doesn't raise a rate that was lower from the start.
      Math.max(initial * factor ** ((state as Memory | undefined)?.reductions ?? 0), Math.min(minimum, initial)),
    follow(state, record) {
      const value = scoreOf("reduceOnPlateau", record, monitor);
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
