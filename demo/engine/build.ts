import {
  adadelta,
  adagrad,
  adam,
  adamax,
  adamw,
  type Backend,
  clipByGlobalNorm,
  cosineAnnealing,
  dense,
  dropout,
  exponentialDecay,
  type Layer,
  type Loss,
  lion,
  type Model,
  nadam,
  type Optimizer,
  rmsprop,
  type Schedule,
  type Shape,
  sequential,
  sgd,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  stepDecay,
  Trainer,
} from "neuromotor";
import type { Settings } from "../settings/settings.js";
import type { Parts } from "./data.js";

const optimizers = { sgd, rmsprop, adagrad, adadelta, adam, adamw, adamax, nadam, lion };

/** Schedules as the source that is exported writes them. */
const schedules: Record<Exclude<Settings["schedule"], "constant">, () => Schedule> = {
  exponentialDecay: () => exponentialDecay({ factor: 0.98 }),
  stepDecay: () => stepDecay({ every: 50, factor: 0.5 }),
  cosineAnnealing: () => cosineAnnealing({ period: 200 }),
};

/** A network and its trainer, made of settings. */
export interface Built {
  model: Model;
  trainer: Trainer;
  layers: readonly Layer[];
  loss: Loss;
}

/** Layers of fully connected neurons; the last puts out logits, which losses take. */
function layersOf({ layers, initializer }: Settings, outputs: number): Layer[] {
  const hidden = layers.flatMap(({ units, activation, dropout: rate = 0 }) => [
    dense(units, { activation, initializer }),
    ...(rate > 0 ? [dropout(rate)] : []),
  ]);
  return [...hidden, dense(outputs)];
}

const optimizerOf = ({ optimizer, learningRate, numbers }: Settings): Optimizer =>
  optimizers[optimizer]({ ...numbers, learningRate });

/** One output for two classes, else one for each. */
export function build(settings: Settings, { train }: Parts, device: Backend): Built {
  const classes = train.classes!;
  const loss = classes === 2 ? sigmoidCrossEntropy() : softmaxCrossEntropy();
  const layers = layersOf(settings, classes === 2 ? 1 : classes);
  const model = sequential({ input: train.shape as Shape, seed: settings.seed }, layers);
  const optimizer = optimizerOf(settings);
  const trainer = new Trainer(model, {
    device,
    loss,
    optimizer,
    metrics: ["accuracy"],
    ...(settings.schedule !== "constant" && { schedule: schedules[settings.schedule]() }),
    ...(settings.clipNorm !== undefined && { gradients: [clipByGlobalNorm(settings.clipNorm)] }),
  });
  return { model, trainer, layers, loss };
}
