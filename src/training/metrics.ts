import { ArgumentError } from "../core/errors.js";
import type { Better } from "../core/monitor.js";
import { didYouMean } from "../core/options.js";
import type { Tensor } from "../graph/tensor.js";
import type { Loss } from "../losses/index.js";

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
  /** The way in which the metric gets better; what watches one that doesn't say must be told. */
  readonly better?: Better;
  /** Asks for the right output of each row: it can be had of classes. Else of numbers only. */
  readonly needsClasses?: boolean;
  /** The value of each row, [batch]. */
  perRow(inputs: MetricInputs): Tensor;
  /** The value of each target, [batch, targets], whose mean is the row's: for losses that leave single targets out. */
  elements?(inputs: MetricInputs): Tensor;
  /** The metric from the mean of its values; the mean itself where absent. */
  finish?(mean: number): number;
  /**
   * The metric from the mean of the values of each target, [targets], and the variance of the targets, [targets]: both over
   * all rows that are scored, however they are cut into batches. The values are those of `elements`.
   */
  finishTargets?(means: readonly number[], variances: readonly number[]): number;
}

/** Metrics by name; what they are made of is in metric-formulas.ts, loaded with the first training that has one. */
const builtIn: Record<string, Pick<Metric, "better" | "needsClasses">> = {
  accuracy: { better: "higher", needsClasses: true },
  subsetAccuracy: { better: "higher", needsClasses: true },
  perplexity: { better: "lower", needsClasses: true },
  r2: { better: "higher" },
  meanSquaredError: { better: "lower" },
  rootMeanSquaredError: { better: "lower" },
  meanAbsoluteError: { better: "lower" },
};

/** Metrics that can be asked for by name. */
export const metrics = new Map(Object.entries(builtIn).map(([name, says]) => [name, { name, ...says } as Metric]));

/** A metric by its name, or as it is. @throws ArgumentError when there is no such metric */
export function metricOf(metric: string | Metric): Metric {
  if (typeof metric === "object") return metric;
  const found = metrics.get(metric);
  if (found) return found;
  const known = [...metrics.keys()];
  throw new ArgumentError(
    `metrics: there is no "${metric}"; use ${known.join(", ")} or topK(k).${didYouMean(metric, known)}`,
  );
}

/** Whether a metric can be asked for by its name, as a saved model does. */
export const isBuiltIn = (metric: Metric): boolean => metrics.get(metric.name) === metric;
