import { ArgumentError } from "../core/errors.js";
import { checkOptions } from "../core/options.js";
import { eachRow, logitsOf } from "../losses/places.js";
import { softmaxCrossEntropy } from "../ops/cross-entropy.js";
import type { Metric, MetricInputs } from "./metrics.js";

/**
 * Perplexity, a metric for a Trainer: e to the mean cross-entropy of a class, or of tokens, as many as a model is in doubt
 * between. Reported as `perplexity`.
 *
 * @throws ArgumentError while tracing, when labels aren't classes
 */
export function perplexity(options: Record<never, never> = {}): Metric {
  checkOptions("perplexity", options, {});
  const elements = ({ outputs, classes }: MetricInputs) => {
    if (!classes) throw new ArgumentError('metrics: "perplexity" is for one class of several, or for tokens.');
    return softmaxCrossEntropy(logitsOf(outputs, classes), classes);
  };
  return {
    name: "perplexity",
    better: "lower",
    needsClasses: true,
    elements,
    perRow: (inputs) => eachRow(elements(inputs)),
    finish: Math.exp,
  };
}
