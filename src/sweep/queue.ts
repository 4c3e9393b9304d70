import { ArgumentError } from "../core/errors.js";
import type { Monitor } from "../core/monitor.js";
import type { Dataset } from "../data/dataset.js";
import type { Course } from "./pruning.js";
import type { SweepRun } from "./runs.js";
import type { Configuration } from "./space.js";

/** A training as it is handed to another process: numbers and texts alone. */
export interface QueuedTraining {
  /** Of its trial; counts from 0. */
  readonly number: number;
  /** Counts from 0. */
  readonly repeat: number;
  /** Of first weights, shuffles and dropout. */
  readonly seed: number;
  readonly configuration: Configuration;
}

/** The outcome of a training in another process: a run without its model, whose configuration is known. */
export type QueuedRun = Omit<SweepRun, "model" | "configuration" | "seed" | "repeat">;

/** All that the outcome of a training follows from, its own configuration aside. Workers must have the same. */
export interface QueuedSweep {
  train: Dataset;
  validation?: Dataset;
  /** The options of `fit`, as JSON, without functions and data. */
  fit: string;
  /** Settings, seeds and objectives, as JSON: two sweeps of one identity have the same trials. */
  identity: string;
  /** The score that trials are pruned by; absent without pruning. */
  pruned?: Monitor;
  /** Backend and variant of the engine that trainings are to have. */
  variant: string;
  /** One of its trainings. */
  first: QueuedTraining;
  /** The most trainings that are handed over in one go. */
  group: number;
}

/** Trainings of a sweep in other processes. */
export interface OpenQueue {
  /**
   * Has trainings carried out. Each is reported once, whoever is killed meanwhile.
   *
   * @param before - courses of the trials that pruning holds these against
   * @param onRuns - told of trainings by their places, as they end; waited for
   * @throws Error when a training failed for another reason than a divergence
   */
  carryOut(
    trainings: readonly QueuedTraining[],
    before: readonly Course[],
    onRuns: (runs: ReadonlyMap<number, QueuedRun>) => Promise<void>,
  ): Promise<void>;
  /** Ends the sweep for all who work on it. */
  close(): Promise<void>;
}

/** The way from a sweep to other processes, which carry out its trainings. */
export interface SweepQueue {
  /** Begins a sweep there, or goes on with it. @throws Error when nobody answers */
  open(sweep: QueuedSweep): Promise<OpenQueue>;
}

/** Opens a queue by its URL, where there are connections. */
export const queues: { open?: (url: string) => SweepQueue } = {};

/** @throws ArgumentError when it is neither a queue nor a URL that can be opened here */
export function queueOf(given: SweepQueue | string): SweepQueue {
  if (typeof given === "string" && queues.open) return queues.open(given);
  if (typeof (given as SweepQueue)?.open === "function") return given as SweepQueue;
  throw new ArgumentError(
    'sweep: queue must be openQueue("redis://localhost:6379") of "neuromotor/node"; pages have no queues.',
  );
}

/** Parts of trainings that are handed over in one go: at least one for each that works, as even as goes. */
export function partsOf<T>(all: readonly T[], group: number, slots: number): T[][] {
  const size = Math.max(1, Math.min(group, Math.ceil(all.length / Math.max(1, slots))));
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));
}

/** Options of `fit` as those of another process are held against them. */
export const fitAsJson = ({
  validation,
  signal,
  ...fit
}: object & { validation?: unknown; signal?: unknown }): string =>
  JSON.stringify(fit, (_, value) => (typeof value === "function" ? "a function" : value));
