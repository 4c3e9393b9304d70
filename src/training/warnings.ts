import { sizeOf } from "../core/shape.js";
import type { Dataset } from "../data/dataset.js";
import type { Targets } from "../losses/index.js";
import type { InputRange, Model } from "../model/model.js";
import { targetsOf } from "./encode.js";
import type { TrainingSpec } from "./graphs.js";
import type { EpochRecord } from "./history.js";
import { totalLoss } from "./results.js";

/** A loss must be lower than guessing's by this share: sums of float32 are no more exact. */
const MARGIN = 1e-4;
/** Samples of more numbers have one range for all of them. */
const MOST_RANGES = 256;

/** Sentences on a training that came to its end: the data's warnings, and losses no better than guessing's. */
export async function warningsOf(
  spec: TrainingSpec,
  epochs: readonly EpochRecord[],
  train: Pick<Dataset, "weights" | "warnings">,
  targets: readonly Targets[] | undefined,
  validation?: Dataset,
): Promise<string[]> {
  if (epochs.length === 0) return [...train.warnings];
  const held = epochs.flatMap((record) => record.validation?.loss ?? []);
  const chance =
    (targets && (await guessing(spec, "loss", epochs.at(-1)!.loss, targets, train.weights))) ??
    (validation &&
      held.length > 0 &&
      (await guessing(
        spec,
        "lowest validation loss",
        Math.min(...held),
        targetsOf(spec, validation),
        validation.weights,
      )));
  return [...train.warnings, ...(chance ? [chance] : [])];
}

/** A sentence on a loss that isn't below that of the same answer for every row. */
async function guessing(
  { heads }: TrainingSpec,
  name: string,
  reached: number,
  targets: readonly Targets[],
  weights: Dataset["weights"],
): Promise<string | undefined> {
  const guesses = heads.map(({ loss, outputs }, place) => loss.guess?.(targets[place], outputs, weights));
  if (guesses.includes(undefined)) return undefined;
  const guess = totalLoss(heads, (place) => guesses[place]!);
  // Nothing is below 0 where every answer is the same.
  if (!guess || reached < guess - MARGIN * Math.abs(guess)) return undefined;
  const { noBetter } = await import("./no-better.js");
  return noBetter(name, reached, guess);
}

const ranges = new WeakMap<Float32Array, InputRange>();

/** Least and largest value of each feature. */
function rangeOf({ features, shape }: Pick<Dataset, "features" | "shape">): InputRange {
  const known = ranges.get(features);
  if (known) return known;
  const size = sizeOf(shape) > MOST_RANGES ? 1 : sizeOf(shape);
  const low = new Array<number>(size).fill(Number.POSITIVE_INFINITY);
  const high = new Array<number>(size).fill(Number.NEGATIVE_INFINITY);
  for (let i = 0, feature = 0; i < features.length; i++, feature = feature + 1 === size ? 0 : feature + 1) {
    const value = features[i];
    if (value < low[feature]) low[feature] = value;
    if (value > high[feature]) high[feature] = value;
  }
  ranges.set(features, { low, high });
  return { low, high };
}

/** Widens the model's range to these data. */
export function noteRange(model: Model, features: Float32Array<ArrayBuffer>): void {
  const found = rangeOf({ features, shape: model.input });
  const before = model.inputRange ?? found;
  model.inputRange = {
    low: found.low.map((value, i) => Math.min(value, before.low[i])),
    high: found.high.map((value, i) => Math.max(value, before.high[i])),
  };
}
