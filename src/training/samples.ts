import { DataError } from "../core/errors.js";
import type { Dataset } from "../data/dataset.js";
import type { Model } from "../model/model.js";

/** The least maximum of whole numbers that pixels of bytes are known by; the brightest is 255. */
const BRIGHT = 128;
const BRIGHTEST = 255;

/**
 * Checks samples' shape, and the range of images that go to a convolution first: its weights begin for pixels of about 1.
 *
 * @throws ShapeError on another shape than the model's
 * @throws DataError naming the layer when all pixels are whole numbers from 0 to 255 as bytes are, and some are bright
 */
export function checkSamples(model: Model, { shape, features }: Pick<Dataset, "shape" | "features">): void {
  model.checkSamples(shape);
  const [parameter] = model.changesSince(-1).keys();
  const first = model.layers.find(({ name }) => parameter?.startsWith(`${name}.`));
  if (!first?.layer.takesPixels || !areBytes(features)) return;
  throw new DataError(
    `${first.kind} "${first.name}": images have pixels from 0 to 255, but it learns from pixels of about 0 to 1. Divide them by ` +
      "255, as imageDataset() does with bytes, or put batchNorm() before it.",
  );
}

function areBytes(values: Float32Array): boolean {
  let most = 0;
  for (const value of values) {
    if (!(value >= 0 && value <= BRIGHTEST && Number.isInteger(value))) return false; // most images say so at once
    if (value > most) most = value;
  }
  return most >= BRIGHT;
}
