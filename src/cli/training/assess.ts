import { type Dataset, exactOf } from "../../data/index.js";
import {
  argmaxRows,
  classificationReport,
  confusionMatrix,
  formatClassificationReport,
  formatConfusionMatrix,
  formatRegressionReport,
  type Prediction,
  regressionReport,
  type Trainer,
} from "../../index.js";
import { score, short } from "../text/numbers.js";
import { type TargetScale, unscaleTarget } from "./parts.js";
import type { Plan } from "./plan.js";
import type { Trained } from "./train.js";

/** How good a model is on some rows. */
export interface Assessment {
  /** { loss, accuracy }, or { loss, r2, mse, rmse, mae }: the loss as trained, the others in the target's own units and every row alike. */
  scores: { loss: number } & Record<string, number>;
  /** The report, as text of several lines. */
  report: string;
  /** The scores, as one line. */
  line: string;
}

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
): Promise<Assessment> => assess(trainer, plan.parts[part]!, plan.scaled[part]!, plan.target);

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
): Promise<Assessment> {
  const { loss } = await trainer.evaluate(scaled);
  if (target) {
    const { values } = await trainer.predict(scaled.features, { probabilities: true }); // rates, of counts
    const report = regressionReport(exactOf(data.labels), unscaleTarget(values, target));
    return {
      scores: { loss, ...report },
      report: formatRegressionReport(report),
      line: `R² ${score(report.r2)}, RMSE ${short(report.rmse)}, loss ${score(loss)}`,
    };
  }
  const predicted = await predictClasses(trainer, scaled.features);
  const names = data.classNames!;
  const report = classificationReport(data.labels, predicted, { classNames: names });
  const matrix = confusionMatrix(data.labels, predicted, names.length);
  return {
    scores: { loss, accuracy: report.accuracy },
    report:
      formatClassificationReport(report) +
      (names.length > MOST_CLASSES_SHOWN ? "" : `\n${formatConfusionMatrix(matrix, names)}`),
    line: `accuracy ${score(report.accuracy)}, loss ${score(loss)}`,
  };
}
