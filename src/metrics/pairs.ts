import { ArgumentError, DataError } from "../core/errors.js";

/**
 * Checks that `truth` and `predicted` pair up: one prediction a row, at least one row.
 *
 * @throws ArgumentError when the lengths differ
 * @throws DataError when there are no rows
 */
function checkRows(metric: string, truth: ArrayLike<number>, predicted: ArrayLike<number>): void {
  if (truth.length !== predicted.length) {
    throw new ArgumentError(
      `${metric}: truth has ${truth.length} rows and predicted has ${predicted.length}. ` +
        "Pass one prediction for each row; class scores go through argmaxRows() first.",
    );
  }
  if (truth.length === 0) throw new DataError(`${metric}: there are no rows. Pass at least one.`);
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
