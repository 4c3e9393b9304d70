/** Metrics that were asked for, by name. */
export interface Metrics {
  accuracy?: number;
  /** `categoricalAccuracy()` */
  categoricalAccuracy?: number;
  subsetAccuracy?: number;
  r2?: number;
  meanSquaredError?: number;
  rootMeanSquaredError?: number;
  meanAbsoluteError?: number;
  /** `perplexity()` */
  perplexity?: number;
  /** `topK(k)` */
  [topK: `top${number}`]: number;
  /** Of several outputs, each one's: `digit_loss`, `digit_accuracy`. */
  [ofOutput: `${string}_${string}`]: number;
}

/** Loss and metrics of a data set: means over its rows, weighted where these have weights. */
export interface Scores extends Metrics {
  /** The mean loss, penalties left out. */
  loss: number;
}

/** A part of the data that is evaluated after epochs. */
export type EvaluatedPart = "validation" | "training";

/** The record of an epoch once it is over. Loss and metrics are those of its batches as they were trained on. */
export interface EpochRecord extends Scores {
  /** Counts from 1, over all calls of `fit`. */
  epoch: number;
  /** Of the validation part, in the epochs that it is evaluated in. */
  validation?: Scores;
  /** Of the training part after the epoch, without dropout, where `trainingScores` was asked for. */
  training?: Scores;
  /** The rate of the epoch's last step. */
  learningRate: number;
  /** Wall-clock time of the epoch; the mean where several ran in one go. */
  seconds: number;
}

/** The record of steps in the middle of an epoch. Scores are the means over the rows of the steps since the record before. */
export interface StepRecord extends Scores {
  /** The epoch it lies in; counts from 1. */
  epoch: number;
  /** Steps done, over all calls of `fit`. */
  step: number;
  /** The last step's. */
  learningRate: number;
}

/** The course of one call of `fit`. */
export interface History {
  epochs: EpochRecord[];
  /** Mean loss of each step's batch, [steps], where `recordSteps` was asked for. */
  stepLosses?: Float32Array;
  /**
   * Sentences on what may be wrong though nothing failed: the data's own (`Dataset.warnings`), and a loss that ended no
   * better than that of the same answer for every row.
   */
  warnings: string[];
  /** Whether a callback, or the trainer's `dispose`, ended the training early. */
  stopped: boolean;
}
