import { type Language, numbersIn, textsIn } from "../language/index.js";
import {
  type ClassificationReport,
  classificationReport,
  type Interval,
  logLoss,
  type RegressionReport,
  regressionReport,
  rocAuc,
  rocAucOneVsRest,
  wilsonInterval,
} from "../metrics/index.js";
import { r2Interval } from "./intervals.js";
import type { ClassPredictions, LabelPredictions, Run, ValuePredictions } from "./run.js";

/** Quality of predictions beside a baseline; each page is written from one of these. */
export type Assessment = ClassAssessment | LabelAssessment | ValueAssessment;

export interface ClassAssessment {
  task: "classes";
  predictions: ClassPredictions;
  report: ClassificationReport;
  correct: number;
  rows: number;
  interval: Interval;
  /** Score of always guessing the most frequent class of the training part, and that class. */
  baseline: { share: number; name: string };
  /** Area under the ROC curve; of several classes the mean. NaN where a class is absent. */
  auc?: number;
  logLoss?: number;
}

export interface LabelAssessment {
  task: "labels";
  predictions: LabelPredictions;
  labels: { name: string; precision: number; recall: number; f1: number; support: number }[];
  macroF1: number;
  /** Rows of which every label is right. */
  correct: number;
  rows: number;
  interval: Interval;
  baseline: { share: number };
}

export interface ValueAssessment {
  task: "values";
  predictions: ValuePredictions;
  targets: (RegressionReport & { name: string; baseline: number; bias: number; biasError: number })[];
  rows: number;
  /** Of the first target's R². */
  interval: Interval;
}

/** The number that leads the page, as text: "83.2%", "R² 0.988". */
export interface Headline {
  value: string;
  /** Of what: "accuracy on rows held out". */
  label: string;
  sentence: string;
  facts: { name: string; value: string }[];
}

/** Assesses a run's predictions. @returns undefined where it has none, or no rows */
export function assess(run: Run): Assessment | undefined {
  const { predictions } = run;
  if (!predictions) return undefined;
  if (predictions.task === "classes") return predictions.truth.length > 0 ? assessClasses(run, predictions) : undefined;
  if (predictions.task === "labels") return predictions.truth.length > 0 ? assessLabels(predictions) : undefined;
  return predictions.targets[0]?.truth.length > 0 ? assessValues(predictions) : undefined;
}

function assessClasses(run: Run, predictions: ClassPredictions): ClassAssessment {
  const { truth, predicted, classNames, probabilities } = predictions;
  const rows = truth.length;
  const report = classificationReport(truth, predicted, { classNames });
  const correct = Math.round(report.accuracy * rows);
  const counts = run.data?.frequencies?.train ?? report.classes.map(({ support }) => support);
  const commonest = counts.indexOf(Math.max(...counts));
  return {
    task: "classes",
    predictions,
    report,
    correct,
    rows,
    interval: wilsonInterval(correct, rows),
    baseline: { share: report.classes[commonest].support / rows, name: classNames[commonest] },
    ...(probabilities && {
      auc: probabilities.length === rows ? rocAuc(truth, probabilities) : rocAucOneVsRest(truth, probabilities).macro,
      logLoss: logLoss(truth, probabilities),
    }),
  };
}

function assessLabels(predictions: LabelPredictions): LabelAssessment {
  const { truth, probabilities, labelNames } = predictions;
  const width = labelNames.length;
  const rows = truth.length / width;
  const isYes = (i: number) => Number(probabilities[i] > 0.5);
  const labels = labelNames.map((name, label) => {
    const own = Array.from({ length: rows }, (_, row) => row * width + label);
    const report = classificationReport(
      own.map((i) => truth[i]),
      own.map(isYes),
      { classes: 2 },
    );
    const { precision, recall, f1, support } = report.classes[1];
    return { name, precision, recall, f1, support };
  });
  const isRight = (says: (i: number) => number) =>
    Array.from({ length: rows }, (_, row) =>
      labels.every((_, label) => truth[row * width + label] === says(row * width + label)),
    );
  const commonest = labels.map(({ support }) => Number(support > rows / 2));
  const correct = isRight(isYes).filter(Boolean).length;
  return {
    task: "labels",
    predictions,
    labels,
    macroF1: labels.reduce((sum, { f1 }) => sum + f1, 0) / width,
    correct,
    rows,
    interval: wilsonInterval(correct, rows),
    baseline: { share: isRight((i) => commonest[i % width]).filter(Boolean).length / rows },
  };
}

function assessValues(predictions: ValuePredictions): ValueAssessment {
  const [{ truth, predicted }] = predictions.targets;
  return {
    task: "values",
    predictions,
    rows: truth.length,
    interval: r2Interval(truth, predicted),
    targets: predictions.targets.map(({ name, truth, predicted }) => {
      const rows = truth.length;
      const mean = (of: (row: number) => number) => {
        let sum = 0;
        for (let row = 0; row < rows; row++) sum += of(row);
        return sum / rows;
      };
      const average = mean((row) => truth[row]);
      const bias = mean((row) => predicted[row] - truth[row]);
      return {
        name,
        ...regressionReport(truth, predicted),
        baseline: Math.sqrt(mean((row) => (truth[row] - average) ** 2)),
        bias,
        biasError: Math.sqrt(mean((row) => (predicted[row] - truth[row] - bias) ** 2) / rows),
      };
    }),
  };
}

/** The first screen's number and sentence. */
export function headlineOf(assessment: Assessment, language: Language): Headline {
  const { page, scores, parts } = textsIn(language);
  const numbers = numbersIn(language);
  const part = page.onPart(parts[assessment.predictions.part], assessment.predictions.part);
  const rows = { name: page.rows, value: numbers.count(assessment.rows) };
  if (assessment.task === "classes") {
    const { report, correct, interval, baseline, auc, logLoss } = assessment;
    return {
      value: numbers.percent(report.accuracy),
      label: page.scoreOn(scores.accuracy, part),
      sentence: page.rightRows({
        correct: numbers.count(correct),
        rows: numbers.count(assessment.rows),
        low: numbers.percent(interval.low),
        high: numbers.percent(interval.high),
        baseline: numbers.percent(baseline.share),
        commonest: baseline.name,
      }),
      facts: [
        { name: page.macroF1, value: numbers.fixed(report.macro.f1, 3) },
        ...(auc === undefined || Number.isNaN(auc) ? [] : [{ name: page.auc, value: numbers.fixed(auc, 3) }]),
        ...(logLoss === undefined ? [] : [{ name: page.logLoss, value: numbers.fixed(logLoss, 3) }]),
        rows,
      ],
    };
  }
  if (assessment.task === "labels") {
    const { correct, interval, baseline, macroF1, labels } = assessment;
    return {
      value: numbers.percent(correct / assessment.rows),
      label: page.scoreOn(page.wholeRows, part),
      sentence: page.rightLabels({
        correct: numbers.count(correct),
        rows: numbers.count(assessment.rows),
        low: numbers.percent(interval.low),
        high: numbers.percent(interval.high),
        baseline: numbers.percent(baseline.share),
      }),
      facts: [
        { name: page.macroF1, value: numbers.fixed(macroF1, 3) },
        { name: page.labels, value: numbers.count(labels.length) },
        rows,
      ],
    };
  }
  const [first] = assessment.targets;
  return {
    value: numbers.fixed(first.r2, 3),
    label: page.scoreOn(scores.r2, part),
    sentence: page.offBy({
      rmse: numbers.short(first.rmse),
      baseline: numbers.short(first.baseline),
      low: numbers.fixed(assessment.interval.low, 3),
      high: numbers.fixed(assessment.interval.high, 3),
      target: first.name,
    }),
    facts: [
      { name: page.rmse, value: numbers.short(first.rmse) },
      { name: page.mae, value: numbers.short(first.mae) },
      rows,
    ],
  };
}
