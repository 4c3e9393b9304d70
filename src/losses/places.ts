import { DataError, ShapeError } from "../core/errors.js";
import { formatShape, type Shape, sizeOf } from "../core/shape.js";
import type { Tensor } from "../graph/tensor.js";
import { reshape } from "../ops/layout.js";
import { mean } from "../ops/reduce.js";
import type { Labels, Loss, Targets } from "./loss.js";

/*
 * Losses of classes at each of several places: tokens of a sequence, pixels of an image.
 */

/** Losses that are of an output's places already. */
const placed = new WeakSet<Loss>();

/**
 * A loss as that of an output of a model. Of an output [...places, classes] a loss of classes is the mean over the places, of
 * labels [rows, places], a class each; or [rows, places x classes], shares of classes at each place for one that needs an
 * output for each class. Of other outputs, and other losses, the loss as it is.
 *
 * @param shape - of a row's output
 */
export function ofOutput(loss: Loss, shape: Shape): Loss {
  if (loss.labels !== "classes" || shape.length === 1 || placed.has(loss)) return loss;
  const classes = shape.at(-1)!;
  const size = sizeOf(shape);
  const elements = (outputs: Tensor, targets: Tensor) => {
    if (!areByPlace(targets)) return loss.elements!(outputs, targets);
    const axes = targets.dtype === "u32" ? targets.shape : targets.shape.slice(0, -1);
    return loss.perRow(reshape(outputs, [...axes, classes]), targets);
  };
  const own: Loss = {
    ...loss,
    checkOutputs: () => loss.checkOutputs?.(loss.outputPerClass ? classes : size, classes),
    encode(data) {
      const given = placesOf(loss, data, shape);
      if (given === undefined) return loss.encode(data, size);
      const { shape: flat, ...targets } = loss.encode(given, classes);
      const places = size / classes;
      return { ...targets, shape: [flat[0] / places, places, ...flat.slice(1)] };
    },
    elements,
    perRow: (outputs, targets) => mean(elements(outputs, targets), -1),
    ...(loss.inTraining && { inTraining: (source) => ofOutput(loss.inTraining!(source), shape) }),
    guess(targets, outputs, weights) {
      if (!areByPlace(targets)) return loss.guess(targets, outputs, weights);
      const [rows, places, ...rest] = targets.shape;
      const each = weights && Float64Array.from({ length: rows * places }, (_, i) => weights[Math.floor(i / places)]);
      return loss.guess({ ...targets, shape: [rows * places, ...rest] }, classes, each);
    },
  };
  placed.add(own);
  return own;
}

/** Whether targets are class indices [rows, places], or numbers [rows, places, classes]. */
export const areByPlace = ({ shape, ...of }: Tensor | Targets): boolean => {
  const areIndices = "dtype" in of ? of.dtype === "u32" : of.values instanceof Uint32Array;
  return shape.length > (areIndices ? 1 : 2);
};

/**
 * Labels of places as those of so many rows; undefined where they are numbers for the outputs of whole rows.
 *
 * @throws ShapeError when they are neither; DataError when a label is none of the classes
 */
function placesOf(loss: Loss, data: Labels, shape: Shape): Labels | undefined {
  const { config, outputPerClass } = loss;
  const { labels, targetShape } = data;
  const classes = shape.at(-1)!;
  const size = sizeOf(shape);
  const places = size / classes;
  const given = sizeOf(targetShape);
  if (given === places && (classes > 1 || data.classes !== undefined)) {
    checkIndices(loss, labels, classes, places);
    return {
      ...data,
      targetShape: [],
      classes: data.classes ?? classes,
      labelKind: data.labelKind === "classes" ? "classes" : "integers",
    };
  }
  if (given === size && data.classes === undefined)
    return outputPerClass ? { ...data, targetShape: [classes] } : undefined;
  const are =
    data.classes === undefined ? `the labels of a row are ${formatShape(targetShape)}` : "rows have one label";
  throw new ShapeError(
    `${config.loss}: ${are}, the model puts out ${formatShape(shape)}. Give each row ${places} labels, a class for each place, ` +
      "or the model another end: flatten() and dense(classes) for one label.",
  );
}

/** @throws DataError when a label is none of the classes, nor one that the loss leaves out */
export function checkIndices({ config, ignores }: Loss, labels: Labels["labels"], classes: number, places = 1): void {
  const bad = labels.findIndex(
    (label) => !(label >= 0 && label < classes && Number.isInteger(label)) && !ignores?.(label),
  );
  if (bad < 0) return;
  const place = places > 1 ? `, place ${bad % places}` : "";
  throw new DataError(
    `${config.loss}: row ${Math.floor(bad / places)}${place} has the label ${labels[bad]}, but classes are 0 to ${classes - 1}. ` +
      `Give dense() more, or take tokenCrossEntropy({ ignore: ${labels[bad]} }).`,
  );
}

/** The logits of each row, or of each of its places: [batch, classes] or [batch, places, classes]. @param outputs - [batch, numbers] */
export const logitsOf = (outputs: Tensor, labels: Tensor): Tensor =>
  reshape(outputs, [...labels.shape, outputs.size / labels.size]);

/** The mean over a row's places, where there are several: [batch]. @param values - [batch] or [batch, places] */
export const eachRow = (values: Tensor): Tensor => (values.shape.length > 1 ? mean(values, -1) : values);
