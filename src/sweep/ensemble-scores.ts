import type { Dataset } from "../data/dataset.js";
import type { Loss } from "../losses/loss.js";
import { accuracy, argmaxRows } from "../metrics/classification.js";
import { logLoss } from "../metrics/probabilities.js";
import { meanSquaredError, r2 } from "../metrics/regression.js";

/** Scores of an ensemble: log loss and accuracy of classes, mean squared error and R² of numbers; by rows' weights. */
export interface EnsembleScores {
  /** Log loss of classes, mean squared error of numbers. */
  loss: number;
  /** Share of rows whose likeliest class is right, in [0, 1]. */
  accuracy?: number;
  /** Coefficient of determination, at most 1. */
  r2?: number;
}

/** Whether averaged predictions of models of this loss are probabilities of one class a row, or numbers; neither where absent. */
export function scoredAs(
  loss: Loss,
  { classes, rows, labels }: Dataset,
  width: number,
): "classes" | "numbers" | undefined {
  if (loss.isProbabilistic) return classes === undefined ? undefined : "classes";
  const isOfNumbers = loss.labels !== "classes" && loss.boundary === undefined;
  return isOfNumbers && labels.length === rows * width && labels.every(Number.isFinite) ? "numbers" : undefined;
}

/** @param values - averaged predictions, [rows, ...]: of what `scoredAs` says */
export function scoresOf(as: "classes" | "numbers", data: Dataset, values: Float32Array): EnsembleScores {
  const { labels, rows, weights } = data;
  const width = values.length / rows;
  if (as === "numbers") {
    const each = weights && Float32Array.from(labels, (_, i) => weights[Math.floor(i / width)]);
    return { loss: meanSquaredError(labels, values, each), r2: r2(labels, values, each) };
  }
  const predicted = width === 1 ? Array.from(values, (p) => Number(p > 0.5)) : argmaxRows(values, width);
  return { loss: logLoss(labels, values, weights), accuracy: accuracy(labels, predicted, weights) };
}
