import { ArgumentError } from "../core/errors.js";
import { sizeOf } from "../core/shape.js";
import type { Labels, Loss, Targets } from "./loss.js";

/**
 * A loss over the targets that are known: labels of NaN are left out, of loss, gradient and metrics. The loss is the mean
 * over the known targets of all rows, Σ m l / Σ m with m 1 for what is known and 0 for what isn't; a batch's, over as many
 * as a batch has on average (see `Loss`). Of a loss that is no mean over targets, such as softmaxCrossEntropy, a row
 * counts when all of its targets are known; its class indices may be NaN.
 *
 * @example masked(meanSquaredError()), with labels [[1, NaN], [2, 3]]
 * @throws ArgumentError when it isn't given a loss
 */
export function masked(loss: Loss): Loss {
  if (typeof loss?.perRow !== "function") {
    throw new ArgumentError("masked: needs a loss, such as masked(meanSquaredError()).");
  }
  const { labels, outputPerClass, boundary, isProbabilistic } = loss;
  return {
    config: { loss: "masked", of: loss.config },
    ...{ labels, outputPerClass, boundary, isProbabilistic },
    ignores: (label) => Number.isNaN(label) || loss.ignores?.(label) === true,
    checkOutputs: (outputs, each) => loss.checkOutputs?.(outputs, each),
    encode: (data, outputs) => encodeKnown(loss, data, outputs),
    perRow: (outputs, targets) => loss.perRow(outputs, targets),
    ...(loss.elements && { elements: (outputs, targets) => loss.elements!(outputs, targets) }),
    ...(loss.inTraining && { inTraining: (source) => masked(loss.inTraining!(source)) }),
    guess: (targets, outputs, rows) => loss.guess(targets, outputs, rows),
    ...(loss.estimate && { estimate: (outputs) => loss.estimate!(outputs) }),
    probabilities: (outputs) => loss.probabilities(outputs),
  };
}

/** Targets with something in the place of what isn't known, and weights that leave it out. */
function encodeKnown(loss: Loss, data: Labels, outputs: number): Targets {
  if (data.labels instanceof Uint32Array) return loss.encode(data, outputs);
  const known = Float32Array.from(data.labels, (value) => Number(!Number.isNaN(value)));
  const width = sizeOf(data.targetShape);
  const areClasses = loss.labels === "classes" && width === 1 && outputs > 1;
  if (!areClasses && loss.elements) {
    const labels = Float32Array.from(data.labels, (value) => (Number.isNaN(value) ? 0 : value));
    return { ...loss.encode({ ...data, labels }, outputs), weights: known };
  }
  const rows = data.labels.length / width;
  const weights = Float32Array.from({ length: rows }, (_, row) =>
    Number(known.subarray(row * width, (row + 1) * width).every(Boolean)),
  );
  const encoded = loss.encode(filled(data, weights, areClasses), outputs);
  return { ...encoded, weights: weights.map((share, row) => share * (encoded.weights?.[row] ?? 1)) };
}

/** Labels in which rows that don't count are like one that does; of class indices, all as integers. */
function filled(data: Labels, weights: Float32Array, areClasses: boolean): Labels {
  const width = sizeOf(data.targetShape);
  const example = weights.findIndex((weight) => weight > 0);
  // Where no row counts, any class will do: the training ends before it is read.
  if (example < 0 && areClasses) return indices(new Uint32Array(weights.length));
  const from = Math.max(example, 0) * width;
  const labels = Float32Array.from(data.labels, (value, i) => {
    const chosen = weights[Math.floor(i / width)] > 0 ? value : data.labels[from + (i % width)];
    return Number.isNaN(chosen) ? 0 : chosen;
  });
  const isIndex = (value: number) => Number.isInteger(value) && value >= 0;
  return areClasses && labels.every(isIndex) ? indices(Uint32Array.from(labels)) : { ...data, labels };
}

function indices(labels: Uint32Array): Labels {
  const classes = labels.reduce((most, label) => Math.max(most, label + 1), 0);
  return { labels, targetShape: [], classes, labelKind: "integers" };
}
