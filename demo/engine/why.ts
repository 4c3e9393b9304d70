import { dataChoices } from "../settings/data-sets.js";
import type { Asked } from "./asked.js";
import { sideOf } from "./layers.js";
import type { ChosenRow, Why } from "./questions.js";

/** Rows and features that are shown. */
const NEAREST = 4;
const FEATURES = 6;

/**
 * Why a row was taken for a class: the answer's slope by each feature, and the rows to learn from that are nearest. The
 * picture shows the network looking at it from then on, where it is an image.
 */
export async function why({ built, parts, settings, look }: Asked, { row, predicted }: ChosenRow): Promise<Why> {
  const { train, heldOut, cellsOf } = parts;
  const asked = heldOut ?? train;
  const size = asked.features.length / asked.rows;
  const features = asked.features.slice(row * size, (row + 1) * size);
  const slopes = await slopesOf(built, features, predicted, asked.labels[row]);
  const names = train.featureNames ?? [];
  const strongest = [...slopes.keys()].sort((a, b) => Math.abs(slopes[b]) - Math.abs(slopes[a])).slice(0, FEATURES);
  const { isImage } = dataChoices[settings.data];
  if (isImage) look(features);
  return {
    slopes: isImage ? [] : strongest.map((i) => ({ name: names[i] ?? String(i + 1), slope: slopes[i] })),
    ...(isImage && sideOf(train.shape) && { map: slopes }),
    nearest: nearestTo(features, train.features, heldOut ? -1 : row).map(({ row: at, distance }) => ({
      cells: cellsOf("train", at),
      label: train.labels[at],
      distance,
    })),
  };
}

/** How much the answer gains on the true class by each feature; of a right answer, how much it gains. */
async function slopesOf(
  { model, trainer }: Asked["built"],
  features: Float32Array<ArrayBuffer>,
  predicted: number,
  truth: number,
): Promise<number[]> {
  const of = async (output: number) => (await trainer.inputGradients(features, { output })).values;
  if (model.output[0] === 1) {
    const sign = predicted === 1 ? 1 : -1;
    return Array.from(await of(0), (slope) => sign * slope);
  }
  const gain = await of(predicted);
  if (predicted === truth) return [...gain];
  const rival = await of(truth);
  return Array.from(gain, (slope, i) => slope - rival[i]);
}

/** Rows by their distance, each feature as the network takes it. @param but - a row that is left out */
function nearestTo(features: Float32Array, rows: Float32Array, but: number): { row: number; distance: number }[] {
  const size = features.length;
  const distances = Array.from({ length: rows.length / size }, (_, row) => {
    let sum = 0;
    for (let i = 0; i < size; i++) sum += (rows[row * size + i] - features[i]) ** 2;
    return { row, distance: Math.sqrt(sum) };
  });
  return distances
    .filter(({ row }) => row !== but)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, NEAREST);
}
