import {
  adam,
  type Backend,
  dense,
  dropout,
  flatten,
  type Layer,
  type Loss,
  type Model,
  meanSquaredError,
  type Optimizer,
  type Schedule,
  type Shape,
  sequential,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  Trainer,
} from "neuromotor";
import { type Settings, schedules } from "../settings/settings.js";
import type { Parts } from "./data.js";

/** A network and its trainer, made of settings. */
export interface Built {
  model: Model;
  trainer: Trainer;
  loss: Loss;
}

/** Layers of fully connected neurons; the last puts out logits, or a number. */
function layersOf({ layers, initializer }: Settings, input: Shape, outputs: number): Layer[] {
  const hidden = layers.flatMap(({ units, activation, dropout: rate = 0 }) => [
    dense(units, { activation, initializer }),
    ...(rate > 0 ? [dropout(rate)] : []),
  ]);
  return [...(input.length > 1 ? [flatten()] : []), ...hidden, dense(outputs)];
}

/** The optimizer with its schedule and rules for gradients. */
async function updateOf({ optimizer, learningRate, numbers, schedule, clipNorm }: Settings) {
  const options = { ...numbers, learningRate };
  if (optimizer === "adam" && schedule === "constant" && clipNorm === undefined) return { optimizer: adam(options) };
  const further = await import("./further-optimizers.js");
  const make: (given: object) => Optimizer = optimizer === "adam" ? adam : further[optimizer];
  const pace = schedule === "constant" ? undefined : (further[schedule] as (given: object) => Schedule);
  return {
    optimizer: make(options),
    ...(pace && { schedule: pace(schedules[schedule]) }),
    ...(clipNorm !== undefined && { gradients: [further.clipByGlobalNorm(clipNorm)] }),
  };
}

/** One output for two classes or a number, else one for each class. */
export async function build(settings: Settings, { train }: Parts, device: Backend): Promise<Built> {
  const { classes } = train;
  const loss =
    classes === undefined ? meanSquaredError() : classes === 2 ? sigmoidCrossEntropy() : softmaxCrossEntropy();
  const outputs = classes === undefined || classes === 2 ? 1 : classes;
  const input = train.shape as Shape;
  const model = sequential({ input, seed: settings.seed }, layersOf(settings, input, outputs));
  const metrics = [classes === undefined ? "meanSquaredError" : "accuracy"];
  const trainer = new Trainer(model, { device, loss, metrics, ...(await updateOf(settings)) });
  return { model, trainer, loss };
}
