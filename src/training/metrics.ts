import { ArgumentError } from "../core/errors.js";
import type { Tensor } from "../graph/tensor.js";
import type { Loss } from "../losses/index.js";
import { correct } from "../ops/batch.js";
import { abs, equal, greater, square, sub } from "../ops/elementwise.js";
import { mean } from "../ops/reduce.js";

/*
 * Metrics that are summed up on the device while an epoch runs: a value per row, [batch], whose mean over the epoch's
 * rows is reported. Reports that need all predictions at once are in src/metrics.
 */
type PerRow = (outputs: Tensor, targets: Tensor, loss: Loss, classes: Tensor | undefined) => Tensor;

/**
 * Share of right answers: where one output of several is the right one, rows in which it is the largest; else outputs
 * whose probability lies on the same side of a half as the target.
 */
const accuracy: PerRow = (outputs, targets, loss, classes) =>
  classes
    ? correct(outputs, classes)
    : mean(equal(greater(loss.probabilities(outputs), 0.5), greater(targets, 0.5)), -1);

const metrics: Record<string, PerRow> = {
  accuracy,
  meanSquaredError: (outputs, targets) => mean(square(sub(outputs, targets)), -1),
  meanAbsoluteError: (outputs, targets) => mean(abs(sub(outputs, targets)), -1),
};

export const metricNames: readonly string[] = Object.keys(metrics);

/** @throws ArgumentError when there is no such metric */
export function checkMetric(name: string): void {
  if (!Object.hasOwn(metrics, name)) {
    throw new ArgumentError(`metrics: there is no "${name}"; use ${metricNames.join(", ")}.`);
  }
}

/**
 * The metric of that name, traced.
 *
 * @param targets - class indices [batch] u32, or floats [batch, outputs]
 * @param classes - [batch] u32: beside floats, the right output of each row, where there is just one
 * @throws ArgumentError when there is no such metric, or it can't be taken of these targets
 */
export function traceMetric(name: string, outputs: Tensor, targets: Tensor, loss: Loss, classes?: Tensor): Tensor {
  checkMetric(name);
  if (targets.dtype === "u32" && name !== "accuracy") {
    throw new ArgumentError(`metrics: "${name}" is for numbers, but the targets are classes. Use "accuracy".`);
  }
  return metrics[name](outputs, targets, loss, targets.dtype === "u32" ? targets : classes);
}
