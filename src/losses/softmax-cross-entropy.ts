import { ArgumentError } from "../core/errors.js";
import { checkList, optionsOf } from "../core/options.js";
import { checkNumbers, SHARE } from "../core/ranges.js";
import { constant } from "../graph/tensor.js";
import * as ops from "../ops/cross-entropy.js";
import { mul } from "../ops/elementwise.js";
import { softmax } from "../ops/softmax.js";
import { guessClasses } from "./guess.js";
import type { Loss } from "./loss.js";
import { indexTargets, requireOutputs, targetsOf } from "./targets.js";

const NAME = "softmaxCrossEntropy";

/** Options of `softmaxCrossEntropy`. */
export interface SoftmaxCrossEntropyOptions {
  /** Share of the target spread over all classes, in [0, 1) (Szegedy et al., 2016); 0. */
  labelSmoothing?: number;
  /** Weight of each class, [classes], such as rows / (classes x rows of the class) for rare classes. */
  classWeights?: readonly number[];
}

/**
 * Softmax cross-entropy, for one class of several: the mean over rows of -log softmax(logits)[label]. The model puts
 * out logits, one per class. Takes class indices, or whole distributions (one-hot or soft) as float targets. For labels
 * [rows, time] and a model that puts out [time, classes], the mean over all tokens; see also `tokenCrossEntropy`.
 *
 * With class weights v it is as torch.nn.CrossEntropyLoss: -Σⱼ vⱼ qⱼ log softmax(z)ⱼ for the (smoothed) target q, summed
 * over the rows and, for class indices, divided by the sum of v[label] (see `Loss`); for distributions, by the rows.
 *
 * @throws ArgumentError when the smoothing is out of range; from `new Trainer`, when the class weights are
 */
export function softmaxCrossEntropy(options: SoftmaxCrossEntropyOptions = {}): Loss {
  const { labelSmoothing, classWeights } = optionsOf(NAME, options, { labelSmoothing: 0, classWeights: undefined });
  checkNumbers(NAME, SHARE, { labelSmoothing });
  if (classWeights !== undefined) {
    checkList(`${NAME}: classWeights`, classWeights, "classWeights: [1, 2.5]", Number.isFinite);
  }
  const weights = classWeights && [...classWeights];
  return {
    config: { loss: NAME, labelSmoothing, classWeights: weights },
    labels: "classes",
    outputPerClass: true,
    isProbabilistic: true,
    checkOutputs(outputs) {
      requireOutputs(NAME, outputs, "sigmoidCrossEntropy()");
      if (weights && !(weights.length === outputs && weights.every((weight) => weight >= 0))) {
        throw new ArgumentError(
          `${NAME}: classWeights must be ${outputs} numbers of 0 or more, one a class, got ${weights.join(", ")}.`,
        );
      }
    },
    encode(data, outputs) {
      const isIndex = data.classes !== undefined;
      if (isIndex && !weights) return indexTargets(NAME, data, outputs);
      const targets = { ...targetsOf(NAME, data, outputs), multiclass: true };
      return isIndex ? { ...targets, divisors: Float32Array.from(data.labels, (label) => weights![label]) } : targets;
    },
    perRow(logits, targets) {
      if (targets.dtype === "u32") return ops.softmaxCrossEntropy(logits, targets, labelSmoothing);
      const classes = logits.shape.at(-1)!;
      const smooth = labelSmoothing ? ops.smoothTargets(targets, labelSmoothing, classes) : targets;
      const weighted = weights ? mul(smooth, constant(Float32Array.from(weights), [classes])) : smooth;
      return ops.softTargetCrossEntropy(logits, weighted);
    },
    guess: (targets, outputs, rows) => guessClasses(targets, outputs, rows, { labelSmoothing, classWeights: weights }),
    probabilities: (logits) => softmax(logits),
  };
}
