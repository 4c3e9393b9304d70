import { directionOf, type Monitor } from "../core/monitor.js";
import { checkArgument, checkCount, optionsOf } from "../core/options.js";
import { RandomStream, Stream, shuffle } from "../core/random.js";
import { sizeOf } from "../core/shape.js";
import type { Dataset } from "../data/dataset.js";
import type { Trainer } from "../training/trainer.js";

/** Options of `permutationImportance`. */
export interface PermutationImportanceOptions extends Partial<Monitor> {
  /** Times that each feature is shuffled; 5. */
  repeats?: number;
  /** Of the shuffles; 0. */
  seed?: number;
}

/** The importance of a feature. */
export interface FeatureImportance {
  /** The feature's name; its number where the data have no names. */
  name: string;
  /** Loss of score where the feature's values are shuffled: the mean over the repeats. */
  importance: number;
  /** Standard deviation over the repeats. */
  deviation: number;
}

/**
 * How much a trained model relies on each feature: the change of a score for the worse when the feature's values are
 * shuffled over the rows (Breiman, "Random forests", 2001), as sklearn.inspection.permutation_importance. On rows held out
 * it says what new rows rely on. Features that tell the same share their importance.
 *
 * @param data - rows to score
 * @returns the features in the order of the data
 * @throws ArgumentError when there is no such score, or options are out of range
 */
export async function permutationImportance(
  trainer: Trainer,
  data: Dataset,
  options: PermutationImportanceOptions = {},
): Promise<FeatureImportance[]> {
  const { repeats, seed, monitor, mode } = optionsOf("permutationImportance", options, {
    repeats: 5,
    seed: 0,
    monitor: "loss",
    mode: undefined,
  });
  checkArgument("permutationImportance", "a data set", data, Number.isInteger(data?.rows));
  checkCount("permutationImportance: repeats", repeats);
  const direction = directionOf("permutationImportance", { monitor, mode }, trainer.scores);
  const scoreOf = async (rows: Dataset) => (await trainer.evaluate(rows))[monitor as "loss"];
  const whole = await scoreOf(data);
  const width = sizeOf(data.shape);
  const found: FeatureImportance[] = [];
  for (let feature = 0; feature < width; feature++) {
    const changes: number[] = [];
    for (let repeat = 0; repeat < repeats; repeat++) {
      const order = shuffle(
        Array.from({ length: data.rows }, (_, row) => row),
        new RandomStream(seed, Stream.resample, feature, repeat),
      );
      const features = Float32Array.from(data.features);
      for (const [row, other] of order.entries()) {
        features[row * width + feature] = data.features[other * width + feature];
      }
      changes.push(direction * ((await scoreOf(data.withFeatures(features))) - whole));
    }
    const importance = changes.reduce((a, b) => a + b, 0) / repeats;
    const deviation = Math.sqrt(changes.reduce((sum, each) => sum + (each - importance) ** 2, 0) / repeats);
    found.push({ name: data.featureNames?.[feature] ?? String(feature), importance, deviation });
  }
  return found;
}
