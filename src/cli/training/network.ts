import { sizeOf } from "../../core/shape.js";
import type { Dataset } from "../../data/index.js";
import {
  type ActivationName,
  ArgumentError,
  type DenseOptions,
  dense,
  type Layer,
  type Loss,
  type Model,
  sequential,
} from "../../index.js";
import { layerFromConfig } from "../../layers/index.js";
import { optionsTo, type Settings, settingsTo } from "../settings/table.js";

/** Initializers that keep the size of signals through these activations; Glorot's suits the others. */
const INITIALIZERS: Partial<Record<ActivationName, string>> = {
  relu: "heNormal",
  leakyRelu: "heNormal",
  elu: "heNormal",
  gelu: "heNormal",
  geluTanh: "heNormal",
  silu: "heNormal",
  mish: "heNormal",
  hardSwish: "heNormal",
  selu: "lecunNormal",
};

/** 4 GiB of parameters and gradients: more than this is a slip of the finger. */
const MOST_PARAMETERS = 2 ** 28;

/** A dense network from the settings: one output per class, one for two classes unless the loss needs two, one for each number. */
export function buildModel(data: Dataset, settings: Settings, loss: Loss, seed: number): Model {
  const { layers, activation } = settings;
  const classes = data.classes ?? sizeOf(data.targetShape);
  const outputs = data.classes === 2 && !loss.outputPerClass ? 1 : classes;
  const features = sizeOf(data.shape);
  const sizes = [features, ...layers, outputs];
  const parameters = sizes.slice(1).reduce((sum, size, i) => sum + size * (sizes[i] + 1), 0);
  if (parameters > MOST_PARAMETERS) {
    throw new ArgumentError(`--layers ${layers}: ${parameters.toLocaleString("en-US")} parameters are too many.`);
  }
  const options: DenseOptions = {
    initializer: INITIALIZERS[activation] ?? "glorotUniform",
    ...optionsTo(settings, "dense"),
  };
  return sequential({ input: [features], seed }, [
    ...addedLayers(settings, "before"),
    ...layers.flatMap((units) => [dense(units, options), ...addedLayers(settings, "after")]),
    dense(outputs),
  ]);
}

/** Layers that settings add before the first or after each hidden one; a setting of 0 adds none. */
const addedLayers = (settings: Settings, to: "before" | "after"): Layer[] =>
  settingsTo(settings, to).flatMap(({ goes, value }) =>
    value ? [layerFromConfig({ layer: goes.layer, [goes.option]: value })] : [],
  );
