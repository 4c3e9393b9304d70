import type { Backend } from "../backends/backend.js";
import { ArgumentError } from "../core/errors.js";
import { checkArgument, checkList, checkOptions, type OptionNames } from "../core/options.js";
import { checkModel, type Model } from "../model/model.js";
import type { GradientRule, Optimizer } from "../optimizers/index.js";
import type { Schedule } from "../schedules/index.js";
import type { TrainingSpec } from "./graphs.js";
import { type HeadOptions, headsOf } from "./heads.js";

/** Options of `new Trainer`. */
export interface TrainerOptions extends HeadOptions {
  device: Backend;
  optimizer?: Optimizer;
  /** Learning rate by epoch or step; the optimizer's own where absent. */
  schedule?: Schedule;
  /** Rules for gradients before the optimizer takes them, in this order: `[l2Penalty(1e-4), clipByGlobalNorm(1)]`. */
  gradients?: readonly GradientRule[];
}

const TRAINER: OptionNames<TrainerOptions> = {
  device: true,
  loss: true,
  lossWeights: true,
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
  const optimizer = options.optimizer ?? saved?.optimizer;
  const heads = headsOf(model, options);
  if (typeof optimizer?.update !== "function") {
    throw new ArgumentError("Trainer: needs an optimizer, for example optimizer: adam({ learningRate: 1e-3 }).");
  }
  optimizer.checkParameters?.([...model.own.keys()]);
  const gradients = options.gradients ?? saved?.gradients ?? [];
  checkList(
    "Trainer: gradients",
    gradients,
    "gradients: [clipByGlobalNorm(1)]",
    (rule) => typeof rule?.config?.rule === "string",
  );
  const { schedule } = options;
  const isSchedule = schedule === undefined || typeof schedule?.learningRate === "function";
  checkArgument("Trainer", "a schedule, such as cosineAnnealing({ period: 100 })", schedule, isSchedule);
  return { model, heads, optimizer, gradients: gradients as readonly GradientRule[] };
}
