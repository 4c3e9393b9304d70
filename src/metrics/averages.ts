import { ArgumentError } from "../core/errors.js";
import { checkOptions } from "../core/options.js";
import { shown } from "../core/shown.js";
import { type ClassScores, classificationReport } from "./classification.js";

/**
 * Average of the scores of classes: "macro" weighs every class alike, "weighted" by its rows, "micro" counts the rows
 * of all classes together (for one class a row that is the accuracy); "perClass" leaves them apart.
 */
export type Average = "macro" | "weighted" | "micro" | "perClass";

/** Options of `precision`, `recall` and `f1`. */
export interface ScoreOptions<A extends Average = Average> {
  /** Number of classes. */
  classes: number;
  /** "macro" where absent. */
  average?: A;
}

type Scores<A extends Average> = A extends "perClass" ? number[] : number;
type Score = "precision" | "recall" | "f1";

function scoreOf<A extends Average>(
  score: Score,
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  options: ScoreOptions<A>,
): Scores<A> {
  checkOptions<ScoreOptions>(score, options, { classes: true, average: true });
  const { classes, average = "macro" as A } = options ?? {};
  const report = classificationReport(truth, predicted, { classes });
  const byAverage: Record<Average, () => number | number[]> = {
    macro: () => report.macro[score],
    weighted: () => report.weighted[score],
    micro: () => report.accuracy,
    perClass: () => report.classes.map((scores: ClassScores) => scores[score]),
  };
  if (!Object.hasOwn(byAverage, average)) {
    throw new ArgumentError(
      `${score}: average must be one of ${Object.keys(byAverage).join(", ")}, got ${shown(average)}.`,
    );
  }
  return byAverage[average]() as Scores<A>;
}

/**
 * Precision, the share of rows predicted as a class that are of it: tp / (tp + fp), and 0 for a class that is never
 * predicted, as sklearn.metrics.precision_score.
 *
 * @param truth - [rows], class indices
 * @param predicted - [rows], class indices
 * @returns one number, or for "perClass" one of each class
 * @throws ArgumentError when the lengths differ or `classes` isn't a positive integer
 * @throws DataError when there are no rows or a label is out of range
 */
export const precision = <A extends Average = "macro">(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  options: ScoreOptions<A>,
): Scores<A> => scoreOf("precision", truth, predicted, options);

/**
 * Recall, the share of a class's rows that are predicted as it: tp / (tp + fn), 0 for an absent class; else as
 * `precision`.
 *
 * @throws ArgumentError or DataError as `precision`
 */
export const recall = <A extends Average = "macro">(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  options: ScoreOptions<A>,
): Scores<A> => scoreOf("recall", truth, predicted, options);

/**
 * F1, the harmonic mean of both: 2 tp / (2 tp + fp + fn), 0 for a class that occurs nowhere; else as `precision`.
 *
 * @throws ArgumentError or DataError as `precision`
 */
export const f1 = <A extends Average = "macro">(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  options: ScoreOptions<A>,
): Scores<A> => scoreOf("f1", truth, predicted, options);
