import { DataError } from "../core/errors.js";

/** The least maximum of whole numbers that pixels of bytes are known by; the brightest is 255. */
const BRIGHT = 128;
const BRIGHTEST = 255;

/**
 * Checks the range of images that go to a convolution first: its weights begin for pixels of about 1.
 *
 * @throws DataError naming the layer when all pixels are whole numbers from 0 to 255 as bytes are, and some are bright
 */
export function checkPixels(layer: string, features: Float32Array): void {
  if (!areBytes(features)) return;
  throw new DataError(
    `${layer}: images have pixels from 0 to 255, but it learns from pixels of about 0 to 1. Divide them by 255, as ` +
      "imageDataset() and Dataset.from({ ..., scale: 1 / 255 }) do, or put batchNorm() before it.",
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
