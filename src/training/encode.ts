import type { Values } from "../core/dtype.js";
import { ArgumentError, DataError } from "../core/errors.js";
import { checkCount } from "../core/options.js";
import { checkDataset, type Dataset } from "../data/dataset.js";
import type { Targets } from "../losses/index.js";
import type { Model } from "../model/model.js";
import type { DataShapes, TargetShapes } from "./data-shapes.js";
import { featureData, featuresFor } from "./features.js";
import type { TrainingSpec } from "./graphs.js";
import { type Head, nameOf } from "./heads.js";

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

/** One of whole rows, whose features of all inputs, [rows, ...], and targets of each output can be looked at. */
export interface EncodedRows extends EncodedDataset {
  host: { features: Float32Array<ArrayBuffer>; targets: readonly Targets[] };
}

/** A data set as its losses want it, for steps of some rows and runs of some epochs. */
export function encode(spec: TrainingSpec, data: Dataset, batchSize: number, epochs = 1): EncodedRows {
  const { model, heads } = spec;
  const targets = targetsOf(spec, data);
  const encoded = heads.map((head, place) => encodeHead(head, data, targets[place]));
  const features = featuresFor(model, data);
  const onDevice = featureData(model, features);
  const batch = Math.min(checkCount("batchSize", batchSize), data.rows);
  return {
    shapes: {
      rows: data.rows,
      features: onDevice.variables,
      targets: encoded.map(({ shapes }) => shapes),
      order: data.rows * epochs,
      batch,
      steps: Math.ceil(data.rows / batch) * epochs,
    },
    data: {
      ...onDevice.data,
      ...Object.assign({}, ...encoded.map(({ data }) => data)),
    },
    host: { features, targets },
  };
}

/** @throws ArgumentError, ShapeError or DataError when data are no data set, or don't fit the model and its losses */
export function checkData({ spec }: { spec: TrainingSpec }, data: Dataset): void {
  checkDataset("Trainer", data);
  targetsOf(spec, data.take([0]));
  featuresFor(spec.model, data);
}

/** Labels as the losses of the outputs want them. */
export const targetsOf = ({ model, heads }: TrainingSpec, data: Dataset): Targets[] =>
  heads.map((head) => {
    const targets = head.loss.encode(labelsFor(model, head, data), head.outputs);
    return head.weigh?.(targets, featuresFor(model, data)) ?? targets;
  });

/** A data set with the labels of a head alone. @throws ArgumentError when there are none of its name */
export function labelsFor(model: Model, head: Head, data: Dataset): Dataset {
  if (data.outputs) {
    const [only] = data.outputs;
    return data.withLabels(head.name || model.outputs[0].name || only.name);
  }
  if (!head.name) return data;
  const names = model.outputs.map(({ name }) => name).join(", ");
  throw new ArgumentError(
    `Trainer: the model has the outputs ${names}, but the labels have no names. Write Dataset.from({ features, labels: { ${names} } }).`,
  );
}

/** The variables of an output's targets. */
function encodeHead(
  head: Head,
  data: Dataset,
  targets: Targets,
): { shapes: TargetShapes; data: Record<string, Values> } {
  const dtype = targets.values instanceof Float32Array ? "f32" : "u32";
  const needsClasses = head.metrics.some(({ needsClasses }) => needsClasses);
  const classes = targets.multiclass && needsClasses && targetClasses(targets);
  const { weights, elementWeights, lossScale } = weigh(data, targets);
  return {
    shapes: {
      shape: targets.shape.slice(1),
      dtype,
      classes: Boolean(classes),
      weights: Boolean(weights),
      ...(elementWeights && { elementWeights: elementWeights.length / data.rows }),
      lossScale,
    },
    data: {
      [nameOf(head, "targets")]: targets.values,
      ...(weights && { [nameOf(head, "weights")]: weights }),
      ...(elementWeights && { [nameOf(head, "elementWeights")]: elementWeights }),
      ...(classes && { [nameOf(head, "classes")]: classes }),
    },
  };
}

/**
 * A data set's sample weights w divided by their mean, so that a mean over rows is the weighted mean Σ w x / Σ w; those m
 * of a row's targets divided by their weighted mean, so that a mean over all targets is Σ w m x / Σ w m; and the factor
 * that makes the loss's Σ w m loss / Σ w m d where its rows, or their places, have divisors d of their own (see `Loss`).
 *
 * @returns weights undefined where every row, or every target, has weight 1
 * @throws DataError when no row counts
 */
function weigh({ weights: sampleWeights, rows }: Dataset, { divisors, weights: within }: Targets) {
  const isByRow = within?.length === rows;
  const weights = isByRow ? within.map((weight, row) => weight * (sampleWeights?.[row] ?? 1)) : sampleWeights;
  const elements = isByRow ? undefined : within;
  const parts = (divisors?.length ?? rows) / rows;
  const width = elements ? elements.length / rows : parts;
  let total = 0;
  let divisor = 0;
  let known = 0;
  for (let row = 0; row < rows; row++) {
    const weight = weights?.[row] ?? 1;
    total += weight;
    for (let i = 0; i < width; i++) {
      const own = weight * (elements?.[row * width + i] ?? 1);
      known += own;
      divisor += own * (divisors?.[row * parts + Math.floor((i * parts) / width)] ?? 1);
    }
  }
  if (divisor === 0) {
    throw new DataError(
      within
        ? "No row with a weight above 0 has a target that is known. Leave these rows out, or give them targets."
        : "All rows have weight 0. Give some a weight above 0.",
    );
  }
  return {
    weights: weights?.map((weight) => (weight * rows) / total),
    elementWeights: elements?.map((weight) => (weight * total * width) / known),
    lossScale: known / divisor,
  };
}

/** The output of the largest target of each row, or place, the first of equal ones: [...], of float targets [..., outputs]. */
function targetClasses({ values, shape }: Targets): Uint32Array<ArrayBuffer> {
  const outputs = shape.at(-1)!;
  const right = new Uint32Array(values.length / outputs);
  for (let i = 0; i < values.length; i++) {
    const row = Math.floor(i / outputs);
    if (values[i] > values[row * outputs + right[row]]) right[row] = i % outputs;
  }
  return right;
}
