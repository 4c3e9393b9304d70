import { ArgumentError } from "../core/errors.js";
import { checkCount, checkOptions, type NoOptions } from "../core/options.js";
import type { Tensor } from "../graph/tensor.js";
import { eachRow, logitsOf } from "../losses/places.js";
import { add, equal, greater, mul, neg, select } from "../ops/elementwise.js";
import { asColumn, countUp } from "../ops/one-hot.js";
import { max, sum } from "../ops/reduce.js";
import type { Metric, MetricInputs } from "./metrics.js";

/**
 * Top-k accuracy, a metric for a Trainer: the share of rows, or of tokens, whose right class is among the k largest outputs; of
 * equal ones the first come first, so that top 1 is the accuracy. It is reported as `top5` for k = 5.
 *
 * @throws ArgumentError when k isn't a positive integer; while tracing, when no output of a row is the only right one
 */
export function topK(k: number, options?: NoOptions): Metric {
  checkOptions("topK", options, {});
  const name = `top${checkCount("topK: k", k)}`;
  const elements = ({ outputs, classes }: MetricInputs) => {
    if (!classes) throw new ArgumentError(`metrics: "${name}" is for one class of several. Use "accuracy".`);
    const logits = logitsOf(outputs, classes);
    return isAmong(k, logits, asColumn(classes, logits.shape.at(-1)!));
  };
  return {
    name,
    better: "higher",
    needsClasses: true,
    elements,
    perRow: (inputs) => eachRow(elements(inputs)),
  };
}

/**
 * Share of rows, or of tokens, whose largest output stands where their largest target does, as Keras's categorical accuracy: a
 * metric for a Trainer that takes one-hot targets under a loss of numbers, such as squared error, where "accuracy" compares each
 * number by itself. Of equal ones the first counts.
 *
 * @throws ArgumentError when options are given: it takes none; while tracing, when a row has another number of targets than
 * outputs, or one alone
 */
export function categoricalAccuracy(options?: NoOptions): Metric {
  checkOptions("categoricalAccuracy", options, {});
  return {
    name: "categoricalAccuracy",
    better: "higher",
    needsClasses: true,
    perRow({ outputs, targets, classes }) {
      if (classes) {
        const logits = logitsOf(outputs, classes);
        return eachRow(isAmong(1, logits, asColumn(classes, logits.shape.at(-1)!)));
      }
      const count = outputs.shape[1];
      if (count === 1 || targets.shape[1] !== count) {
        throw new ArgumentError(
          'metrics: "categoricalAccuracy" needs a target for each of several outputs. Use "accuracy" for yes or no.',
        );
      }
      return isAmong(1, outputs, placeOfLargest(targets));
    },
  };
}

/** Whether outputs [..., count] have the right one, at places [..., 1], among their k largest: [...]. */
function isAmong(k: number, outputs: Tensor, right: Tensor): Tensor {
  const count = outputs.shape.at(-1)!;
  const score = sum(mul(equal(right, countUp(count)), outputs), -1, { keepAxes: true });
  const isAhead = add(greater(outputs, score), mul(equal(outputs, score), greater(right, countUp(count))));
  return greater(k, sum(isAhead, -1));
}

/** The place of each row's largest number, the first of equal ones: [batch, 1]. */
function placeOfLargest(numbers: Tensor): Tensor {
  const count = numbers.shape[1];
  const isLargest = equal(numbers, max(numbers, -1, { keepAxes: true }));
  return neg(max(select(isLargest, neg(countUp(count)), -count), -1, { keepAxes: true }));
}
