import type { Dataset } from "../../data/dataset.js";
import type { Trainer } from "../../training/trainer.js";
import type { FeatureMaps, ImageShape, Predictions, RunModel, SampleSlopes } from "../run.js";
import { rowsToShow } from "../sections/mistakes.js";

const MOST_MAPS = 16;
const MOST_SLOPES = 4;
const WHITE = 255;

/**
 * Outputs and slopes of a network that begins with a convolution, for some images of a part: of its filters for the first, and
 * of the predicted outputs by pixels.
 *
 * @param data - the part, as the model sees it
 */
export async function insideOf(
  trainer: Trainer,
  data: Dataset,
  predictions: Predictions | undefined,
  image: ImageShape | undefined,
): Promise<Pick<RunModel, "maps" | "slopes">> {
  const first = trainer.model.outline.find(({ depth, parameters }) => depth === 0 && parameters > 0);
  if (!image || first?.kind !== "conv2d" || predictions?.task !== "classes") return {};
  const { cells, worst } = rowsToShow(predictions);
  const places = [...new Set([...worst, ...[...cells.values()].flatMap((cell) => cell.places)])].slice(0, MOST_SLOPES);
  const { predicted, rows } = predictions;
  const maps = await mapsOf(trainer, data, places[0], first.name, rows?.[places[0]] ?? places[0]);
  const slopes: SampleSlopes[] = [];
  for (const place of places) {
    const output = trainer.model.output.at(-1)! > 1 ? predicted[place] : 0;
    const { values } = await trainer.inputGradients(data.take([place]), { output });
    const sizes = Float32Array.from({ length: image.height * image.width }, (_, pixel) => {
      const own = values.subarray(pixel * image.channels, (pixel + 1) * image.channels);
      return own.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    });
    slopes.push({ place, pixels: greys(sizes, 0, largestOf(sizes)) });
  }
  return { maps, slopes };
}

async function mapsOf(
  trainer: Trainer,
  data: Dataset,
  place: number,
  layer: string,
  row: number,
): Promise<FeatureMaps> {
  const { shape, values } = (await trainer.outputs(data.take([place]), [layer])).get(layer)!;
  const [, height, width, filters] = shape;
  const least = values.reduce((least, value) => Math.min(least, value));
  const map = (filter: number) => values.filter((_, i) => i % filters === filter);
  const shown = Array.from({ length: Math.min(filters, MOST_MAPS) }, (_, filter) =>
    greys(map(filter), least, largestOf(values)),
  );
  return { layer, row, height, width, maps: shown };
}

const largestOf = (values: Float32Array) => values.reduce((most, value) => Math.max(most, value));

/** Numbers as bytes, black at `least` and white at `most`. */
const greys = (values: Float32Array, least: number, most: number): number[] =>
  Array.from(values, (value) => Math.round((WHITE * (value - least)) / (most - least || 1)));
