import { ArgumentError, DataError, ShapeError } from "../core/errors.js";
import { formatShape, sizeOf } from "../core/shape.js";
import type { Labels, Targets } from "./loss.js";

/*
 * Labels as floats, one for each output of the model: what most losses compare outputs with.
 */

/**
 * Floats as they are, [rows, targets].
 *
 * @param each - numbers that the model puts out for each target
 * @throws ShapeError or DataError when a row holds another number of them, or one isn't known
 */
export function floatTargets(loss: string, { labels, targetShape }: Labels, targets: number, each = 1): Targets {
  const size = sizeOf(targetShape);
  if (size !== targets) {
    if (loss === "softmaxCrossEntropy" && size === 1) {
      throw new DataError(
        `${loss}: the labels are numbers to predict, one a row. Give classes as integers (Uint32Array, number[]) or ` +
          "names (string[]), or use meanSquaredError() for numbers.",
      );
    }
    const ofPlaces =
      size > 1 && targets % size === 0 ? `, or reshape([${size}, classes]) for a class at each place` : "";
    throw new ShapeError(
      `${loss}: the targets of a row are ${formatShape(targetShape)}, the model puts out ${targets * each} numbers. ` +
        `End the model with dense(${size * each})${ofPlaces}.`,
    );
  }
  const unknown = labels.findIndex(Number.isNaN);
  if (unknown >= 0) {
    throw new DataError(
      `${loss}: labels: row ${Math.floor(unknown / size)}, column ${unknown % size} is NaN. If it isn't known, leave it out ` +
        `of the loss: masked(${loss}(...)). Else correct the data.`,
    );
  }
  return { shape: [labels.length / size, size], values: Float32Array.from(labels) };
}

/**
 * Numbers to predict: floats as they are, and whole numbers where the model puts out one number a row. For a model with an
 * output for each class, class indices are 1 at the label's place and 0 elsewhere.
 *
 * @param targets - of a row; where class labels are given, one for each class
 * @param each - numbers that the model puts out for each target
 * @throws ShapeError or DataError when the labels are for another number of outputs
 */
export function numbersOf(loss: string, data: Labels, targets: number, each = 1): Targets {
  const { labels, labelKind, classes } = data;
  if (classes === undefined) return floatTargets(loss, data, targets, each);
  if (labelKind !== "integers") return targetsOf(loss, data, targets);
  if (targets !== 1) {
    if (classes > targets) throw numbersOrClasses(loss, data, targets, each);
    return targetsOf(loss, data, targets);
  }
  return { shape: [labels.length, 1], values: Float32Array.from(labels) };
}

/**
 * Floats as they are; class indices as `no` and `yes`: for a single output of two classes the label itself, else `yes` at
 * the label's place.
 *
 * @throws ShapeError or DataError when the labels are for another number of outputs
 */
export function targetsOf(loss: string, data: Labels, outputs: number, no = 0, yes = 1): Targets {
  const { labels, classes } = data;
  if (classes === undefined) return floatTargets(loss, data, outputs);
  if (outputs === 1 && classes <= 2) {
    requireIndices(loss, data);
    return { shape: [labels.length, 1], values: Float32Array.from(labels, (label) => (label ? yes : no)) };
  }
  requireClasses(loss, data, outputs);
  const values = new Float32Array(labels.length * outputs).fill(no);
  labels.forEach((label, row) => {
    values[row * outputs + label] = yes;
  });
  return { shape: [labels.length, outputs], values, multiclass: true };
}

/** Class indices as they are, [rows] u32. @throws DataError when there are fewer outputs than classes, or no classes */
export function classTargets(loss: string, data: Labels, outputs: number): Targets {
  if (data.classes !== undefined) return indexTargets(loss, data, outputs);
  throw new DataError(
    `${loss}: the labels are numbers. Give classes as integers (Uint32Array, number[]) or names (string[]).`,
  );
}

/** Labels that are class indices, as they are. @throws DataError when there are fewer outputs than classes */
export function indexTargets(loss: string, data: Labels, outputs: number): Targets {
  requireClasses(loss, data, outputs);
  return { shape: [data.labels.length], values: Uint32Array.from(data.labels) };
}

/** @throws ArgumentError when there is but one output where each class needs its own */
export function requireOutputs(loss: string, outputs: number, remedy: string): void {
  if (outputs >= 2) return;
  throw new ArgumentError(
    `${loss}: needs an output for each class, but the model puts out 1, which is always the most probable. ` +
      `End it with dense(classes), or take ${remedy} for yes or no.`,
  );
}

/** @throws DataError naming the first row with a target that isn't `wanted` */
export function requireTargets(
  loss: string,
  { values, shape }: Targets,
  isWanted: (target: number) => boolean,
  wanted: string,
): void {
  const bad = values.findIndex((value) => !isWanted(value));
  if (bad < 0) return;
  throw new DataError(
    `${loss}: targets must be ${wanted}, but row ${Math.floor(bad / (shape[1] ?? 1))} has ${values[bad]}.`,
  );
}

/** More whole numbers than this are hardly classes. */
const MOST_UNNAMED_CLASSES = 1000;

/** @throws DataError when a label isn't below the number of classes, which was found when the data set was made */
function requireIndices(loss: string, { labels, classes = 0 }: Labels): void {
  const row = labels.findIndex((label) => !(label >= 0 && label < classes));
  if (row < 0) return;
  throw new DataError(
    `${loss}: the label of row ${row} is ${labels[row]}, but the data set was made with ${classes} classes. Its arrays ` +
      "mustn't be written to: make another with Dataset.from().",
  );
}

/** @throws DataError when there are fewer outputs than classes, or a label is none of them */
function requireClasses(loss: string, data: Labels, outputs: number): void {
  const { classes = 0, labelKind } = data;
  if (classes <= outputs) {
    requireIndices(loss, data);
    return;
  }
  if (labelKind === "integers" && classes > MOST_UNNAMED_CLASSES) throw numbersOrClasses(loss, data, outputs);
  const from0 = labelKind === "integers" ? `, or give names, labels.map(String), if they don't begin at 0` : "";
  throw new DataError(
    `${loss}: the labels have ${classes} classes, but the model puts out ${outputs}. ` +
      `End the model with dense(${classes})${from0}.`,
  );
}

function numbersOrClasses(loss: string, { classes }: Labels, targets: number, each = 1): DataError {
  const remedy = each === 1 ? "dense(1) and take meanSquaredError()" : `dense(${each})`;
  return new DataError(
    `${loss}: the labels are whole numbers up to ${classes! - 1}, but the model puts out ${targets * each}. If they are numbers ` +
      `to predict, end the model with ${remedy}. If they are classes, give their names, such ` +
      "as labels.map(String), and end the model with an output for each.",
  );
}

/** @throws ArgumentError when a model doesn't put out so many numbers for each target */
export function requirePerTarget(loss: string, outputs: number, each: number, what: string): void {
  if (outputs % each === 0) return;
  throw new ArgumentError(
    `${loss}: for each target the model must put out ${each} numbers, ${what}, but it puts out ${outputs} in all. ` +
      `End it with dense(${each}) for one target.`,
  );
}
