import { DataError } from "../core/errors.js";
import { checkOptions, type NoOptions } from "../core/options.js";
import { greater, log, mul, select, sub } from "../ops/elementwise.js";
import { sum } from "../ops/reduce.js";
import { logSoftmax, softmax } from "../ops/softmax.js";
import { guessClasses, guessFromMeans } from "./guess.js";
import type { Loss } from "./loss.js";
import { requireOutputs, requireTargets, targetsOf } from "./targets.js";

const NAME = "klDivergence";

/** Float32 targets add up to 1 this closely. */
const TOTAL_ERROR = 1e-3;

/**
 * Kullback-Leibler divergence of softmax(logits) from a target distribution q: Σⱼ qⱼ (log qⱼ - log softmax(z)ⱼ) per row,
 * with 0 log 0 = 0, and the mean over rows, as torch.nn.KLDivLoss with reduction "batchmean" after log_softmax. Its
 * gradients are those of softmax cross-entropy; its value is 0 when the distributions agree. Takes distributions as float
 * targets [rows, classes], or class indices.
 *
 * @throws ArgumentError when options are given: it takes none
 */
export function klDivergence(options: NoOptions = {}): Loss {
  checkOptions(NAME, options, {});
  return {
    config: { loss: NAME },
    labels: "classes",
    outputPerClass: true,
    isProbabilistic: true,
    checkOutputs: (outputs) => requireOutputs(NAME, outputs, "sigmoidCrossEntropy()"),
    encode(data, outputs) {
      const targets = { ...targetsOf(NAME, data, outputs), multiclass: true };
      requireTargets(NAME, targets, (target) => target >= 0, "probabilities, 0 or more");
      const { values } = targets;
      for (let start = 0; start < values.length; start += outputs) {
        let total = 0;
        for (let i = 0; i < outputs; i++) total += values[start + i];
        if (Math.abs(total - 1) <= TOTAL_ERROR) continue;
        throw new DataError(
          `${NAME}: the targets of a row must add up to 1, but those of row ${start / outputs} make ${total}. ` +
            "Divide each row by its sum.",
        );
      }
      return targets;
    },
    perRow(logits, targets) {
      const logTargets = log(select(greater(targets, 0), targets, 1));
      return sum(mul(targets, sub(logTargets, logSoftmax(logits))), -1);
    },
    guess(targets, outputs, rows) {
      const known = { ...targets, values: targets.values.map((q) => (q > 0 ? q * Math.log(q) : 0)) };
      const entropy = outputs * guessFromMeans(known, rows, (mean) => mean);
      return entropy + guessClasses(targets, outputs, rows, { labelSmoothing: 0 });
    },
    probabilities: (logits) => softmax(logits),
  };
}
