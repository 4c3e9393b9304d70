import { checkOptions } from "../core/options.js";
import { checkDigits, type ReportTextOptions } from "./classification-text.js";
import { checkValuePairs, weightedMean } from "./pairs.js";

/** The metrics of one regression, in float64. `mse` and `mae` are means over the rows; `rmse` is the root of `mse`. */
export interface RegressionReport {
  /** Coefficient of determination, at most 1; see `r2`. */
  r2: number;
  /** Mean squared error, in the target's unit squared. */
  mse: number;
  /** Root of the mean squared error, in the target's unit. */
  rmse: number;
  /** Mean absolute error, in the target's unit. */
  mae: number;
}

/** Mean of `term(truth, predicted)` over the rows. */
const meanOver = (
  metric: string,
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  term: (truth: number, predicted: number) => number,
  weights?: ArrayLike<number>,
): number => weightedMean(metric, truth.length, (row) => term(truth[row], predicted[row]), weights);

/**
 * Coefficient of determination: 1 - sum((truth - predicted)²) / sum((truth - mean(truth))²), as
 * sklearn.metrics.r2_score: 1 is perfect, 0 is no better than the mean, negative is worse. When truth is constant,
 * 1 if every prediction is exact and else 0. NaN for a single row, where it isn't defined.
 *
 * @param truth - [rows]
 * @param predicted - [rows]
 * @param weights - [rows], 0 or more: rows count by them, as scikit-learn's `sample_weight`; all alike where absent
 * @throws ArgumentError when the lengths differ, or weights aren't one for each row
 * @throws DataError when there are no rows or a value isn't finite
 */
export function r2(truth: ArrayLike<number>, predicted: ArrayLike<number>, weights?: ArrayLike<number>): number {
  checkValuePairs("r2", truth, predicted);
  if (truth.length === 1) return Number.NaN;
  const first = truth[0];
  // As an offset from the first value: exact when all values are the same.
  const mean = first + meanOver("r2", truth, predicted, (t) => t - first, weights);
  const residual = meanOver("r2", truth, predicted, (t, p) => (t - p) ** 2, weights);
  const total = meanOver("r2", truth, predicted, (t) => (t - mean) ** 2, weights);
  if (total === 0) return residual === 0 ? 1 : 0;
  return 1 - residual / total;
}

/**
 * Mean squared error: mean((truth - predicted)²), as sklearn.metrics.mean_squared_error.
 *
 * @param truth - [rows]
 * @param predicted - [rows]
 * @param weights - [rows], 0 or more: rows count by them, as scikit-learn's `sample_weight`; all alike where absent
 * @throws ArgumentError when the lengths differ, or weights aren't one for each row
 * @throws DataError when there are no rows or a value isn't finite
 */
export function meanSquaredError(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  weights?: ArrayLike<number>,
): number {
  checkValuePairs("meanSquaredError", truth, predicted);
  return meanOver("meanSquaredError", truth, predicted, (t, p) => (t - p) ** 2, weights);
}

/**
 * Root mean squared error, in the unit of the target: sqrt(mean((truth - predicted)²)), as
 * sklearn.metrics.root_mean_squared_error.
 *
 * @param truth - [rows]
 * @param predicted - [rows]
 * @throws ArgumentError when the lengths differ
 * @throws DataError when there are no rows or a value isn't finite
 */
export function rootMeanSquaredError(truth: ArrayLike<number>, predicted: ArrayLike<number>): number {
  checkValuePairs("rootMeanSquaredError", truth, predicted);
  return Math.sqrt(meanSquaredError(truth, predicted));
}

/**
 * Mean absolute error, in the unit of the target: mean(|truth - predicted|), as sklearn.metrics.mean_absolute_error.
 *
 * @param truth - [rows]
 * @param predicted - [rows]
 * @throws ArgumentError when the lengths differ
 * @throws DataError when there are no rows or a value isn't finite
 */
export function meanAbsoluteError(truth: ArrayLike<number>, predicted: ArrayLike<number>): number {
  checkValuePairs("meanAbsoluteError", truth, predicted);
  return meanOver("meanAbsoluteError", truth, predicted, (t, p) => Math.abs(t - p));
}

/** Denominators are no smaller: float64's epsilon. */
const SMALLEST_TRUTH = 2 ** -52;

/**
 * Mean absolute percentage error, as a fraction: mean(|truth - predicted| / max(|truth|, 2^-52)), as
 * sklearn.metrics.mean_absolute_percentage_error. A truth of 0 that isn't met makes it huge: it is for positive targets.
 *
 * @param truth - [rows]
 * @param predicted - [rows]
 * @throws ArgumentError when the lengths differ
 * @throws DataError when there are no rows or a value isn't finite
 */
export function meanAbsolutePercentageError(truth: ArrayLike<number>, predicted: ArrayLike<number>): number {
  checkValuePairs("meanAbsolutePercentageError", truth, predicted);
  const term = (t: number, p: number) => Math.abs(t - p) / Math.max(Math.abs(t), SMALLEST_TRUTH);
  return meanOver("meanAbsolutePercentageError", truth, predicted, term);
}

/**
 * Every regression metric at once.
 *
 * @param truth - [rows]
 * @param predicted - [rows]
 * @throws ArgumentError when the lengths differ
 * @throws DataError when there are no rows or a value isn't finite
 */
export function regressionReport(truth: ArrayLike<number>, predicted: ArrayLike<number>): RegressionReport {
  checkValuePairs("regressionReport", truth, predicted);
  const mse = meanSquaredError(truth, predicted);
  return { r2: r2(truth, predicted), mse, rmse: Math.sqrt(mse), mae: meanAbsoluteError(truth, predicted) };
}

/**
 * The report as text, a metric a line; every line ends with a line feed.
 *
 * @param options.digits - decimals; where absent, six significant digits
 * @throws ArgumentError when the number of decimals isn't from 0 to 15
 */
export function formatRegressionReport(report: RegressionReport, options: ReportTextOptions = {}): string {
  checkOptions("formatRegressionReport", options, { digits: true });
  const { digits } = options;
  if (digits !== undefined) checkDigits("formatRegressionReport", digits);
  const shown = (value: number) => (digits === undefined ? value.toPrecision(6) : value.toFixed(digits));
  const rows: [string, number][] = [
    ["R²", report.r2],
    ["MSE", report.mse],
    ["RMSE", report.rmse],
    ["MAE", report.mae],
  ];
  return rows.map(([name, value]) => `${name.padEnd(4)}  ${shown(value).padStart(12)}\n`).join("");
}
