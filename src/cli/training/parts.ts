import { Dataset, exactOf, type Standardiser } from "../../data/index.js";

/** Fractions and seed of a split; fractions of 0 leave a part out. */
export interface SplitPlan {
  test: number;
  validation: number;
  seed: number;
}

export interface Parts {
  train: Dataset;
  validation: Dataset | undefined;
  /** Undefined where no rows were held out. */
  test: Dataset | undefined;
}

/** How a target's numbers are scaled for training: (target - mean) / deviation. */
export interface TargetScale {
  mean: number;
  deviation: number;
}

/** The parts of a split; classes keep their proportions. @throws DataError when a part would be empty */
export function splitData(data: Dataset, { test, validation, seed }: SplitPlan): Parts {
  const stratify = data.classes !== undefined;
  if (test > 0) return data.split({ test, validation: validation || undefined, stratify, seed });
  if (validation === 0) return { train: data, validation: undefined, test: undefined };
  const parts = data.split({ test: validation, stratify, seed });
  return { train: parts.train, validation: parts.test, test: undefined };
}

/** Features to mean 0 and deviation 1, or as they are; the same rule for every part. */
export function scaleFeatures(data: Dataset, standardiser: Standardiser | undefined): Dataset {
  return standardiser ? standardiser.apply(data) : data;
}

/** Measures the training part's target. A network starts near 0 with outputs of size 1: so should what it learns. */
export function targetScale(train: Dataset): TargetScale {
  const labels = exactOf(train.labels);
  let mean = 0;
  for (const value of labels) mean += value / labels.length;
  let variance = 0;
  for (const value of labels) variance += (value - mean) ** 2 / labels.length;
  return { mean, deviation: Math.sqrt(variance) || 1 };
}

/** The data set with its target scaled. */
export function scaleTarget(data: Dataset, scale: TargetScale | undefined): Dataset {
  if (!scale) return data;
  const labels = Float32Array.from(exactOf(data.labels), (value) => (value - scale.mean) / scale.deviation);
  return Dataset.from({ ...data, labels });
}

/** Outputs of the model in the target's own units, in float64. */
export function unscaleTarget(values: Float32Array, { mean, deviation }: TargetScale): Float64Array {
  return Float64Array.from(values, (value) => value * deviation + mean);
}
