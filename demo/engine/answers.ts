import { argmaxRows, confusionMatrix, encodeModel } from "neuromotor";
import { centreImages, Dataset } from "neuromotor/data";
import { toHash } from "../settings/url.js";
import type { Asked } from "./asked.js";
import { healthOf } from "./health.js";
import { sideOf } from "./layers.js";
import type {
  Answers,
  AskedRow,
  Confusion,
  DrawnImage,
  Estimates,
  Inputs,
  Question,
  Reading,
  SavedByPage,
} from "./questions.js";
import { reportOf } from "./report.js";
import { check, stepOf, worked } from "./step.js";
import { why } from "./why.js";

/** Rows of each cell that are shown. */
const SAMPLES = 8;

/** Probabilities of all classes, also where the network puts out one of two: [rows, classes]. */
async function probabilitiesOf({ built, parts }: Asked, features: Float32Array<ArrayBuffer>): Promise<Float32Array> {
  const { values } = await built.trainer.predict(features, { probabilities: true });
  const classes = parts.train.classes!;
  if (built.model.output[0] === classes) return values;
  return Float32Array.from({ length: 2 * values.length }, (_, i) => (i % 2 ? values[i >> 1] : 1 - values[i >> 1]));
}

async function confusion(asked: Asked): Promise<Confusion> {
  const { train, heldOut, cellsOf } = asked.parts;
  const rows = heldOut ?? train;
  const classes = rows.classes!;
  const probabilities = await probabilitiesOf(asked, rows.features);
  const predicted = argmaxRows(probabilities, classes);
  const labels = rows.labels as Uint32Array;
  const samples: AskedRow[][][] = Array.from({ length: classes }, () => Array.from({ length: classes }, () => []));
  for (let row = 0; row < rows.rows; row++) {
    const cell = samples[labels[row]][predicted[row]];
    if (cell.length === SAMPLES) continue;
    cell.push({
      row,
      cells: cellsOf(heldOut ? "heldOut" : "train", row),
      probabilities: [...probabilities.subarray(row * classes, (row + 1) * classes)],
    });
  }
  return { isHeldOut: heldOut !== undefined, counts: confusionMatrix(labels, predicted, classes), samples };
}

/** Longer side of the ink of an image, as a share of its side: as of MNIST's; of 8 x 8 pixels all of it. */
const BOX = { large: 20 / 28, small: 1 };

/** Answer to a drawn image, centred and scaled as those that the network learned from. */
async function drawn(asked: Asked, { side, pixels }: DrawnImage): Promise<Reading> {
  const { train } = asked.parts;
  const isDrawn = asked.settings.data === "syntheticDigits";
  const wanted = sideOf(train.shape)!;
  const isLarge = train.shape.length === 3;
  const image = Dataset.from({ features: pixels, labels: [0], shape: [side, side, 1] });
  const box = wanted * (isLarge ? BOX.large : BOX.small);
  const seen = centreImages(image, { side: wanted, box, straighten: isDrawn }).features;
  asked.look(seen);
  return { probabilities: [...(await probabilitiesOf(asked, seen))], seen };
}

/** The most rows whose estimates are shown. */
const MOST_ESTIMATES = 500;

async function estimates({ built, parts }: Asked): Promise<Estimates> {
  const rows = parts.heldOut ?? parts.train;
  const { values } = await built.trainer.predict(rows.features);
  const unscaled = (numbers: ArrayLike<number>) => Array.from(numbers, (value) => parts.unscale(value));
  const [truths, said] = [unscaled(rows.labels), unscaled(values)];
  return {
    isHeldOut: parts.heldOut !== undefined,
    truths: truths.slice(0, MOST_ESTIMATES),
    estimates: said.slice(0, MOST_ESTIMATES),
    meanError: truths.reduce((sum, truth, row) => sum + Math.abs(truth - said[row]), 0) / truths.length,
  };
}

/** How each question is answered. */
export const answers: { [Q in Question]: (asked: Asked, input: Inputs[Q]) => Promise<Answers[Q]> } = {
  step: stepOf,
  worked,
  check,
  drawn,
  why,
  report: reportOf,
  confusion,
  estimates,
  health: healthOf,
  async launches({ built: { trainer }, parts: { train }, settings, device }) {
    const batchSize = Math.min(settings.batchSize, train.rows);
    const batch = train.take(Array.from({ length: batchSize }, (_, row) => row));
    if (device.backend === "webgpu") return (await trainer.kernels(batch, { batchSize })).length;
    return (await trainer.profile(batch, { batchSize, repeats: 1 })).launches.length;
  },
  async files({ built: { model, trainer }, past, settings }, address = toHash(settings)) {
    const { training } = await trainer.snapshot();
    model.metadata = { ...model.metadata, playground: { address, past } satisfies SavedByPage };
    return encodeModel(model, training);
  },
};
