import { checkBinaryPairs, checkScoreRows } from "./pairs.js";

/** Points from the strictest threshold to the loosest; rows with scores of at least the threshold count as yes. */
export interface RocCurve {
  falsePositiveRate: number[];
  truePositiveRate: number[];
  /** Infinity first, then every different score, descending. */
  thresholds: number[];
}

/** Precision and recall at every threshold, as `precisionRecallCurve` gives them. */
export interface PrecisionRecallCurve {
  /** One more than thresholds: the last is 1, where nothing is predicted. */
  precision: number[];
  /** One more than thresholds: the last is 0. */
  recall: number[];
  /** Every different score, ascending. */
  thresholds: number[];
}

/** Numbers of positive and of negative rows with the threshold's score or more; thresholds descend. */
function countsByThreshold(truth: ArrayLike<number>, scores: ArrayLike<number>) {
  const order = Array.from({ length: truth.length }, (_, row) => row).sort((a, b) => scores[b] - scores[a]);
  const counts: { threshold: number; positive: number; negative: number }[] = [];
  let positive = 0;
  let negative = 0;
  order.forEach((row, place) => {
    if (truth[row] === 1) positive++;
    else negative++;
    // Rows of equal scores pass the threshold together.
    if (scores[row] !== scores[order[place + 1]]) counts.push({ threshold: scores[row], positive, negative });
  });
  return counts;
}

/**
 * Receiver operating characteristic, with a point for every different score: as sklearn.metrics.roc_curve with
 * drop_intermediate=False. Where there is no negative row the false positive rate is NaN, where there is no positive one
 * the true positive rate, as there.
 *
 * @param truth - [rows], 1 for yes and 0 for no
 * @param scores - [rows], larger for yes: probabilities or logits
 * @throws ArgumentError when the lengths differ
 * @throws DataError when there are no rows, a label isn't 0 or 1 or a score isn't finite
 */
export function rocCurve(truth: ArrayLike<number>, scores: ArrayLike<number>): RocCurve {
  checkBinaryPairs("rocCurve", truth, scores);
  const counts = [{ threshold: Infinity, positive: 0, negative: 0 }, ...countsByThreshold(truth, scores)];
  const { positive, negative } = counts.at(-1)!;
  return {
    falsePositiveRate: counts.map((count) => count.negative / negative),
    truePositiveRate: counts.map((count) => count.positive / positive),
    thresholds: counts.map(({ threshold }) => threshold),
  };
}

/**
 * Area under the ROC curve: the probability that a positive row scores above a negative one, a tie counting a half. As
 * sklearn.metrics.roc_auc_score; NaN where there are no positive or no negative rows, as there.
 *
 * @param truth - [rows], 1 for yes and 0 for no
 * @param scores - [rows], larger for yes
 * @throws ArgumentError when the lengths differ
 * @throws DataError when there are no rows, a label isn't 0 or 1 or a score isn't finite
 */
export function rocAuc(truth: ArrayLike<number>, scores: ArrayLike<number>): number {
  checkBinaryPairs("rocAuc", truth, scores);
  let [area, positives, negatives] = [0, 0, 0];
  for (const { positive, negative } of countsByThreshold(truth, scores)) {
    area += (negative - negatives) * (positive + positives);
    [positives, negatives] = [positive, negative];
  }
  return area / (2 * positives * negatives);
}

/**
 * Area under the ROC curve of each class against the rest, and their averages: as sklearn.metrics.roc_auc_score with
 * multi_class="ovr". NaN for a class that is absent or the only one, and so for the macro average (scikit-learn refuses
 * such rows).
 *
 * @param truth - [rows], class indices
 * @param scores - [rows, classes], row-major
 * @throws ArgumentError when the scores aren't whole rows of two or more
 * @throws DataError when there are no rows, a label is out of range or a score isn't finite
 */
export function rocAucOneVsRest(truth: ArrayLike<number>, scores: ArrayLike<number>) {
  const classes = checkScoreRows("rocAucOneVsRest", truth, scores);
  const rows = truth.length;
  const perClass: number[] = [];
  let weighted = 0;
  for (let label = 0; label < classes; label++) {
    const isLabel = Array.from(truth, (value) => Number(value === label));
    perClass.push(
      rocAuc(
        isLabel,
        isLabel.map((_, row) => scores[row * classes + label]),
      ),
    );
    weighted += (perClass[label] * isLabel.reduce((a, b) => a + b, 0)) / rows;
  }
  return { perClass, macro: perClass.reduce((a, b) => a + b, 0) / classes, weighted };
}

/**
 * Precision and recall at every threshold, as sklearn.metrics.precision_recall_curve. Where there are no positive rows,
 * recall is 1 at every threshold, as there.
 *
 * @param truth - [rows], 1 for yes and 0 for no
 * @param scores - [rows], larger for yes
 * @throws ArgumentError when the lengths differ
 * @throws DataError when there are no rows, a label isn't 0 or 1 or a score isn't finite
 */
export function precisionRecallCurve(truth: ArrayLike<number>, scores: ArrayLike<number>): PrecisionRecallCurve {
  checkBinaryPairs("precisionRecallCurve", truth, scores);
  const counts = countsByThreshold(truth, scores).reverse();
  const total = counts[0].positive;
  return {
    precision: [...counts.map(({ positive, negative }) => positive / (positive + negative)), 1],
    recall: [...counts.map(({ positive }) => (total === 0 ? 1 : positive / total)), 0],
    thresholds: counts.map(({ threshold }) => threshold),
  };
}

/**
 * Average precision, Σ (recallₙ - recallₙ₋₁) precisionₙ over the thresholds, descending: the area under the
 * precision-recall curve as steps. As sklearn.metrics.average_precision_score; 0 where there are no positive rows.
 *
 * @param truth - [rows], 1 for yes and 0 for no
 * @param scores - [rows], larger for yes
 * @throws ArgumentError when the lengths differ
 * @throws DataError when there are no rows, a label isn't 0 or 1 or a score isn't finite
 */
export function averagePrecision(truth: ArrayLike<number>, scores: ArrayLike<number>): number {
  const { precision, recall, thresholds } = precisionRecallCurve(truth, scores);
  let sum = 0;
  for (let i = thresholds.length - 1; i >= 0; i--) sum += (recall[i] - recall[i + 1]) * precision[i];
  return sum;
}
