import { ArgumentError } from "../core/errors.js";
import type { Better } from "../core/monitor.js";
import { sameShape } from "../core/shape.js";
import type { Tensor } from "../graph/tensor.js";
import type { Loss } from "../losses/index.js";
import { eachRow, logitsOf } from "../losses/tokens.js";
import { correct } from "../ops/batch.js";
import { abs, equal, greater, square, sub } from "../ops/elementwise.js";
import { mean } from "../ops/reduce.js";

/** Inputs of a metric: outputs [batch, outputs] and their targets. */
export interface MetricInputs {
  /** [batch, ...output], what the model puts out. */
  outputs: Tensor;
  /** Class indices [batch] u32, or floats [batch, outputs]. */
  targets: Tensor;
  /** The right output of each row, [batch] u32, or of each of its tokens, [batch, time], where one of several is; for metrics that ask for it. */
  classes: Tensor | undefined;
  loss: Loss;
}

/**
 * A metric that is summed up on the device while an epoch runs: the (weighted) mean over the rows of a value per row, in
 * ops. A saved model keeps the metrics that were asked for by name; others must be given to its Trainer again. Reports
 * that need all predictions at once are functions of src/metrics.
 */
export interface Metric {
  readonly name: string;
  /** Which way it gets better; what watches a metric that doesn't say must be told. */
  readonly better?: Better;
  /** Asks for the right output of each row: it can be had of classes. Else of numbers only. */
  readonly needsClasses?: boolean;
  /** The value of each row, [batch]. */
  perRow(inputs: MetricInputs): Tensor;
  /** The value of each target, [batch, targets], whose mean is the row's: for losses that leave single targets out. */
  elements?(inputs: MetricInputs): Tensor;
  /** The metric from the mean of its values; the mean itself where absent. */
  finish?(mean: number): number;
}

/** A metric that compares a number with each target. */
function comparing(name: string, compare: (estimates: Tensor, targets: Tensor, loss: Loss) => Tensor) {
  const elements = ({ outputs, targets, loss }: MetricInputs) => {
    const estimates = loss.estimate?.(outputs) ?? outputs;
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

const builtIn: Record<string, Omit<Metric, "name">> = {
  /**
   * Share of right answers: where one output of several is the right one, rows in which it is the largest; else outputs
   * whose probability lies on the same side of a half (or of the loss's boundary) as the target.
   */
  accuracy: {
    better: "higher",
    needsClasses: true,
    ...answers,
    perRow: (inputs) => (inputs.classes ? eachRow(correctTokens(inputs)) : answers.perRow(inputs)),
    elements: (inputs) => (inputs.classes ? correctTokens(inputs) : answers.elements(inputs)),
  },
  meanSquaredError: { better: "lower", ...comparing("meanSquaredError", squaredError) },
  rootMeanSquaredError: { better: "lower", ...comparing("rootMeanSquaredError", squaredError), finish: Math.sqrt },
  meanAbsoluteError: { better: "lower", ...comparing("meanAbsoluteError", (y, t) => abs(sub(y, t))) },
};

const metrics = new Map(Object.entries(builtIn).map(([name, metric]): [string, Metric] => [name, { name, ...metric }]));

/** A metric by its name, or as it is. @throws ArgumentError when there is no such metric */
export function metricOf(metric: string | Metric): Metric {
  if (typeof metric === "object") return metric;
  const found = metrics.get(metric);
  if (found) return found;
  throw new ArgumentError(`metrics: there is no "${metric}"; use ${[...metrics.keys()].join(", ")} or topK(k).`);
}

/** Whether a metric can be asked for by its name, as a saved model does. */
export const isBuiltIn = (metric: Metric): boolean => metrics.get(metric.name) === metric;
