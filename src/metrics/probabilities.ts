import { ArgumentError } from "../core/errors.js";
import { optionsOf } from "../core/options.js";
import { shown } from "../core/shown.js";
import { checkBinaryPairs, checkLists, checkProbabilities, checkScoreRows, weightedMean } from "./pairs.js";

/** Checks probabilities of [rows] or [rows, classes]. @returns how many a row has */
function checkRows(metric: string, truth: ArrayLike<number>, probabilities: ArrayLike<number>): number {
  checkLists(metric, { truth, probabilities });
  const isBinary = probabilities.length === truth.length;
  if (isBinary) checkBinaryPairs(metric, truth, probabilities);
  const classes = isBinary ? 1 : checkScoreRows(metric, truth, probabilities);
  checkProbabilities(metric, probabilities);
  return classes;
}

/**
 * Log loss: mean(-log of the probability given to the truth), as sklearn.metrics.log_loss. Probabilities are held within
 * [ε, 1 - ε], with ε the epsilon of their numbers: 2^-23 for a Float32Array, else 2^-52.
 *
 * @param truth - [rows], class indices; 0 and 1 where a row has one probability
 * @param probabilities - [rows], of class 1, or [rows, classes], row-major
 * @param weights - [rows], 0 or more: rows count by them, as scikit-learn's `sample_weight`; all alike where absent
 * @throws ArgumentError when lengths don't fit, or weights aren't one for each row
 * @throws DataError when there are no rows, a label is out of range or a probability isn't in [0, 1]
 */
export function logLoss(
  truth: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  weights?: ArrayLike<number>,
): number {
  const classes = checkRows("logLoss", truth, probabilities);
  const epsilon = probabilities instanceof Float32Array ? 2 ** -23 : 2 ** -52;
  const lossOf = (row: number) => {
    const given = classes > 1 ? probabilities[row * classes + truth[row]] : probabilities[row];
    const held = Math.min(Math.max(given, epsilon), 1 - epsilon);
    return classes === 1 && truth[row] === 0 ? -Math.log1p(-held) : -Math.log(held);
  };
  return weightedMean("logLoss", truth.length, lossOf, weights);
}

/**
 * Brier score: mean((probability - truth)²) for yes or no, in [0, 1]; for more than two classes the mean of
 * Σ (probability - truth)² over them, in [0, 2]. As sklearn.metrics.brier_score_loss.
 *
 * @param truth - [rows], class indices; 0 and 1 where a row has one probability
 * @param probabilities - [rows], of class 1, or [rows, classes], row-major
 * @throws ArgumentError when lengths don't fit
 * @throws DataError when there are no rows, a label is out of range or a probability isn't in [0, 1]
 */
export function brierScore(truth: ArrayLike<number>, probabilities: ArrayLike<number>): number {
  const classes = checkRows("brierScore", truth, probabilities);
  let sum = 0;
  for (let i = 0; i < probabilities.length; i++) {
    const label = truth[Math.floor(i / classes)];
    const target = classes === 1 ? label : Number(label === i % classes);
    sum += (probabilities[i] - target) ** 2;
  }
  return sum / truth.length / (classes === 2 ? 2 : 1);
}

/** Bins that hold rows, in ascending order. */
export interface CalibrationCurve {
  /** Mean probability of the bin's rows. */
  predicted: number[];
  /** Share of the bin's rows that are positive: equal to `predicted` where the probabilities are right. */
  observed: number[];
  /** Rows of the bin. */
  rows: number[];
}

/** Options of `calibrationCurve`. */
export interface CalibrationOptions {
  /** 5. */
  bins?: number;
  /** "uniform" (the default): bins of one width; "quantile": bins of as many rows each. */
  strategy?: "uniform" | "quantile";
}

/**
 * Observed frequency against predicted probability: the reliability diagram, as sklearn.calibration.calibration_curve. A
 * probability on the edge of two bins counts to the lower one.
 *
 * @param truth - [rows], 1 for yes and 0 for no
 * @param probabilities - [rows], of yes
 * @throws ArgumentError when the lengths differ or an option is out of range
 * @throws DataError when there are no rows, a label isn't 0 or 1 or a probability isn't in [0, 1]
 */
export function calibrationCurve(
  truth: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  options: CalibrationOptions = {},
): CalibrationCurve {
  const { bins, strategy } = optionsOf("calibrationCurve", options, { bins: 5, strategy: "uniform" });
  if (!Number.isSafeInteger(bins) || bins < 1 || (strategy !== "uniform" && strategy !== "quantile")) {
    throw new ArgumentError(
      `calibrationCurve: bins must be a positive integer and strategy "uniform" or "quantile", got ${shown(bins)}, ${shown(strategy)}.`,
    );
  }
  checkBinaryPairs("calibrationCurve", truth, probabilities);
  checkProbabilities("calibrationCurve", probabilities);
  const sorted = Float64Array.from(probabilities).sort();
  const edges = Array.from({ length: bins - 1 }, (_, i) => {
    const share = (i + 1) / bins;
    return strategy === "uniform" ? share : quantile(sorted, share);
  });
  const sums = Array.from({ length: bins }, () => ({ rows: 0, predicted: 0, positive: 0 }));
  for (let row = 0; row < truth.length; row++) {
    const bin = sums[edges.filter((edge) => edge < probabilities[row]).length];
    bin.rows++;
    bin.predicted += probabilities[row];
    bin.positive += truth[row];
  }
  const filled = sums.filter(({ rows }) => rows > 0);
  return {
    predicted: filled.map(({ predicted, rows }) => predicted / rows),
    observed: filled.map(({ positive, rows }) => positive / rows),
    rows: filled.map(({ rows }) => rows),
  };
}

/** The value below which that share of the numbers lies, between neighbours by a straight line (NumPy's default). */
function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const low = Math.floor(place);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low] + (sorted[high] - sorted[low]) * (place - low);
}

/**
 * Share of rows whose class is among the k with the largest scores. Of equal scores the first classes come first, so that
 * k = 1 is the accuracy of `argmaxRows` (sklearn.metrics.top_k_accuracy_score takes the last; without ties it is the same).
 *
 * @param truth - [rows], class indices
 * @param scores - [rows, classes], row-major
 * @throws ArgumentError when k isn't a positive integer or the scores aren't whole rows of two or more
 * @throws DataError when there are no rows, a label is out of range or a score isn't finite
 */
export function topKAccuracy(truth: ArrayLike<number>, scores: ArrayLike<number>, k: number): number {
  if (!Number.isSafeInteger(k) || k < 1) {
    throw new ArgumentError(
      `topKAccuracy: k must be a positive integer, got ${shown(k)}. Pass how many classes may be named.`,
    );
  }
  const classes = checkScoreRows("topKAccuracy", truth, scores);
  let correct = 0;
  for (let row = 0; row < truth.length; row++) {
    const right = scores[row * classes + truth[row]];
    let ahead = 0;
    for (let label = 0; label < classes; label++) {
      const score = scores[row * classes + label];
      if (score > right || (score === right && label < truth[row])) ahead++;
    }
    if (ahead < k) correct++;
  }
  return correct / truth.length;
}
