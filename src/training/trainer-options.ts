import type { Backend } from "../backends/backend.js";
import { ArgumentError } from "../core/errors.js";
import { checkList, checkOptions, type OptionNames } from "../core/options.js";
import { sizeOf } from "../core/shape.js";
import type { Loss } from "../losses/index.js";
import { checkModel, type Model } from "../model/model.js";
import type { GradientRule, Optimizer } from "../optimizers/index.js";
import type { Schedule } from "../schedules/index.js";
import type { TrainingSpec } from "./graphs.js";
import { type Metric, metricOf } from "./metrics.js";

/** Options of `new Trainer`. */
export interface TrainerOptions {
  device: Backend;
  /** The loss that is minimised. May be left out for a loaded model that was saved with its loss; likewise the following. */
  loss?: Loss;
  optimizer?: Optimizer;
  /** Learning rate by epoch or step; the optimizer's own where absent. */
  schedule?: Schedule;
  /** Rules for gradients before the optimizer takes them, in this order: `[l2Penalty(1e-4), clipByGlobalNorm(1)]`. */
  gradients?: readonly GradientRule[];
  /**
   * Reported beside the loss: "accuracy", "meanSquaredError", "rootMeanSquaredError", "meanAbsoluteError", `topK(k)`, or
   * others written with ops.
   */
  metrics?: readonly (string | Metric)[];
}

const TRAINER: OptionNames<TrainerOptions> = {
  device: true,
  loss: true,
  optimizer: true,
  schedule: true,
  gradients: true,
  metrics: true,
};

/**
 * The parts of a training, from a trainer's options or else from what was saved with the model.
 *
 * @throws ArgumentError or ShapeError when loss, optimizer or metrics are missing or don't fit the model
 */
export function specOf(model: Model, options: TrainerOptions): TrainingSpec {
  checkModel("Trainer", model);
  checkOptions("Trainer", options, TRAINER);
  if (typeof options?.device?.load !== "function") {
    throw new ArgumentError("Trainer: needs a device, as openDevice() gives it: new Trainer(model, { device, ... }).");
  }
  const saved = model.training;
  const loss = options.loss ?? saved?.loss;
  const optimizer = options.optimizer ?? saved?.optimizer;
  if (typeof loss?.perRow !== "function") {
    throw new ArgumentError("Trainer: needs a loss, such as softmaxCrossEntropy() or customLoss(yours).");
  }
  if (typeof optimizer?.update !== "function") {
    throw new ArgumentError("Trainer: needs an optimizer, for example optimizer: adam({ learningRate: 1e-3 }).");
  }
  if (model.inputs.length > 1 || model.outputs.length > 1) {
    throw new ArgumentError("Trainer: trains models of one input and one output.");
  }
  loss.checkOutputs?.(sizeOf(model.output));
  optimizer.checkParameters?.([...model.parameters().keys()]);
  const gradients = options.gradients ?? saved?.gradients ?? [];
  checkList(
    "Trainer: gradients",
    gradients,
    "gradients: [clipByGlobalNorm(1)]",
    (rule) => typeof rule?.config?.rule === "string",
  );
  const named = options.metrics ?? saved?.metrics ?? [];
  checkList("Trainer: metrics", named, 'metrics: ["accuracy"]', metricOf);
  const metrics = [...new Set(named.map(metricOf))];
  return { model, loss, optimizer, metrics, gradients: gradients as readonly GradientRule[] };
}
