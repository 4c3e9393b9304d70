// Every metric against its definition written naively, on random rows with ties and absent classes.
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  accuracy,
  argmaxRows,
  averagePrecision,
  brierScore,
  calibrationCurve,
  classificationReport,
  confusionMatrix,
  f1,
  logLoss,
  precision,
  precisionRecallCurve,
  recall,
  rocAuc,
  rocAucOneVsRest,
  rocCurve,
  topKAccuracy,
} from "../../src/metrics/index.js";

const RUNS = { numRuns: 300, seed: 20261122 };
const near = (actual: number, expected: number) => {
  if (Number.isNaN(expected)) expect(actual).toBeNaN();
  else expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(expected)));
};
const count = (length: number, holds: (row: number) => boolean) =>
  Array.from({ length }, (_, row) => row).filter(holds).length;
const share = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);

/** Labels of up to 5 classes, some of which may never occur. */
const labelPairs = fc
  .integer({ min: 1, max: 5 })
  .chain((classes) =>
    fc
      .array(fc.tuple(fc.nat(classes - 1), fc.nat(classes - 1)), { minLength: 1, maxLength: 40 })
      .map((pairs) => ({ classes, truth: pairs.map(([t]) => t), predicted: pairs.map(([, p]) => p) })),
  );

test("precision, recall, F1, accuracy and the confusion matrix", () => {
  fc.assert(
    fc.property(labelPairs, ({ classes, truth, predicted }) => {
      const rows = truth.length;
      const matrix = confusionMatrix(truth, predicted, classes);
      const report = classificationReport(truth, predicted, { classes });
      const own = { precision: [] as number[], recall: [] as number[], f1: [] as number[] };
      const supports: number[] = [];
      for (let label = 0; label < classes; label++) {
        const tp = count(rows, (row) => truth[row] === label && predicted[row] === label);
        const fp = count(rows, (row) => truth[row] !== label && predicted[row] === label);
        const fn = count(rows, (row) => truth[row] === label && predicted[row] !== label);
        own.precision.push(share(tp, tp + fp));
        own.recall.push(share(tp, tp + fn));
        own.f1.push(share(2 * tp, 2 * tp + fp + fn));
        supports.push(tp + fn);
        for (let other = 0; other < classes; other++) {
          expect(matrix[label][other]).toBe(count(rows, (row) => truth[row] === label && predicted[row] === other));
        }
      }
      const hits = count(rows, (row) => truth[row] === predicted[row]) / rows;
      near(accuracy(truth, predicted), hits);
      for (const [name, score] of Object.entries({ precision, recall, f1 })) {
        const values = own[name as keyof typeof own];
        score(truth, predicted, { classes, average: "perClass" }).forEach((value, label) => {
          near(value, values[label]);
          near(report.classes[label][name as keyof typeof own], values[label]);
        });
        near(score(truth, predicted, { classes }), values.reduce((a, b) => a + b) / classes);
        const weighted = values.reduce((sum, value, label) => sum + value * supports[label], 0) / rows;
        near(score(truth, predicted, { classes, average: "weighted" }), weighted);
        near(score(truth, predicted, { classes, average: "micro" }), hits);
      }
    }),
    RUNS,
  );
});

/** Scores of few different values: most are tied. */
const scored = fc
  .array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 8 })), { minLength: 1, maxLength: 40 })
  .map((rows) => ({ truth: rows.map(([t]) => Number(t)), scores: rows.map(([, s]) => s / 8) }));

test("ROC, its area, precision-recall and average precision", () => {
  fc.assert(
    fc.property(scored, ({ truth, scores }) => {
      const rows = truth.length;
      const positives = count(rows, (row) => truth[row] === 1);
      const negatives = rows - positives;
      const thresholds = [...new Set(scores)].sort((a, b) => b - a);
      const tp = thresholds.map((limit) => count(rows, (row) => truth[row] === 1 && scores[row] >= limit));
      const fp = thresholds.map((limit) => count(rows, (row) => truth[row] === 0 && scores[row] >= limit));

      const roc = rocCurve(truth, scores);
      expect(roc.thresholds).toEqual([Infinity, ...thresholds]);
      [0, ...tp].forEach((hits, i) => {
        near(roc.truePositiveRate[i], hits / positives);
      });
      [0, ...fp].forEach((misses, i) => {
        near(roc.falsePositiveRate[i], misses / negatives);
      });

      let wins = 0;
      for (let a = 0; a < rows; a++) {
        for (let b = 0; b < rows; b++) {
          if (truth[a] === 1 && truth[b] === 0) wins += scores[a] > scores[b] ? 1 : scores[a] === scores[b] ? 0.5 : 0;
        }
      }
      near(rocAuc(truth, scores), wins / (positives * negatives));

      const curve = precisionRecallCurve(truth, scores);
      expect(curve.thresholds).toEqual([...thresholds].reverse());
      thresholds.forEach((_, i) => {
        const place = thresholds.length - 1 - i;
        near(curve.precision[place], tp[i] / (tp[i] + fp[i]));
        near(curve.recall[place], positives === 0 ? 1 : tp[i] / positives);
      });
      expect([curve.precision.at(-1), curve.recall.at(-1)]).toEqual([1, 0]);
      const steps = tp.map((hits, i) => ((hits - (tp[i - 1] ?? 0)) / positives) * (hits / (hits + fp[i])));
      near(averagePrecision(truth, scores), positives === 0 ? 0 : steps.reduce((a, b) => a + b));
    }),
    RUNS,
  );
});

/** Rows of scores for 2 to 5 classes, of few different values. */
const rowsOfScores = fc.integer({ min: 2, max: 5 }).chain((classes) =>
  fc
    .array(fc.tuple(fc.nat(classes - 1), fc.array(fc.nat(6), { minLength: classes, maxLength: classes })), {
      minLength: 1,
      maxLength: 25,
    })
    .map((rows) => ({ classes, truth: rows.map(([t]) => t), scores: rows.map(([, s]) => s) })),
);

test("top-k accuracy and one-vs-rest areas", () => {
  fc.assert(
    fc.property(rowsOfScores, fc.integer({ min: 1, max: 6 }), ({ classes, truth, scores }, k) => {
      const ranked = scores.map((row) => row.map((score, label) => ({ score, label })));
      for (const row of ranked) row.sort((a, b) => b.score - a.score || a.label - b.label);
      const hits = count(truth.length, (row) => ranked[row].slice(0, k).some(({ label }) => label === truth[row]));
      near(topKAccuracy(truth, scores.flat(), k), hits / truth.length);
      near(
        topKAccuracy(truth, scores.flat(), 1),
        accuracy(truth, argmaxRows(Float32Array.from(scores.flat()), classes)),
      );

      const areas = rocAucOneVsRest(truth, scores.flat());
      for (let label = 0; label < classes; label++) {
        const isLabel = truth.map((t) => Number(t === label));
        near(
          areas.perClass[label],
          rocAuc(
            isLabel,
            scores.map((row) => row[label]),
          ),
        );
      }
      near(areas.macro, areas.perClass.reduce((a, b) => a + b) / classes);
    }),
    RUNS,
  );
});

test("log loss, Brier score and calibration", () => {
  fc.assert(
    fc.property(rowsOfScores, fc.integer({ min: 1, max: 12 }), ({ classes, truth, scores }, bins) => {
      const rows = truth.length;
      const probabilities = scores.map((row) => {
        const total = row.reduce((a, b) => a + b);
        return row.map((score) => (total === 0 ? 1 / classes : score / total));
      });
      const epsilon = 2 ** -52;
      const held = (p: number) => Math.min(Math.max(p, epsilon), 1 - epsilon);
      const losses = probabilities.map((row, i) => -Math.log(held(row[truth[i]])));
      near(logLoss(truth, probabilities.flat()), losses.reduce((a, b) => a + b) / rows);
      const squares = probabilities.map((row, i) => row.map((p, label) => (p - Number(label === truth[i])) ** 2));
      const sum = squares.flat().reduce((a, b) => a + b) / rows;
      near(brierScore(truth, probabilities.flat()), classes === 2 ? sum / 2 : sum);

      const isFirst = truth.map((t) => Number(t === 0));
      const first = probabilities.map((row) => row[0]);
      near(brierScore(isFirst, first), first.reduce((total, p, i) => total + (p - isFirst[i]) ** 2, 0) / rows);
      const curve = calibrationCurve(isFirst, first, { bins });
      const filled: { p: number[]; t: number[] }[] = [];
      for (let bin = 0; bin < bins; bin++) {
        const inside = (p: number) => (bin === 0 || p > bin / bins) && (bin === bins - 1 || p <= (bin + 1) / bins);
        const members = first.map((p, i) => ({ p, t: isFirst[i] })).filter(({ p }) => inside(p));
        if (members.length > 0) filled.push({ p: members.map(({ p }) => p), t: members.map(({ t }) => t) });
      }
      expect(curve.rows).toEqual(filled.map(({ p }) => p.length));
      filled.forEach(({ p, t }, i) => {
        near(curve.predicted[i], p.reduce((a, b) => a + b) / p.length);
        near(curve.observed[i], t.reduce((a, b) => a + b) / t.length);
      });
    }),
    RUNS,
  );
});
