import type { Values } from "../core/dtype.js";
import { DataError } from "../core/errors.js";
import { checkCount } from "../core/options.js";
import { sizeOf } from "../core/shape.js";
import type { Dataset } from "../data/dataset.js";
import type { Targets } from "../losses/index.js";
import type { DataShapes, TrainingSpec } from "./graphs.js";

/** A data set on the host, and the shapes of a graph that has all of it on the device. */
export interface EncodedDataset {
  shapes: DataShapes;
  /** Contents of the variables that have a row for each row of the data: features, targets, classes. */
  data: Readonly<Record<string, Values>>;
  /** Names of data whose numbers change after they were loaded. */
  changing?: readonly string[];
  /** Rows by their places, where every run takes the same. */
  order?: Uint32Array<ArrayBuffer>;
  /** Nobody chose the batch: it may become smaller, to fit. */
  anyBatch?: boolean;
}

/** A data set as its loss wants it, for steps of some rows and runs of some epochs. */
export function encode(spec: TrainingSpec, data: Dataset, batchSize: number, epochs = 1): EncodedDataset {
  const targets = spec.loss.encode(data, sizeOf(spec.model.output));
  const batch = Math.min(checkCount("batchSize", batchSize), data.rows);
  const dtype = targets.values instanceof Float32Array ? "f32" : "u32";
  const needsClasses = spec.metrics.some(({ needsClasses }) => needsClasses);
  const classes = targets.multiclass && needsClasses && targetClasses(targets);
  const { weights, elementWeights, lossScale } = weigh(data, targets);
  return {
    shapes: {
      rows: data.rows,
      sample: spec.model.input,
      targets: { shape: targets.shape.slice(1), dtype },
      classes: Boolean(classes),
      weights: Boolean(weights),
      ...(elementWeights && { elementWeights: elementWeights.length / data.rows }),
      lossScale,
      order: data.rows * epochs,
      batch,
      steps: Math.ceil(data.rows / batch) * epochs,
    },
    data: {
      features: data.features,
      targets: targets.values,
      ...(weights && { weights }),
      ...(elementWeights && { elementWeights }),
      ...(classes && { classes }),
    },
  };
}

/**
 * A data set's sample weights w divided by their mean, so that a mean over rows is the weighted mean Σ w x / Σ w; those m
 * of a row's targets divided by their weighted mean, so that a mean over all targets is Σ w m x / Σ w m; and the factor
 * that makes the loss's Σ w loss / Σ w d where its rows have divisors d of their own (see `Loss`).
 *
 * @returns weights undefined where every row, or every target, has weight 1
 * @throws DataError when no row counts
 */
function weigh({ weights: sampleWeights, rows }: Dataset, { divisors, weights: within }: Targets) {
  const isByRow = within?.length === rows;
  const weights = isByRow ? within.map((weight, row) => weight * (sampleWeights?.[row] ?? 1)) : sampleWeights;
  const elements = isByRow ? undefined : within;
  const width = elements ? elements.length / rows : 0;
  let total = 0;
  let divisor = 0;
  let known = 0;
  for (let row = 0; row < rows; row++) {
    const weight = weights?.[row] ?? 1;
    total += weight;
    divisor += weight * (divisors?.[row] ?? 1);
    for (let i = 0; i < width; i++) known += weight * elements![row * width + i];
  }
  if (divisor === 0 || (elements && known === 0)) {
    throw new DataError(
      within
        ? "No row with a weight above 0 has a target that is known. Leave this data set or batch out, or give it targets."
        : "All rows have weight 0. Give some a weight above 0.",
    );
  }
  return {
    weights: weights?.map((weight) => (weight * rows) / total),
    elementWeights: elements?.map((weight) => (weight * total * width) / known),
    lossScale: total / divisor,
  };
}

/** The output of each row's largest target, the first of equal ones: [rows], of float targets [rows, outputs]. */
function targetClasses({ values, shape: [rows, outputs] }: Targets): Uint32Array<ArrayBuffer> {
  const right = new Uint32Array(rows);
  for (let i = 0; i < values.length; i++) {
    const row = Math.floor(i / outputs);
    if (values[i] > values[row * outputs + right[row]]) right[row] = i % outputs;
  }
  return right;
}
