import type { DType } from "../core/dtype.js";
import type { Shape } from "../core/shape.js";
import type { FeatureVariable } from "./features.js";

/** Shapes of the data that a graph is traced for. */
export interface DataShapes {
  /** Number of the data's rows that are on the device. */
  rows: number;
  /** Variables of the model's inputs: [rows, ...shape] each. */
  features: readonly FeatureVariable[];
  /** For each of the model's outputs; none for predictions. */
  targets: readonly TargetShapes[];
  /** Length of the order: the rows of all epochs of a run. */
  order: number;
  batch: number;
  /** Rows of a batch that go through the network at a time, their gradients summed before the update; all of them. */
  microBatch?: number;
  /** Steps of the longest run. */
  steps: number;
}

/** Targets of an output. */
export interface TargetShapes {
  /** Targets are [rows, ...shape]. */
  shape: Shape;
  dtype: DType;
  /** Whether the right output of each row comes with them, [rows] u32. */
  classes?: boolean;
  /** Whether the rows have weights, [rows] with mean 1. */
  weights?: boolean;
  /** Weights that a row has for its targets, [rows, elementWeights] with a weighted mean of 1; none where absent. */
  elementWeights?: number;
  /** Whether rows have weights for their losses, [rows], beside those for metrics: weights and scale of another batch. */
  lossWeights?: boolean;
  /** Factor of every row's loss, where its mean isn't divided by the sum of the weights alone; 1. */
  lossScale?: number;
}
