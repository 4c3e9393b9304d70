import type { Built } from "./build.js";
import type { SampleView } from "./run.js";
import { weightedNames } from "./weights.js";

/** Puts a row's logits through a sigmoid, or a softmax where there are several, in place. */
function finish(row: Float32Array): void {
  if (row.length === 1) {
    row[0] = 1 / (1 + Math.exp(-row[0]));
    return;
  }
  const most = row.reduce((one, other) => Math.max(one, other));
  let sum = 0;
  for (let i = 0; i < row.length; i++) sum += row[i] = Math.exp(row[i] - most);
  for (let i = 0; i < row.length; i++) row[i] /= sum;
}

/**
 * Outputs of every neuron for some rows, all layers side by side; of classes, the last layer's are probabilities.
 *
 * @param features - [rows, ...input]
 * @returns [rows, units of all layers]
 */
export async function responsesOf(
  { model, trainer }: Built,
  features: Float32Array<ArrayBuffer>,
  isOfClasses: boolean,
): Promise<Float32Array<ArrayBuffer>> {
  const outputs = [...(await trainer.outputs(features, weightedNames(model))).values()];
  const rows = outputs[0].shape[0];
  const widths = outputs.map(({ values }) => values.length / rows);
  const units = widths.reduce((sum, width) => sum + width, 0);
  const all = new Float32Array(rows * units);
  for (let row = 0, at = 0; row < rows; row++) {
    for (const [i, { values }] of outputs.entries()) {
      const from = row * widths[i];
      all.set(values.subarray(from, from + widths[i]), at);
      at += widths[i];
    }
    if (isOfClasses) finish(all.subarray(at - widths[widths.length - 1], at));
  }
  return all;
}

/** Outputs of each layer for an image. @param pixels - [...input] */
export async function sampleOf({ model, trainer }: Built, pixels: Float32Array<ArrayBuffer>): Promise<SampleView> {
  const outputs = [...(await trainer.outputs(pixels, weightedNames(model))).values()];
  return {
    pixels: pixels.slice(),
    outputs: outputs.map(({ shape, values }) => ({
      side: shape.length > 2 ? shape[1] : 1,
      values: values as Float32Array<ArrayBuffer>,
    })),
  };
}
