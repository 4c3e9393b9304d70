import { ArgumentError, DataError } from "../core/errors.js";
import { checkOptions } from "../core/options.js";
import { shown } from "../core/shown.js";
import { checkLabelPairs, weightedMean } from "./pairs.js";

/** Scores of one class, or their average over classes. `support` is the number of rows it stands for. */
export interface ClassScores {
  /** 0 to 1; see `precision`. */
  precision: number;
  /** 0 to 1; see `recall`. */
  recall: number;
  /** 0 to 1; see `f1`. */
  f1: number;
  /** Rows of the class. */
  support: number;
}

/** Result of `classificationReport`. `macro` weighs every class alike; `weighted` weighs each by its support. */
export interface ClassificationReport {
  classes: (ClassScores & { name: string })[];
  /** Share of rows that are right, 0 to 1. */
  accuracy: number;
  macro: ClassScores;
  weighted: ClassScores;
}

function checkClasses(metric: string, classes: number): void {
  if (Number.isSafeInteger(classes) && classes > 0) return;
  throw new ArgumentError(
    `${metric}: classes must be a positive integer, got ${shown(classes)}. Pass the number of classes.`,
  );
}

/** numerator / denominator, and 0 where that is 0 / 0 (scikit-learn's default for `zero_division`). */
function ratio(numerator: number, denominator: number): number {
  return denominator === 0 ? 0 : numerator / denominator;
}

/**
 * Counts of rows by class: entry [t][p] is how many rows of class t were predicted as class p. As
 * sklearn.metrics.confusion_matrix.
 *
 * @param truth - [rows], class indices
 * @param predicted - [rows], class indices
 * @returns [classes, classes], a row for each true class
 * @throws ArgumentError when the lengths differ or `classes` isn't a positive integer
 * @throws DataError when there are no rows or a label is out of range
 */
export function confusionMatrix(truth: ArrayLike<number>, predicted: ArrayLike<number>, classes: number): number[][] {
  checkClasses("confusionMatrix", classes);
  checkLabelPairs("confusionMatrix", truth, predicted, classes);
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let row = 0; row < truth.length; row++) matrix[truth[row]][predicted[row]]++;
  return matrix;
}

/**
 * Share of rows whose predicted class is the true one.
 *
 * @param truth - [rows], class indices
 * @param predicted - [rows], class indices
 * @param weights - [rows], 0 or more: rows count by them, as scikit-learn's `sample_weight`; all alike where absent
 * @throws ArgumentError when the lengths differ, or weights aren't one for each row
 * @throws DataError when there are no rows or a label isn't a non-negative integer
 */
export function accuracy(truth: ArrayLike<number>, predicted: ArrayLike<number>, weights?: ArrayLike<number>): number {
  checkLabelPairs("accuracy", truth, predicted, Infinity);
  return weightedMean("accuracy", truth.length, (row) => Number(truth[row] === predicted[row]), weights);
}

/**
 * The class with the largest score in each row; the first of ties.
 *
 * @param values - [rows, classes], row-major: logits or probabilities
 * @returns [rows], class indices
 * @throws ArgumentError when `classes` isn't a positive integer or doesn't divide the number of values
 * @throws DataError when a value is NaN
 */
export function argmaxRows(values: Float32Array, classes: number): Uint32Array<ArrayBuffer> {
  checkClasses("argmaxRows", classes);
  if (values.length % classes !== 0) {
    throw new ArgumentError(
      `argmaxRows: ${values.length} values don't make whole rows of ${classes} classes. ` +
        "Pass values of shape [rows, classes] and the size of their last axis.",
    );
  }
  const labels = new Uint32Array(values.length / classes);
  for (let row = 0; row < labels.length; row++) {
    const start = row * classes;
    let best = Number.NEGATIVE_INFINITY;
    for (let label = 0; label < classes; label++) {
      const value = values[start + label];
      if (Number.isNaN(value)) {
        throw new DataError(
          `argmaxRows: row ${row} has NaN for class ${label}, so it has no largest class. ` +
            "Check the features for NaN, or lower the learning rate if the model has diverged.",
        );
      }
      if (value > best) {
        best = value;
        labels[row] = label;
      }
    }
  }
  return labels;
}

/** Average of the scores, each class weighing `weight(class)`. */
function average(classes: readonly ClassScores[], weight: (scores: ClassScores) => number): ClassScores {
  const mean = { precision: 0, recall: 0, f1: 0, support: 0 };
  let weights = 0;
  for (const scores of classes) {
    mean.precision += weight(scores) * scores.precision;
    mean.recall += weight(scores) * scores.recall;
    mean.f1 += weight(scores) * scores.f1;
    mean.support += scores.support;
    weights += weight(scores);
  }
  mean.precision /= weights;
  mean.recall /= weights;
  mean.f1 /= weights;
  return mean;
}

/**
 * Precision, recall and F1 of every class, their averages, and the accuracy, as sklearn.metrics.classification_report
 * with `labels=range(classes)`. With tp the rows of a class that were predicted as it:
 *
 *   precision = tp / predicted as it,  recall = tp / truly it,  f1 = 2 tp / (predicted as it + truly it)
 *
 * and 0 wherever that is 0 / 0. A class that occurs nowhere counts in the macro average, with zeros.
 *
 * @param truth - [rows], class indices
 * @param predicted - [rows], class indices
 * @param options - how many classes there are, or their names in order of their index (else they are "0", "1", ...)
 * @throws ArgumentError when the lengths differ, or neither `classes` nor `classNames` says how many classes there are
 * @throws DataError when there are no rows or a label is out of range
 */
export function classificationReport(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  options: { classes?: number; classNames?: readonly string[] },
): ClassificationReport {
  checkOptions("classificationReport", options, { classes: true, classNames: true });
  const { classNames, classes = classNames?.length ?? 0 } = options ?? {};
  checkClasses("classificationReport", classes);
  if (classNames && classNames.length !== classes) {
    throw new ArgumentError(
      `classificationReport: ${classNames.length} class names for ${classes} classes. Name every class once.`,
    );
  }
  checkLabelPairs("classificationReport", truth, predicted, classes);
  const correct = new Float64Array(classes);
  const actual = new Float64Array(classes);
  const claimed = new Float64Array(classes);
  for (let row = 0; row < truth.length; row++) {
    actual[truth[row]]++;
    claimed[predicted[row]]++;
    if (truth[row] === predicted[row]) correct[truth[row]]++;
  }
  const scores = Array.from(correct, (tp, label) => ({
    name: classNames?.[label] ?? String(label),
    precision: ratio(tp, claimed[label]),
    recall: ratio(tp, actual[label]),
    f1: ratio(2 * tp, claimed[label] + actual[label]),
    support: actual[label],
  }));
  return {
    classes: scores,
    accuracy: accuracy(truth, predicted),
    macro: average(scores, () => 1),
    weighted: average(scores, ({ support }) => support),
  };
}
