import { ArgumentError } from "../core/errors.js";
import { optionsOf } from "../core/options.js";
import { ABOVE_0, checkNumbers } from "../core/ranges.js";
import { constant } from "../graph/tensor.js";
import { sigmoid } from "../ops/activations.js";
import * as ops from "../ops/cross-entropy.js";
import { meanOver } from "./elements.js";
import { guessFromMeans } from "./guess.js";
import type { Loss } from "./loss.js";
import { requireTargets, targetsOf } from "./targets.js";

const NAME = "sigmoidCrossEntropy";

/** Options of `sigmoidCrossEntropy`. */
export interface SigmoidCrossEntropyOptions {
  /**
   * Weight of a yes, if a no weighs 1; one number, or one for each output: of outputs [places, labels], for each label. Above 1 it
   * finds more, below 1 fewer.
   */
  positiveWeight?: number | readonly number[];
}

/**
 * Sigmoid cross-entropy, for yes or no: the mean over rows and outputs of -log of the probability given to the truth.
 * The model puts out logits. Takes two classes with one output, several with one output each, or floats in [0, 1] (many
 * labels a row).
 *
 * With a positive weight p it is p t log(1 + e^-z) + (1 - t) log(1 + e^z), still the mean over rows and outputs, as
 * `pos_weight` of torch.nn.BCEWithLogitsLoss.
 *
 * @throws ArgumentError when the positive weight isn't above 0; from `new Trainer`, when there are several, but not one for
 * each output, or label; from `fit`, ShapeError or DataError when the targets don't fit
 */
export function sigmoidCrossEntropy(options: SigmoidCrossEntropyOptions = {}): Loss {
  const { positiveWeight } = optionsOf(NAME, options, { positiveWeight: undefined });
  const weights = positiveWeight === undefined ? undefined : [positiveWeight].flat();
  if (weights?.length === 0) throw new ArgumentError(`${NAME}: positiveWeight must be above 0, got an empty list.`);
  for (const weight of weights ?? []) checkNumbers(NAME, ABOVE_0, { positiveWeight: weight });
  return {
    config: { loss: NAME, positiveWeight },
    labels: "classes",
    isProbabilistic: true,
    checkOutputs(outputs, each = outputs) {
      if (!weights || weights.length === 1 || weights.length === each) return;
      const what = each === outputs ? "output" : "label";
      throw new ArgumentError(
        `${NAME}: ${weights.length} positive weights for ${each} ${what}s. Give one number, or one for each ${what}.`,
      );
    },
    encode(data, outputs) {
      const targets = targetsOf(NAME, data, outputs);
      requireTargets(NAME, targets, (target) => target >= 0 && target <= 1, "in [0, 1]");
      return targets;
    },
    ...meanOver((logits, targets) => {
      // Places follow each other, with the same weights at each.
      const length = weights?.length === 1 ? 1 : logits.shape.at(-1)!;
      const each = weights && Float32Array.from({ length }, (_, i) => weights[i % weights.length]);
      return ops.sigmoidCrossEntropies(logits, targets, each && constant(each, [length]));
    }),
    guess: (targets, _, rows) =>
      guessFromMeans(targets, rows, (mean, target) => {
        const yes = mean * (weights?.[target % weights.length] ?? 1);
        const all = yes + 1 - mean;
        return (yes > 0 ? -yes * Math.log(yes / all) : 0) - (mean < 1 ? (1 - mean) * Math.log((1 - mean) / all) : 0);
      }),
    probabilities: (logits) => sigmoid(logits),
  };
}
