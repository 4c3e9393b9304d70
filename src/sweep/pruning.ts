import { ArgumentError } from "../core/errors.js";
import { optionsOf } from "../core/options.js";
import { shown } from "../core/shown.js";

/** The losses of a trial's epochs so far, or all of them: less is better. */
export interface Course {
  losses: readonly number[];
  /** Whether the trial went through: it was neither pruned, nor did it diverge. */
  isComplete: boolean;
}

/** Ends trials that promise nothing. */
export interface Pruning {
  /**
   * Asked after each epoch of a trial.
   *
   * @param losses - of the trial's epochs so far
   * @param others - trials that were suggested before those of its group, in the order of their numbers
   */
  prunes(losses: readonly number[], others: readonly Course[]): boolean;
}

/** Options of `medianPruning`. */
export interface MedianPruningOptions {
  /** Trials that must have gone through before any is pruned; 5. */
  startup?: number;
  /** Epochs in which a trial isn't pruned; 0. */
  warmup?: number;
  /** Epochs from one look to the next; 1. */
  interval?: number;
}

/**
 * Ends a trial whose best epoch so far is worse than the median of what earlier trials had after as many epochs, of those
 * that went through: Google Vizier's rule (Golovin et al., 2017), with Optuna's defaults.
 *
 * @throws ArgumentError when a number isn't whole, or below 0
 */
export function medianPruning(options: MedianPruningOptions = {}): Pruning {
  const { startup, warmup, interval } = optionsOf("medianPruning", options, { startup: 5, warmup: 0, interval: 1 });
  checkWhole("medianPruning", { startup, warmup }, 0);
  checkWhole("medianPruning", { interval }, 1);
  return {
    prunes(losses, others) {
      const epochs = losses.length;
      if (epochs <= warmup || (epochs - 1 - warmup) % interval > 0) return false;
      const complete = others.filter(({ isComplete }) => isComplete);
      if (complete.length < startup) return false;
      const then = complete.flatMap((other) => other.losses[epochs - 1] ?? []).sort((a, b) => a - b);
      return then.length > 0 && Math.min(...losses) > (then[(then.length - 1) >> 1] + then[then.length >> 1]) / 2;
    },
  };
}

/** Options of `successiveHalving`. */
export interface SuccessiveHalvingOptions {
  /** Epochs before the first look; 1. */
  epochs?: number;
  /** One trial of so many goes on; each look comes after so many times the epochs of the one before; 4. */
  factor?: number;
}

/**
 * Looks at trials after `epochs`, `epochs` x `factor`, `epochs` x `factor`², ... epochs, and lets one of each `factor` go on, by
 * their losses there: asynchronous successive halving (Li et al., "A system for massively parallel hyperparameter tuning",
 * 2020), by Optuna's rule: a trial is held against all that came as far before.
 *
 * @throws ArgumentError when a number isn't whole, or the factor is below 2
 */
export function successiveHalving(options: SuccessiveHalvingOptions = {}): Pruning {
  const { epochs, factor } = optionsOf("successiveHalving", options, { epochs: 1, factor: 4 });
  checkWhole("successiveHalving", { epochs }, 1);
  checkWhole("successiveHalving", { factor }, 2);
  return {
    prunes(losses, others) {
      let rung = epochs;
      while (rung < losses.length) rung *= factor;
      if (rung !== losses.length) return false;
      const own = losses[rung - 1];
      const all = [own, ...others.flatMap((other) => other.losses[rung - 1] ?? [])].sort((a, b) => a - b);
      return own > all[Math.max(0, Math.floor(all.length / factor) - 1)];
    },
  };
}

function checkWhole(who: string, numbers: Readonly<Record<string, number>>, least: number): void {
  for (const [name, value] of Object.entries(numbers)) {
    if (Number.isInteger(value) && value >= least) continue;
    throw new ArgumentError(`${who}: ${name} must be a whole number, ${least} or more, got ${shown(value)}.`);
  }
}
