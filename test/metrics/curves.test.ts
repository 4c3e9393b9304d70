import { describe, expect, test } from "vitest";
import { ArgumentError, DataError } from "../../src/core/errors.js";
import {
  averagePrecision,
  brierScore,
  calibrationCurve,
  f1,
  logLoss,
  meanAbsolutePercentageError,
  precision,
  precisionRecallCurve,
  recall,
  rocAuc,
  rocAucOneVsRest,
  rocCurve,
  topKAccuracy,
} from "../../src/metrics/index.js";
import { flat, type Golden, readGolden } from "../golden/read.js";
import { expectClose } from "./close.js";

interface GoldenReport {
  classes: number;
  truth: number[];
  predicted: number[];
  report: Record<string, Record<string, number>>;
}

const golden = readGolden<Record<string, unknown>>("metrics");
const CLASSIFICATION = ["three classes", "ten classes, two never predicted", "one class absent from truth"];

test("the golden file's 5 cases are those of classification, regression and these curves", () => {
  expect(Object.keys(golden)).toEqual([...CLASSIFICATION, "roc with tied scores", "regression"]);
});

test.each(CLASSIFICATION)("precision, recall and F1 of %s: as scikit-learn", (name) => {
  const { classes, truth, predicted, report } = golden[name] as GoldenReport;
  const scores = { precision, recall, "f1-score": f1 };
  for (const [key, score] of Object.entries(scores)) {
    expectClose(score(truth, predicted, { classes }), report["macro avg"][key]);
    expectClose(score(truth, predicted, { classes, average: "weighted" }), report["weighted avg"][key]);
    expectClose(score(truth, predicted, { classes, average: "micro" }), report.accuracy as unknown as number);
    const perClass = score(truth, predicted, { classes, average: "perClass" });
    perClass.forEach((value, label) => {
      expectClose(value, report[label][key]);
    });
    expect(perClass).toHaveLength(classes);
  }
});

test("ROC with tied scores: as scikit-learn", () => {
  type Roc = { truth: number[]; scores: number[]; fpr: Golden; tpr: Golden; thresholds: Golden };
  const expected = golden["roc with tied scores"] as Roc & { auc: number; averagePrecision: number };
  const { truth, scores } = expected;
  const curve = rocCurve(truth, scores);
  expect(curve.thresholds).toEqual(flat(expected.thresholds));
  flat(expected.fpr).forEach((rate, i) => {
    expectClose(curve.falsePositiveRate[i], rate);
  });
  flat(expected.tpr).forEach((rate, i) => {
    expectClose(curve.truePositiveRate[i], rate);
  });
  expect(curve.falsePositiveRate).toHaveLength(12);
  expectClose(rocAuc(truth, scores), expected.auc);
  expectClose(averagePrecision(truth, scores), expected.averagePrecision);
});

// The examples of scikit-learn's documentation, with the values that it prints.
describe("scikit-learn's examples", () => {
  const truth = [0, 0, 1, 1];
  const scores = [0.1, 0.4, 0.35, 0.8];

  test("roc_curve and roc_auc_score", () => {
    expect(rocCurve(truth, scores)).toEqual({
      falsePositiveRate: [0, 0, 0.5, 0.5, 1],
      truePositiveRate: [0, 0.5, 0.5, 1, 1],
      thresholds: [Infinity, 0.8, 0.4, 0.35, 0.1],
    });
    expect(rocAuc(truth, scores)).toBe(0.75);
  });

  test("precision_recall_curve and average_precision_score", () => {
    const { precision: share, recall: found, thresholds } = precisionRecallCurve(truth, scores);
    expect(share).toEqual([0.5, 2 / 3, 0.5, 1, 1]);
    expect(found).toEqual([1, 1, 0.5, 0.5, 0]);
    expect(thresholds).toEqual([0.1, 0.35, 0.4, 0.8]);
    expectClose(averagePrecision(truth, scores), 5 / 6);
  });

  test("log_loss", () => {
    const spam = [0.1, 0.9, 0.9, 0.1, 0.8, 0.2, 0.35, 0.65];
    expect(logLoss([1, 0, 0, 1], spam)).toBeCloseTo(0.21616, 5);
    expectClose(logLoss([1, 0, 0, 1], [0.9, 0.1, 0.2, 0.65]), logLoss([1, 0, 0, 1], spam));
  });

  test("brier_score_loss", () => {
    expectClose(brierScore([0, 1, 1, 0], [0.1, 0.9, 0.8, 0.3]), 0.0375);
    expectClose(brierScore([0, 1, 1, 0], [0.9, 0.1, 0.1, 0.9, 0.2, 0.8, 0.7, 0.3]), 0.0375);
  });

  test("calibration_curve", () => {
    const { observed, predicted, rows } = calibrationCurve(
      [0, 0, 0, 0, 1, 1, 1, 1, 1],
      [0.1, 0.2, 0.3, 0.4, 0.65, 0.7, 0.8, 0.9, 1],
      { bins: 3 },
    );
    expect(observed).toEqual([0, 0.5, 1]);
    [0.2, 0.525, 0.85].forEach((value, i) => {
      expectClose(predicted[i], value);
    });
    expect(rows).toEqual([3, 2, 4]);
  });

  test("top_k_accuracy_score", () => {
    const labels = [0, 1, 2, 2];
    const values = [0.5, 0.2, 0.2, 0.3, 0.4, 0.2, 0.2, 0.4, 0.3, 0.7, 0.2, 0.1];
    expect(topKAccuracy(labels, values, 2)).toBe(0.75);
    expect(topKAccuracy(labels, values, 1)).toBe(0.5);
    expect(topKAccuracy(labels, values, 3)).toBe(1);
  });

  test("mean_absolute_percentage_error", () => {
    expectClose(meanAbsolutePercentageError([3, -0.5, 2, 7], [2.5, 0, 2, 8]), 0.3273809523809524);
    expectClose(meanAbsolutePercentageError([1, 0, 2.4, 7], [1.2, 0.1, 2.4, 8]), 112589990684262.48);
  });
});

describe("documented edges", () => {
  test("no positives, no negatives", () => {
    expect(rocAuc([0, 0], [0.1, 0.2])).toBeNaN();
    expect(rocAuc([1, 1], [0.1, 0.2])).toBeNaN();
    expect(rocCurve([0, 0], [0.1, 0.2]).truePositiveRate).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect(rocCurve([1, 1], [0.1, 0.2]).falsePositiveRate).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect(averagePrecision([0, 0], [0.1, 0.2])).toBe(0);
    expect(precisionRecallCurve([0, 0], [0.1, 0.2])).toEqual({
      precision: [0, 0, 1],
      recall: [1, 1, 0],
      thresholds: [0.1, 0.2],
    });
    const { perClass, macro } = rocAucOneVsRest([0, 1, 0], [0.8, 0.1, 0.1, 0.1, 0.8, 0.1, 0.6, 0.2, 0.2]);
    expect(perClass).toEqual([1, 1, Number.NaN]);
    expect(macro).toBeNaN();
  });

  test("certain and wrong: probabilities are held off 0 and 1", () => {
    expectClose(logLoss([1], [0]), 52 * Math.LN2);
    expectClose(logLoss([1], new Float32Array([0])), 23 * Math.LN2);
    expectClose(logLoss([0, 1], [0, 1, 0, 1]), logLoss([1, 0], [1, 1]));
    expect(logLoss([1, 0], [1, 0])).toBeLessThan(1e-15);
  });

  test("all scores equal: chance", () => {
    expect(rocAuc([0, 1, 1, 0, 0], [0.5, 0.5, 0.5, 0.5, 0.5])).toBe(0.5);
    expect(averagePrecision([0, 1, 1, 0, 0], [0.5, 0.5, 0.5, 0.5, 0.5])).toBe(0.4);
  });

  test("quantile bins hold as many rows each", () => {
    const probabilities = [0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.9, 0.95];
    expect(calibrationCurve([0, 0, 0, 0, 1, 0, 1, 1], probabilities, { bins: 4, strategy: "quantile" }).rows).toEqual([
      2, 2, 2, 2,
    ]);
  });
});

test.each<[string, () => unknown, new (message: string) => Error, RegExp]>([
  ["lengths", () => rocAuc([0, 1], [0.5]), ArgumentError, /truth has 2 rows and predicted has 1/],
  ["no rows", () => averagePrecision([], []), DataError, /there are no rows/],
  ["labels", () => rocCurve([0, 2], [0.1, 0.2]), DataError, /truth\[1\] is 2, but labels must be 0 \(no\) or 1/],
  ["NaN", () => rocAuc([0, 1], [0.1, Number.NaN]), DataError, /is NaN/],
  ["probabilities", () => brierScore([0, 1], [0.5, 1.5]), DataError, /probability 1 is 1.5/],
  ["logits", () => logLoss([0], [3, -1]), DataError, /Pass numbers in \[0, 1\]/],
  ["part rows", () => topKAccuracy([0, 1], [1, 2, 3], 1), ArgumentError, /3 scores for 2 rows/],
  ["a label past the scores", () => rocAucOneVsRest([0, 2], [1, 2, 3, 4]), DataError, /integers from 0 to 1/],
  ["k", () => topKAccuracy([0], [1, 2], 0), ArgumentError, /k must be a positive integer/],
  ["bins", () => calibrationCurve([0], [0.5], { bins: 0 }), ArgumentError, /bins must be a positive integer/],
  ["average", () => f1([0], [0], { classes: 1, average: "binary" as never }), ArgumentError, /average must be one of/],
])("refuses wrong %s", (_, call, kind, message) => {
  expect(call).toThrow(kind);
  expect(call).toThrow(message);
});
