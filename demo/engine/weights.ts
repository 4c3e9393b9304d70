import type { Model } from "neuromotor";
import type { Frame, LayerOutline } from "./run.js";

/** Layers that have weights: others do something to what these put out. */
const weighted = (model: Model) => {
  const parameters = model.parameters();
  return model.outline.filter(({ name }) => parameters.has(`${name}.weight`));
};

/** Names of the layers with weights. */
export const weightedNames = (model: Model): string[] => weighted(model).map(({ name }) => name);

export function outlinesOf(model: Model): LayerOutline[] {
  const parameters = model.parameters();
  return weighted(model).map(({ name, output }) => {
    const { shape } = parameters.get(`${name}.weight`)!;
    return {
      name,
      units: output.at(-1)!,
      inputs: shape.slice(0, -1).reduce((product, axis) => product * axis, 1),
      isConvolution: shape.length > 2,
    };
  });
}

/** Copies of the weights, layer by layer. */
export function weightsOf(model: Model): Frame["weights"] {
  const parameters = model.parameters();
  return weighted(model).map(({ name }) => ({
    weight: parameters.get(`${name}.weight`)!.values as Float32Array<ArrayBuffer>,
    bias: parameters.get(`${name}.bias`)!.values as Float32Array<ArrayBuffer>,
  }));
}

/**
 * Lines between layers of which one is an image's: for each channel before and each neuron, the mean of the weights
 * between them, which are many. @param isImage - whether the network takes an image, drawn as a single square
 */
export function linesOf(weights: Frame["weights"], layers: readonly LayerOutline[], isImage: boolean): Frame["lines"] {
  return weights.map(({ weight }, i) => {
    const { units, inputs } = layers[i];
    const before = i > 0 ? layers[i - 1].units : isImage ? 1 : inputs;
    if (before === inputs) return undefined;
    const lines = new Float32Array(before * units);
    const share = before / inputs;
    // Channels are the last axis of what comes before: input k is of channel k mod before.
    for (let k = 0, at = 0; k < inputs; k++) {
      for (let unit = 0; unit < units; unit++) lines[(k % before) * units + unit] += weight[at++] * share;
    }
    return lines;
  });
}
