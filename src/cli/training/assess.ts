import { type Dataset, exactOf } from "../../data/index.js";
import {
  argmaxRows,
  type ClassificationReport,
  classificationReport,
  confusionMatrix,
  formatClassificationReport,
  formatConfusionMatrix,
  formatRegressionReport,
  type Prediction,
  type RegressionReport,
  type ReportTextOptions,
  regressionReport,
  rocAuc,
  rocAucOneVsRest,
  type Trainer,
} from "../../index.js";
import { score, short } from "../text/numbers.js";
import { assessTokens, type TokenReport } from "./assess-tokens.js";
import { type TargetScale, unscaleTarget } from "./parts.js";
import type { Plan } from "./plan.js";
import type { Trained } from "./train.js";

/** Quality of a model on some rows. */
export interface Assessment {
  /** { loss, accuracy }, or { loss, r2, mse, rmse, mae }: the loss as trained; the others in the target's own units, without row weights. */
  scores: { loss: number } & Record<string, number>;
  /** The report, and for classes confusion matrix and area under the ROC curve, for programs. */
  details: Details;
  /** Class index of each row, or its number in the target's own units; of several targets [rows, targets]; none of tokens. */
  truth: ArrayLike<number>;
  /** The same as the model predicts it. */
  predicted: ArrayLike<number>;
  /** Names of several targets. */
  targetNames?: readonly string[];
  /** [rows, outputs] as the loss takes them: probabilities for most; undefined for numbers. */
  outputs: Float32Array | undefined;
  /** The report, as text of several lines. */
  report: string;
  /** The scores, as one line. */
  line: string;
}

/** The report of a classification, of a regression, or of a text's tokens. */
export type Details =
  | {
      report: ClassificationReport;
      /** [classes, classes], a row for each true class. */
      confusionMatrix: number[][];
      /** Of more than two classes the mean of each against the rest; NaN where a class has no rows. */
      rocAuc: number;
    }
  | {
      /** Of several targets the means over them, as scikit-learn's "uniform_average". */
      report: RegressionReport;
      /** The report of each of several targets. */
      targets?: readonly (RegressionReport & { name: string })[];
    }
  | { report: TokenReport };

/** A wider matrix doesn't fit on a screen. */
const MOST_CLASSES_SHOWN = 20;

/** Class indices from what a model puts out: the largest of several, or which side of the boundary a single one is on. */
export async function predictClasses(trainer: Trainer, features: Float32Array): Promise<Uint32Array> {
  const outputs = trainer.model.output[0];
  const { values }: Prediction = await trainer.predict(features, { probabilities: outputs === 1 });
  if (outputs > 1) return argmaxRows(values, outputs);
  const boundary = (await trainer.training(false)).loss?.boundary ?? 0.5;
  return Uint32Array.from(values, (value) => Number(value > boundary));
}

/** Evaluates a trained model on one part of its data. */
export const assessPart = (
  { trainer }: Trained,
  plan: Plan,
  part: "train" | "validation" | "test",
  options: ReportTextOptions = {},
): Promise<Assessment> => assess(trainer, plan.parts[part]!, plan.scaled[part]!, plan.target, options);

/**
 * Evaluates a model.
 *
 * @param data - rows as they are
 * @param scaled - the same rows as the model sees them
 */
export async function assess(
  trainer: Trainer,
  data: Dataset,
  scaled: Dataset,
  target: TargetScale | undefined,
  options: ReportTextOptions = {},
): Promise<Assessment> {
  if (!target && !data.classNames) return assessTokens(trainer, scaled);
  const { loss } = await trainer.evaluate(scaled);
  const { values } = await trainer.predict(scaled.features, { probabilities: true }); // rates, of counts
  if (target) {
    const truth = exactOf(data.labels);
    const predicted = unscaleTarget(values, target);
    const { report, targets, text } = reportOf(truth, predicted, target, options);
    return {
      scores: { loss, ...report },
      details: { report, ...(targets && { targets }) },
      truth,
      predicted,
      ...(targets && { targetNames: targets.map(({ name }) => name) }),
      outputs: undefined,
      report: text,
      line: `R² ${score(report.r2)}, RMSE ${short(report.rmse)}, loss ${score(loss)}`,
    };
  }
  const truth = data.labels;
  const names = data.classNames!;
  const predicted = await predictClasses(trainer, scaled.features);
  const report = classificationReport(truth, predicted, { classNames: names });
  const matrix = confusionMatrix(truth, predicted, names.length);
  const auc = areaUnderCurve(truth, values, names.length);
  const shownMatrix = names.length > MOST_CLASSES_SHOWN ? "" : `\n${formatConfusionMatrix(matrix, names)}`;
  const shownAuc = Number.isNaN(auc) ? "" : `\nROC AUC ${auc.toFixed(options.digits ?? 4)}\n`;
  return {
    scores: { loss, accuracy: report.accuracy },
    details: { report, confusionMatrix: matrix, rocAuc: auc },
    truth,
    predicted,
    outputs: values,
    report: formatClassificationReport(report, options) + shownMatrix + shownAuc,
    line: `accuracy ${score(report.accuracy)}, loss ${score(loss)}`,
  };
}

/** The report of one target; of several the means over them, and the report of each. */
function reportOf(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  { each }: TargetScale,
  options: ReportTextOptions,
): { report: RegressionReport; targets?: (RegressionReport & { name: string })[]; text: string } {
  if (!each) {
    const report = regressionReport(truth, predicted);
    return { report, text: formatRegressionReport(report, options) };
  }
  const column = (all: ArrayLike<number>, place: number) => Array.from(all).filter((_, i) => i % each.length === place);
  const targets = each.map(({ name }, i) => ({ name, ...regressionReport(column(truth, i), column(predicted, i)) }));
  const mean = (score: keyof RegressionReport) =>
    targets.reduce((sum, target) => sum + target[score], 0) / targets.length;
  const report = { r2: mean("r2"), mse: mean("mse"), rmse: mean("rmse"), mae: mean("mae") };
  const texts = targets.map(({ name, ...own }) => `${name}\n${formatRegressionReport(own, options)}`);
  return {
    report,
    targets,
    text: `${texts.join("\n")}\nmean of the targets\n${formatRegressionReport(report, options)}`,
  };
}

/** @param values - [rows, outputs], one output for yes or one for each class */
function areaUnderCurve(truth: ArrayLike<number>, values: Float32Array, classes: number): number {
  if (classes > 2) return rocAucOneVsRest(truth, values).macro;
  const isSingle = values.length === truth.length;
  return rocAuc(truth, isSingle ? values : Array.from(truth, (_, row) => values[2 * row + 1] - values[2 * row]));
}
