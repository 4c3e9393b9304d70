import { ArgumentError } from "../core/errors.js";
import { checkCount } from "../core/options.js";
import { add, equal, greater, mul } from "../ops/elementwise.js";
import { asColumn, countUp } from "../ops/one-hot.js";
import { sum } from "../ops/reduce.js";
import type { Metric } from "./metrics.js";

/**
 * Top-k accuracy, a metric for a Trainer: the share of rows whose right class is among the k largest outputs; of equal
 * ones the first come first, so that top 1 is the accuracy. It is reported as `top5` for k = 5.
 *
 * @throws ArgumentError when k isn't a positive integer; while tracing, when no output of a row is the only right one
 */
export function topK(k: number): Metric {
  const name = `top${checkCount("topK: k", k)}`;
  return {
    name,
    better: "higher",
    needsClasses: true,
    perRow({ outputs, classes }) {
      if (!classes) throw new ArgumentError(`metrics: "${name}" is for one class of several. Use "accuracy".`);
      const count = outputs.shape[1];
      const right = asColumn(classes, count);
      const score = sum(mul(equal(right, countUp(count)), outputs), -1, { keepAxes: true });
      const isAhead = add(greater(outputs, score), mul(equal(outputs, score), greater(right, countUp(count))));
      return greater(k, sum(isAhead, -1));
    },
  };
}
