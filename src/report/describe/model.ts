import type { Model } from "../../model/model.js";
import type { Activation } from "../../ops/activations.js";
import { sampleActivation } from "../activation-samples.js";
import type { RunModel } from "../run.js";

const MOST_WEIGHTS = 2 ** 20;

/** Layers of a model, with their weights if there aren't too many to draw. */
export function modelOf(model: Model): RunModel {
  const parameters = model.parameters();
  const used = new Map<string, Activation>();
  const configs = new Map(model.layers.map(({ name, layer }) => [name, layer.config]));
  const calls = model.outline.filter(({ depth }) => depth === 0);
  const layers = calls.map(({ name, kind, output, parameters: count }) => {
    const { activation } = configs.get(name) as { activation?: Activation };
    const weight = parameters.get(`${name}.weight`);
    const label = typeof activation === "object" ? activation.name : activation;
    if (activation !== undefined && label !== "linear") used.set(label!, activation);
    const isDrawn = weight?.shape.length === 2 && weight.values.length <= MOST_WEIGHTS;
    const isFirst = weight && [...parameters.keys()].find((each) => each.endsWith(".weight")) === `${name}.weight`;
    const [height, width, channels] = (isFirst && kind === "conv2d" && weight.shape) || [];
    return {
      name,
      kind,
      output,
      parameters: count,
      ...(label && { activation: label }),
      ...(isDrawn && { weights: weight.values }),
      ...(channels !== undefined && { weights: weight!.values, kernel: { height, width, channels } }),
    };
  });
  return {
    input: model.input,
    layers,
    parameters: model.parameterCount,
    activations: [...used.values()].map(sampleActivation),
  };
}
