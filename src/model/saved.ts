import type { Loss } from "../losses/index.js";
import type { GradientRule, Optimizer } from "../optimizers/index.js";
import type { Schedule } from "../schedules/index.js";
import type { Parameter } from "./parameters.js";

/** Position of a training: what is done of it. */
export interface Position {
  /** Whole epochs done. */
  epoch: number;
  /** Training steps done. */
  step: number;
  /** The optimizer's rate, before the schedule; it may have been changed while training. */
  learningRate: number;
  /** State of the schedule after the epochs so far, as JSON. */
  scheduleState?: unknown;
  /** The epoch that was broken off, where one was. */
  underway?: UnfinishedEpoch;
}

/** An epoch that was broken off: what a later `fit` needs to finish it to the bits of an epoch in one go, as JSON. */
export interface UnfinishedEpoch {
  /** Steps of the epoch that are done. */
  steps: number;
  /** The learning rate that it began with, before the schedule. */
  learningRate: number;
  /** Rows of the steps that are done, and the sums of their losses and metrics. */
  rows: number;
  sums: number[];
  /** The settings of `fit` that decide which rows a step takes; with others a new epoch begins. */
  settings: RunSettings;
}

/** Loss and metrics that a training asks of an output. */
export interface SavedHead {
  /** One of the user's own is `undefined` when it was read from a file: the Trainer must be given it again. */
  loss?: Loss;
  /** 1 where absent. */
  lossWeight?: number;
  metrics?: string[];
}

/** Saved state of a training, from which a Trainer continues. */
export interface SavedTraining extends Position, SavedHead {
  optimizer?: Optimizer;
  schedule?: Schedule;
  /** Of a model with several outputs, by their names. */
  heads?: Readonly<Record<string, SavedHead>>;
  /** A rule of the user's own is `undefined` when it was read from a file: the Trainer must be given it again. */
  gradients?: readonly (GradientRule | undefined)[];
  /** Optimizer state, by the names of its variables: "optimizer.dense.weight", [moments, ...parameter]. */
  state?: Map<string, Parameter>;
  /** Parameters that a callback kept to go back to, by name. */
  kept?: Map<string, Parameter>;
  /** The call of `fit` that was at work. */
  run?: SavedRun;
}

/** Everything that puts a trainer back to where it was, in memory: a checkpoint is a snapshot on disk. */
export interface Snapshot {
  /** By name, each [...shape]. */
  parameters: Map<string, Parameter>;
  /** The position, the optimizer's state, and the call of `fit` at work with what its callbacks remember. */
  training: SavedTraining;
}

/** Settings of `fit` that decide which rows a step takes, and in which order. */
export interface RunSettings {
  /** Of shuffles and dropout. */
  seed: number;
  batchSize: number;
  /** Rows of a micro-batch, if batches go through the network in parts. */
  microBatchSize?: number;
  /** Places of its batches, as `fit` was given them. */
  buckets?: readonly number[];
  shuffle: boolean;
  /** Augmentation of training images, as `fit` was given it. */
  augment?: object;
  /** Of the training data. */
  rows: number;
  /** Checksum of the training data; absent where batches come in pieces, and in files of earlier states. */
  data?: string;
}

/** A call of `fit` as a checkpoint holds it. */
export interface SavedRun extends RunSettings {
  /** Epochs done before it. */
  start: number;
  /** Epochs from one validation to the next; 1. */
  validateEvery?: number;
  /** Whether a callback ended it. */
  stopped: boolean;
  /** State of the callbacks, in their order. */
  callbacks: { name: string; state: unknown }[];
}
