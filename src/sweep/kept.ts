import type { Snapshot } from "../model/model.js";
import type { Callback } from "../training/callbacks.js";
import type { EpochRecord } from "../training/history.js";
import type { Trainer } from "../training/trainer.js";

/** A training under way, as another process goes on with it. */
export interface KeptTraining {
  snapshot: Snapshot;
  /** Those that are done. */
  epochs: EpochRecord[];
  /** That they took. */
  seconds: number;
}

/** Keeps trainings that are under way, by their places among those that are carried out. */
export interface Keeper {
  find(place: number): KeptTraining | undefined;
  keep(place: number, trainer: Trainer, kept: KeptTraining): Promise<void>;
}

/** Shorter work isn't kept: it is done again. */
const LEAST_MILLISECONDS = 1000;
/** Keeping takes at most one part of so many of the time. */
const SHARE = 10;

/**
 * Decides for trainings that go on side by side in which epochs they are kept, so that all are in the same. At most the epoch
 * under way is lost, where epochs take a second or more.
 */
export class KeptEpochs {
  readonly #decided = new Map<number, boolean>();
  #next = performance.now() + LEAST_MILLISECONDS;

  isDue(epoch: number): boolean {
    const known = this.#decided.get(epoch);
    if (known !== undefined) return known;
    const isDue = performance.now() >= this.#next;
    this.#decided.set(epoch, isDue);
    if (isDue) this.#next = Number.POSITIVE_INFINITY;
    return isDue;
  }

  /** @param started - when keeping began, by `performance.now()` */
  done(started: number): void {
    const now = performance.now();
    this.#next = now + Math.max(LEAST_MILLISECONDS, SHARE * (now - started));
  }
}

/** True for callbacks that remember nothing between epochs, or say what. Others can't go on elsewhere. */
export const canGoOn = (callbacks: readonly Callback[]): boolean =>
  callbacks.every(({ onEpoch, onStep, afterEpoch, saveState }) => saveState || !(onEpoch || onStep || afterEpoch));

/** Keeps a training after epochs; none that can't be saved. */
export function keepingCallback(
  place: number,
  trainer: Trainer,
  { keeper, epochs, before }: { keeper: Keeper; epochs: KeptEpochs; before: KeptTraining | undefined },
): Callback {
  const started = performance.now();
  const done = before?.epochs.slice() ?? [];
  let isRefused = false;
  return {
    async afterEpoch(record, control) {
      done.push(record);
      if (isRefused || !epochs.isDue(record.epoch)) return;
      const from = performance.now();
      try {
        const snapshot = await control.snapshot();
        const seconds = (from - started) / 1000 + (before?.seconds ?? 0);
        await keeper.keep(place, trainer, { snapshot, epochs: done, seconds });
      } catch {
        isRefused = true; // it is begun anew, should this process end
      }
      epochs.done(from);
    },
  };
}
