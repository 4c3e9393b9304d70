import { ArgumentError, DataError } from "../core/errors.js";
import { checkArgument } from "../core/options.js";

/** @throws ArgumentError when they aren't lists of numbers */
export function checkLists(metric: string, lists: Readonly<Record<string, unknown>>): void {
  for (const [name, list] of Object.entries(lists)) {
    const isList = typeof list === "object" && Number.isInteger((list as ArrayLike<number> | null)?.length);
    checkArgument(metric, `a list of numbers as ${name}`, list, isList);
  }
}

/**
 * Checks that `truth` and `predicted` pair up: one prediction a row, at least one row.
 *
 * @throws ArgumentError when the lengths differ
 * @throws DataError when there are no rows
 */
function checkRows(metric: string, truth: ArrayLike<number>, predicted: ArrayLike<number>): void {
  checkLists(metric, { truth, predicted });
  if (truth.length !== predicted.length) {
    throw new ArgumentError(
      `${metric}: truth has ${truth.length} rows and predicted has ${predicted.length}. ` +
        "Pass one prediction for each row; class scores go through argmaxRows() first.",
    );
  }
  if (truth.length === 0) throw new DataError(`${metric}: there are no rows. Pass at least one.`);
}

/**
 * Mean over the rows, weighted where there are weights, as scikit-learn's `sample_weight`.
 *
 * @param weights - [rows], 0 or more; 1 for each where absent
 * @throws ArgumentError when there isn't one weight for each row, or they aren't finite numbers of 0 or more, not all 0
 */
export function weightedMean(
  metric: string,
  rows: number,
  of: (row: number) => number,
  weights: ArrayLike<number> | undefined,
): number {
  let [sum, total] = [0, 0];
  for (let row = 0; row < rows; row++) {
    const weight = weights ? weights[row] : 1;
    if (weights && !(weight >= 0 && weight < Infinity)) total = Number.NaN;
    if (weight === 0) continue;
    sum += weight * of(row);
    total += weight;
  }
  if (weights && (weights.length !== rows || !(total > 0))) {
    throw new ArgumentError(`${metric}: weights must be ${rows} numbers of 0 or more, one a row and not all 0.`);
  }
  return sum / total;
}

/**
 * Checks pairs of class labels: integers from 0 to `classes` - 1 (`classes` may be Infinity).
 *
 * @throws ArgumentError when the lengths differ
 * @throws DataError when there are no rows or a label is out of range
 */
export function checkLabelPairs(
  metric: string,
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  classes: number,
): void {
  checkRows(metric, truth, predicted);
  const range = classes === Infinity ? "0 or more" : `from 0 to ${classes - 1}`;
  for (const [argument, labels] of [["truth", truth] as const, ["predicted", predicted] as const]) {
    for (let row = 0; row < labels.length; row++) {
      const label = labels[row];
      if (Number.isInteger(label) && label >= 0 && label < classes) continue;
      throw new DataError(
        `${metric}: ${argument}[${row}] is ${label}, but class labels must be integers ${range}. ` +
          "Number the classes from 0, and check how many there are.",
      );
    }
  }
}

/**
 * Checks pairs of regression values: finite numbers.
 *
 * @throws ArgumentError when the lengths differ
 * @throws DataError when there are no rows or a value is NaN or infinite
 */
export function checkValuePairs(metric: string, truth: ArrayLike<number>, predicted: ArrayLike<number>): void {
  checkRows(metric, truth, predicted);
  for (const [argument, values] of [["truth", truth] as const, ["predicted", predicted] as const]) {
    for (let row = 0; row < values.length; row++) {
      if (Number.isFinite(values[row])) continue;
      throw new DataError(
        `${metric}: ${argument}[${row}] is ${values[row]}, but values must be finite numbers. ` +
          "Leave such rows out, or lower the learning rate if the model has diverged.",
      );
    }
  }
}

/**
 * Checks labels of yes (1) or no (0) and a finite number for each.
 *
 * @throws ArgumentError when the lengths differ
 * @throws DataError when there are no rows, a label is another or a number isn't finite
 */
export function checkBinaryPairs(metric: string, truth: ArrayLike<number>, scores: ArrayLike<number>): void {
  checkValuePairs(metric, truth, scores);
  for (let row = 0; row < truth.length; row++) {
    if (truth[row] === 0 || truth[row] === 1) continue;
    throw new DataError(`${metric}: truth[${row}] is ${truth[row]}, but labels must be 0 (no) or 1 (yes).`);
  }
}

/**
 * Checks class labels and a row of finite scores for each.
 *
 * @returns the number of classes, which is that of a row's scores
 * @throws ArgumentError when the scores aren't whole rows of two or more
 * @throws DataError when there are no rows, a label is out of range or a score isn't finite
 */
export function checkScoreRows(metric: string, truth: ArrayLike<number>, scores: ArrayLike<number>): number {
  checkLists(metric, { truth, scores });
  if (truth.length === 0) throw new DataError(`${metric}: there are no rows. Pass at least one.`);
  const classes = scores.length / truth.length;
  if (!Number.isInteger(classes) || classes < 2) {
    throw new ArgumentError(
      `${metric}: ${scores.length} scores for ${truth.length} rows. Pass [rows, classes], one score for each class.`,
    );
  }
  checkLabelPairs(metric, truth, truth, classes);
  checkValuePairs(metric, scores, scores);
  return classes;
}

/** @throws DataError when a probability isn't in [0, 1] */
export function checkProbabilities(metric: string, probabilities: ArrayLike<number>): void {
  for (let i = 0; i < probabilities.length; i++) {
    if (probabilities[i] >= 0 && probabilities[i] <= 1) continue;
    throw new DataError(
      `${metric}: probability ${i} is ${probabilities[i]}. Pass numbers in [0, 1], such as ` +
        "trainer.predict(features, { probabilities: true }) gives.",
    );
  }
}
