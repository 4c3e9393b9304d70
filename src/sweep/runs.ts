import type { Model } from "../model/model.js";
import type { History, Scores } from "../training/history.js";
import type { Configuration } from "./space.js";

/** The parts of a trial: the configuration's values by name, and a seed for first weights. */
export type Trial = Configuration & {
  /** The sweep's for the first repeat, then the numbers that follow it. */
  readonly seed: number;
  /** Counts from 0. */
  readonly repeat: number;
};

/** One training of a sweep. */
export interface SweepRun {
  configuration: Configuration;
  /** Of first weights, shuffles and dropout; the same for all configurations of a repeat. */
  seed: number;
  /** Counts from 0. */
  repeat: number;
  state: "done" | "pruned" | "diverged";
  /** Absent where it diverged, and where the run comes from a journal. */
  history?: History;
  /**
   * Of the model at the end, on the validation data; on the training data where there are none. Of the last epoch where
   * it was pruned; absent where it diverged.
   */
  scores?: Scores;
  /** From the start of its group to its own end, on the clock. */
  seconds: number;
  /** The number of the model's parameters. */
  parameters: number;
  /**
   * The backend that trained it and the variant of its engine: "wasm, fused multiply-add". Runs of the same have the same
   * bits. Absent where Optuna carried it out.
   */
  variant?: string;
  /**
   * As it was trained; where that diverged, at its last good epoch. Absent where the run comes from a journal: `refit`
   * trains the best one again.
   */
  model?: Model;
}

/** A configuration with its runs, one for each repeat. */
export interface SweptConfiguration {
  configuration: Configuration;
  runs: SweepRun[];
  /** Means over the runs; absent where one of them diverged or was pruned. */
  scores?: Scores;
}

/** See `sweep`. */
export interface Sweep {
  /** In the order of the configurations, the repeats of each together. */
  runs: SweepRun[];
  /** Configurations, the best first; then those that were pruned, the latest first; those that diverged come last. */
  ranking: SweptConfiguration[];
  /** The first of the ranking; absent where none went through. */
  best?: SweptConfiguration;
  /** Configurations that none is better than in all objectives (Pareto); the best alone where there is one objective. */
  front: SweptConfiguration[];
  /** The best configuration, trained on all rows; with `refit`. */
  refitted?: SweepRun;
}
