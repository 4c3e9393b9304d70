import type { Values } from "../core/dtype.js";
import type { RunSettings, UnfinishedEpoch } from "../model/model.js";
import type { Steps } from "./epochs.js";
import type { EvaluatedPart, Scores } from "./history.js";
import type { Totals } from "./results.js";
import type { RunStart } from "./session.js";

/** Epochs that are at work: all of their steps, and how many of these are done. */
export interface Epochs {
  /** By the clock of `performance.now()`. */
  started: number;
  count: number;
  steps: Steps;
  order: Uint32Array<ArrayBuffer>;
  /** The learning rate that they began with, before the schedule. */
  learningRate: number;
  done: number;
  /** Of the epoch at work; none yet where absent. */
  totals?: Totals;
  start: RunStart;
}

/** Readback of a run of steps: their results; after an epoch the inspection's counts, and scores of parts of the data. */
export interface Left {
  words: Values;
  counts?: Values;
  evaluated?: Partial<Record<EvaluatedPart, Scores>>;
}

/** Where something was NaN or infinite. */
export interface Bad {
  /** The first such step of the epochs; their number if only a parameter is bad after the last. */
  badStep: number;
  /** The place of a parameter. */
  badParameter?: number;
}

/** The position within an epoch some of whose steps are done. */
export const unfinishedEpoch = ({ done, learningRate, totals }: Epochs, settings: RunSettings): UnfinishedEpoch => ({
  steps: done,
  learningRate,
  rows: totals?.rows ?? 0,
  sums: [...(totals?.sums ?? [])],
  settings,
});

/** Whether an epoch can be finished as far as settings tell: with others its steps would take other rows. */
export const sameSettings = (a: RunSettings, b: RunSettings): boolean =>
  (["rows", "seed", "batchSize", "microBatchSize", "buckets", "shuffle", "augment"] as const).every(
    (name) => JSON.stringify(a[name]) === JSON.stringify(b[name]),
  );
