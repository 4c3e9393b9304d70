import {
  adam,
  type Backend,
  dense,
  type Layer,
  type Loss,
  type Model,
  type Optimizer,
  rmsprop,
  type Shape,
  sequential,
  sgd,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  Trainer,
} from "neuromotor";
import type { Settings } from "../settings/settings.js";
import type { Parts } from "./data.js";

const optimizers = { sgd, rmsprop, adam };

/** A network and its trainer, made of settings. */
export interface Built {
  model: Model;
  trainer: Trainer;
  layers: readonly Layer[];
  loss: Loss;
}

/** Layers of fully connected neurons; the last puts out logits, which losses take. */
function layersOf({ layers }: Settings, outputs: number): Layer[] {
  return [...layers.map(({ units, activation }) => dense(units, { activation })), dense(outputs)];
}

const optimizerOf = ({ optimizer, learningRate }: Settings): Optimizer => optimizers[optimizer]({ learningRate });

/** One output for two classes, else one for each. */
export function build(settings: Settings, { train }: Parts, device: Backend): Built {
  const classes = train.classes!;
  const loss = classes === 2 ? sigmoidCrossEntropy() : softmaxCrossEntropy();
  const layers = layersOf(settings, classes === 2 ? 1 : classes);
  const model = sequential({ input: train.shape as Shape, seed: settings.seed }, layers);
  const optimizer = optimizerOf(settings);
  return { model, trainer: new Trainer(model, { device, loss, optimizer, metrics: ["accuracy"] }), layers, loss };
}
