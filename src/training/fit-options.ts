import { checkOptions, type OptionNames } from "../core/options.js";
import type { Augmentation } from "../data/augmentation/augment.js";
import type { Dataset } from "../data/dataset.js";
import type { Callback } from "./callbacks.js";

/** One batch of training rows: a data set, or what `Dataset.from` makes one of. */
export type Batch = Dataset | Parameters<typeof Dataset.from>[0];

/**
 * Batches that come in pieces: an array or another iterable, an async one, or a function that makes one for each epoch. An
 * iterator of its own, such as a generator's, gives one epoch.
 */
export type BatchSource =
  | Iterable<Batch>
  | AsyncIterable<Batch>
  | (() => Iterable<Batch> | AsyncIterable<Batch> | Promise<Iterable<Batch> | AsyncIterable<Batch>>);

/** Options of `Trainer.fit`. */
export interface FitOptions {
  /** Whole passes over the data; 10. With `resume`, those that were done before the checkpoint count. */
  epochs?: number;
  /** Rows per step; 32. Larger than the data means all of them. */
  batchSize?: number;
  /**
   * Rows that go through the network at a time, for batches whose activations don't fit the device: the gradients of a
   * batch's micro-batches are summed before its one update. All of the batch.
   */
  microBatchSize?: number;
  /**
   * Places of batches of sequences that are filled up to one length, such as [16, 32, 64]: rows of about the same length are put
   * together, and a batch has the places of the smallest bucket that its longest row fits; all of the model's where none does.
   * Losses are those of batches of all places, those of the validation part to the last bits but few. For a model of `embedding(ids, features, { padding })`. All batches have all
   * places where absent.
   */
  buckets?: readonly number[];
  /** A new order every epoch; true. */
  shuffle?: boolean;
  /** Seed of shuffles and dropout; the model's. */
  seed?: number;
  /** Evaluated after every epoch, or every so many. */
  validation?: Dataset;
  /**
   * Epochs from one validation to the next, counted over all calls of `fit`; 1. What watches the training, such as early
   * stopping, then goes by the epochs that were validated.
   */
  validateEvery?: number;
  /**
   * Also evaluate the training part as it is after the epoch, without dropout and augmentation, when the validation part is:
   * the record's `training`. Else its scores are those of the batches as they were trained on alone.
   */
  trainingScores?: boolean;
  /** Changes the images of the training data at random, anew in every epoch: { shift: 2, rotate: 10 }. */
  augment?: Augmentation;
  callbacks?: readonly Callback[];
  /**
   * Ends the training when it is aborted: within some 100 ms, in the middle of an epoch. `fit` resolves with `stopped` true;
   * a later one with the same data, batches and seed finishes the epoch first, to the same bits.
   */
  signal?: AbortSignal;
  /** Also return the loss of every step. */
  recordSteps?: boolean;
  /**
   * Go on with the call of `fit` that the trainer's checkpoint was taken in: its seed and batches, what callbacks
   * remember, and the epochs that are left. Nothing else than without it where the trainer hasn't trained yet.
   */
  resume?: boolean;
}

/** Names of the options. */
export const FIT: OptionNames<FitOptions> = {
  epochs: true,
  batchSize: true,
  microBatchSize: true,
  buckets: true,
  shuffle: "switch",
  seed: true,
  validation: true,
  validateEvery: true,
  trainingScores: "switch",
  augment: true,
  callbacks: true,
  signal: true,
  recordSteps: "switch",
  resume: "switch",
};

/** Whether data come in batches. */
export const isBatchSource = (data: Dataset | BatchSource): data is BatchSource =>
  typeof data === "function" ||
  (typeof data === "object" && data !== null && (Symbol.iterator in data || Symbol.asyncIterator in data));

/** @throws ArgumentError when an option is unknown, or switches aren't such */
export const checkFit = (options: FitOptions): void => checkOptions("fit", options, FIT);

/** A call of `fit`, also where it goes on with an earlier one. */
export interface RunOptions extends FitOptions {
  /** Epochs done before the run, where it began earlier. */
  start?: number;
  stopped?: boolean;
}
