import { series } from "../charts/palette.js";
import { pngUrl } from "./png.js";
import type { ImageShape, RunLayer, Sample } from "./run.js";

/** A picture made of numbers, ready for an `<img>`. */
export interface Picture {
  url: string;
  width: number;
  height: number;
}

const isNumeric = (cells: Sample["cells"]): cells is Float32Array | readonly number[] =>
  cells.length > 0 && typeof cells[0] === "number";

/** The least and the greatest number of some samples, so that all of them are drawn on one scale. */
export function rangeOf(samples: readonly Sample[]): [least: number, greatest: number] {
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { cells } of samples) {
    if (!isNumeric(cells)) continue;
    for (const value of cells) {
      least = Math.min(least, value);
      greatest = Math.max(greatest, value);
    }
  }
  return [least, greatest];
}

/** A sample as an image, from black at `least` to white at `greatest`. @returns undefined where it isn't one */
export async function samplePicture(
  { cells }: Sample,
  { height, width, channels }: ImageShape,
  [least, greatest]: readonly [number, number],
): Promise<Picture | undefined> {
  if (!isNumeric(cells) || cells.length !== height * width * channels || ![1, 3].includes(channels)) return undefined;
  const scale = 255 / (greatest - least || 1);
  const pixels = Uint8Array.from(cells as Float32Array, (value) => Math.round((value - least) * scale));
  return { url: await pngUrl(pixels, width, height), width, height };
}

const MOST_UNITS = 32;

/**
 * The weights of each unit of a layer that sees an image, as images: blue above 0 and orange below, the more opaque the
 * larger, so that they look alike on light and dark paper. The units with the largest weights come first.
 */
export async function weightPictures(
  { weights, output }: RunLayer,
  { height, width, channels }: ImageShape,
): Promise<(Picture & { unit: number })[]> {
  const units = output.at(-1)!;
  const inputs = height * width * channels;
  if (!weights || weights.length !== inputs * units) return [];
  const norms = Array.from({ length: units }, (_, unit) => {
    let sum = 0;
    for (let input = 0; input < inputs; input++) sum += weights[input * units + unit] ** 2;
    return sum;
  });
  const largest = norms.map((_, unit) => unit).sort((a, b) => norms[b] - norms[a]);
  return Promise.all(
    largest.slice(0, MOST_UNITS).map(async (unit) => ({
      unit,
      url: await pngUrl(signedPixels(weights, { unit, units, inputs, channels }), width, height),
      width,
      height,
    })),
  );
}

const [ABOVE, BELOW] = series.map(({ light }) => [1, 3, 5].map((at) => Number.parseInt(light.slice(at, at + 2), 16)));

/** Colour and opacity of each pixel: the mean over its channels, against the largest of them all. */
function signedPixels(
  weights: ArrayLike<number>,
  { unit, units, inputs, channels }: { unit: number; units: number; inputs: number; channels: number },
): Uint8Array {
  const values = Array.from({ length: inputs / channels }, (_, pixel) => {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) sum += weights[(pixel * channels + channel) * units + unit];
    return sum / channels;
  });
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  const pixels = new Uint8Array(values.length * 4);
  values.forEach((value, pixel) => {
    pixels.set(value >= 0 ? ABOVE : BELOW, pixel * 4);
    pixels[pixel * 4 + 3] = Math.round((255 * Math.abs(value)) / largest);
  });
  return pixels;
}
