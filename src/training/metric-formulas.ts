import { ArgumentError } from "../core/errors.js";
import { sameShape } from "../core/shape.js";
import type { Tensor } from "../graph/tensor.js";
import type { Loss } from "../losses/index.js";
import { eachRow, logitsOf } from "../losses/places.js";
import { correct } from "../ops/batch.js";
import { abs, equal, greater, square, sub } from "../ops/elementwise.js";
import { mean, sum } from "../ops/reduce.js";
import { type Metric, type MetricInputs, metrics } from "./metrics.js";
import { perplexity } from "./perplexity.js";

/** A metric that compares a number with each target. */
function comparing(
  name: string,
  compare: (estimates: Tensor, targets: Tensor, loss: Loss) => Tensor,
  estimate: (outputs: Tensor, loss: Loss) => Tensor = (outputs) => outputs,
) {
  const elements = ({ outputs, targets, loss }: MetricInputs) => {
    const estimates = loss.estimate?.(outputs) ?? estimate(outputs, loss);
    if (!sameShape(estimates.shape, targets.shape)) {
      throw new ArgumentError(
        `metrics: "${name}" compares an output with each target, but there are ${outputs.shape[1]} outputs a row for ` +
          `${targets.shape[1]} targets. Leave it out, or write a metric of your own.`,
      );
    }
    return compare(estimates, targets, loss);
  };
  return { elements, perRow: (inputs: MetricInputs) => mean(elements(inputs), -1) };
}

const squaredError = (estimates: Tensor, targets: Tensor) => square(sub(estimates, targets));

/** Whether an output that means yes or no lies on the target's side. */
const answers = comparing("accuracy", (outputs, targets, loss) =>
  equal(greater(loss.probabilities(outputs), loss.boundary ?? 0.5), greater(targets, 0.5)),
);

/** Whether each row, or each of its tokens, is right. */
const correctTokens = ({ outputs, classes }: MetricInputs) => correct(logitsOf(outputs, classes!), classes!);

const formulasOf = ({ elements, perRow, finish }: Metric) => ({ elements, perRow, finish });

/** Formulas of the built-in metrics, by name. */
const formulas: Readonly<Record<string, Omit<Metric, "name" | "better" | "needsClasses">>> = {
  /**
   * Share of right answers: where one output of several is the right one, rows in which it is the largest; else outputs
   * whose probability lies on the same side of a half (or of the loss's boundary) as the target.
   */
  accuracy: {
    ...answers,
    perRow: (inputs) => (inputs.classes ? eachRow(correctTokens(inputs)) : answers.perRow(inputs)),
    elements: (inputs) => (inputs.classes ? correctTokens(inputs) : answers.elements(inputs)),
  },
  /** Share of rows that are right whole: all labels, or tokens, of several; of one class of several, as accuracy. */
  subsetAccuracy: {
    perRow(inputs) {
      const right = inputs.classes ? correctTokens(inputs) : answers.elements(inputs);
      return right.shape.length === 1 ? right : equal(sum(right, -1), right.shape[1]);
    },
  },
  /** See `perplexity`. */
  perplexity: formulasOf(perplexity()),
  /**
   * Coefficient of determination, 1 - Σ (y - t)² / Σ (t - mean t)² with sums over all rows of the epoch or data set, as
   * sklearn.metrics.r2_score; of several targets the mean of each one's.
   */
  r2: {
    ...comparing("r2", squaredError, (outputs, loss) => loss.probabilities(outputs)),
    finishTargets: (means, variances) =>
      means.reduce((all, mean, i) => all + (variances[i] ? 1 - mean / variances[i] : Number(mean === 0)), 0) /
      means.length,
  },
  meanSquaredError: comparing("meanSquaredError", squaredError),
  rootMeanSquaredError: { ...comparing("rootMeanSquaredError", squaredError), finish: Math.sqrt },
  meanAbsoluteError: comparing("meanAbsoluteError", (y, t) => abs(sub(y, t))),
};

/** Gives the built-in metrics what they are made of. */
export function completeMetrics(): void {
  for (const [name, metric] of metrics) Object.assign(metric, formulas[name]);
}
