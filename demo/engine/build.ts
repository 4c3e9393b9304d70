import {
  adam,
  type Backend,
  type Loss,
  type Model,
  type ModelFiles,
  meanSquaredError,
  type Optimizer,
  type Schedule,
  type Shape,
  sequential,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  Trainer,
} from "neuromotor";
import { LOSSES, lossesFor, type Settings, schedules } from "../settings/settings.js";
import type { Parts } from "./data.js";
import { layersOf } from "./layers.js";

/** A network and its trainer, made of settings. */
export interface Built {
  model: Model;
  trainer: Trainer;
  loss: Loss;
  /** The model that it began with, where it was brought. */
  files?: ModelFiles;
}

/** The optimizer with its schedule and rules for gradients. */
async function updateOf({ optimizer, learningRate, numbers, schedule, clipNorm, l1, l2 }: Settings) {
  const options = { ...numbers, learningRate };
  const hasRules = clipNorm !== undefined || l1 > 0 || l2 > 0;
  if (optimizer === "adam" && schedule === "constant" && !hasRules) return { optimizer: adam(options) };
  const further = await import("./further-optimizers.js");
  const make: (given: object) => Optimizer = optimizer === "adam" ? adam : further[optimizer];
  const pace = schedule === "constant" ? undefined : (further[schedule] as (given: object) => Schedule);
  const gradients = [
    ...(l1 > 0 ? [further.l1Penalty(l1)] : []),
    ...(l2 > 0 ? [further.l2Penalty(l2)] : []),
    ...(clipNorm !== undefined ? [further.clipByGlobalNorm(clipNorm)] : []),
  ];
  return {
    optimizer: make(options),
    ...(pace && { schedule: pace(schedules[schedule]) }),
    ...(gradients.length > 0 && { gradients }),
  };
}

/** The loss that was chosen, where it fits the answers; else the usual one. */
async function lossOf({ loss }: Settings, classes: number | undefined): Promise<Loss> {
  const choices: readonly string[] = LOSSES[lossesFor(classes)];
  if (loss !== "auto" && choices.includes(loss)) return (await import("./further-losses.js"))[loss]();
  return classes === undefined ? meanSquaredError() : classes === 2 ? sigmoidCrossEntropy() : softmaxCrossEntropy();
}

/**
 * One output for two classes or a number, else one for each class.
 *
 * @param files - a model to take in place of a new one, which goes on from its last step where the page saved it
 * @throws Error where that model takes or gives something else than these data have
 */
export async function build(settings: Settings, { train }: Parts, device: Backend, files?: ModelFiles): Promise<Built> {
  const { classes } = train;
  const loss = await lossOf(settings, classes);
  const outputs = classes === undefined || classes === 2 ? 1 : classes;
  const input = train.shape as Shape;
  const model = files
    ? (await import("./model-files.js")).modelOf(files, input, outputs)
    : sequential({ input, seed: settings.seed }, await layersOf(settings, input, outputs));
  const metrics = [classes === undefined ? "meanSquaredError" : "accuracy"];
  const trainer = new Trainer(model, { device, loss, metrics, ...(await updateOf(settings)) });
  return { model, trainer, loss, files };
}
