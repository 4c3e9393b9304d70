import { optionsOf } from "../core/options.js";
import { sizeOf } from "../core/shape.js";
import type { DeviceMemory } from "./device-memory.js";
import { type FeatureSource, featuresOf, isDataset } from "./feature-source.js";
import type { Predicting } from "./internals.js";
import { type Prediction, predictOn } from "./prediction.js";
import { Predictions } from "./predictions.js";

/** Options of `Trainer.predict`. */
export interface PredictOptions {
  /** Put outputs through the loss's softmax or sigmoid; false. */
  probabilities?: boolean;
  /** Also look for features far outside the range of the training data; false. */
  warnings?: boolean;
  /** Rows per step; where absent 256, or fewer, to fit the device. */
  batchSize?: number;
  /**
   * Rows go on where those of the last such call ended: recurrent layers begin with the states that it left, the first call and
   * the one after `resetStates()` with 0. Each call has the next parts of the same sequences; false.
   */
  stateful?: boolean;
  /** During `fit`, wait until it rests between epochs, rather than throw; false. */
  wait?: boolean;
}

/** See `Trainer.predict`. */
export async function predict(
  trainer: Predicting,
  features: FeatureSource,
  options: PredictOptions,
): Promise<Prediction> {
  const defaults = { probabilities: false, warnings: false, stateful: false, batchSize: undefined, wait: false };
  const { probabilities, warnings, stateful, batchSize, wait } = optionsOf("predict", options, defaults);
  const { model } = trainer.spec;
  const values = await featuresOf(features, model);
  if (warnings) {
    const prediction = await predict(trainer, features, { probabilities, stateful, batchSize, wait });
    const { farInputs } = await import("./far-inputs.js");
    const names = isDataset(features) ? features.featureNames : undefined;
    return { ...prediction, warnings: farInputs(model, values, names) };
  }
  trainer.calls.checkOpen();
  if (stateful) {
    const { predictOnwards } = await import("./stateful.js");
    return predictOnwards(trainer, values, probabilities, wait);
  }
  if (batchSize === undefined && Predictions.takes(values.length / sizeOf(model.input), values)) {
    trainer.predictions ??= new Predictions(trainer);
    return trainer.predictions.predict(values, probabilities, wait);
  }
  const { calls, session, spec } = trainer;
  const work = (memory: DeviceMemory) => predictOn(spec, memory, values, probabilities, batchSize);
  return calls.take(() => session.survive(work), wait);
}
