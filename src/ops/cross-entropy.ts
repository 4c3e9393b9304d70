import { ArgumentError, ShapeError } from "../core/errors.js";
import { formatShape, sameShape } from "../core/shape.js";
import { shown } from "../core/shown.js";
import { defineOp, type OpFunction } from "../graph/op.js";
import type { Tensor } from "../graph/tensor.js";
import { softplus } from "./activations.js";
import { add, mul, neg, square, sub } from "./elementwise.js";
import { mean, sum } from "./reduce.js";
import { classesOf, logSoftmax } from "./softmax.js";

/*
 * Losses of each row. Every one takes raw outputs (logits), so that softmax or sigmoid and the logarithm meet in one
 * stable formula; the mean over the batch is taken by `batchMean`.
 */

export const crossEntropyOp: OpFunction<{ smoothing: number }> = defineOp("softmaxCrossEntropy", {
  attributes: { smoothing: true },
  error: { functions: ["logSumExp"], terms: classesOf, summed: Math.max },
  shape: ([logits, labels]) => {
    if (labels.dtype !== "u32" || !sameShape(labels.shape, logits.shape.slice(0, -1))) {
      throw new ShapeError(
        `softmaxCrossEntropy: logits ${formatShape(logits.shape)} need class indices ` +
          `${formatShape(logits.shape.slice(0, -1))} of u32, got ${formatShape(labels.shape)} of ${labels.dtype}.`,
      );
    }
    return labels.shape;
  },
  gradient: (dy, [logits, labels], _, attributes) => [
    crossEntropyGradientOp(logits, labels, dy, attributes),
    undefined,
  ],
});

/** dlogits = dy (softmax(logits) - q), q being the smoothed one-hot target */
export const crossEntropyGradientOp: OpFunction<{ smoothing: number }> = defineOp("softmaxCrossEntropyGradient", {
  attributes: { smoothing: true },
  error: { functions: ["logSumExp", "exponential"], terms: classesOf },
  shape: ([logits]) => logits.shape,
});

/**
 * Cross-entropy of softmax(logits) with the true class, per row: log Σⱼ e^zⱼ - Σⱼ qⱼ zⱼ, where q puts 1 - smoothing on
 * the label and spreads the rest over all classes (Szegedy et al., 2016).
 *
 * @param logits - [..., classes]
 * @param labels - [...] u32, class indices
 * @param smoothing - in [0, 1)
 * @returns [...], the loss of each row
 * @throws ArgumentError when the smoothing is out of range; ShapeError when the labels' shape isn't that of the rows
 */
export function softmaxCrossEntropy(logits: Tensor, labels: Tensor, smoothing = 0): Tensor {
  if (!(smoothing >= 0 && smoothing < 1)) {
    throw new ArgumentError(`softmaxCrossEntropy: label smoothing must be in [0, 1), got ${shown(smoothing)}.`);
  }
  return crossEntropyOp(logits, labels, { smoothing });
}

/**
 * Softmax cross-entropy of a training step in one op, which the compiler makes of several (see compile/loss-fusion.ts).
 * Gives the gradient of the batch's mean loss for the logits, (softmax(logits) - q) / rows, 0 for rows past the end;
 * records the mean loss in `lossSlot` and the number of correct rows in `correctSlot`, unless that is -1.
 *
 * @param results - variable [steps, slots, 2], see `record`
 * @param logits - [batch, classes]
 * @param labels - [rows] u32, of the whole data set
 * @param order - [rows] u32, the epoch's shuffled row numbers
 * @returns [batch, classes]
 */
export const fusedSoftmaxCrossEntropy: OpFunction<{ smoothing: number; lossSlot: number; correctSlot: number }> =
  defineOp("fusedSoftmaxCrossEntropy", {
    attributes: { smoothing: true, lossSlot: true, correctSlot: true },
    error: { functions: ["logSumExp", "exponential"], terms: ([, logits]) => classesOf([logits]) },
    shape: ([, logits]) => logits.shape,
    effects: [0],
  });

/** Cross-entropy with whole target distributions, per row: -Σⱼ qⱼ log softmax(z)ⱼ. Both are [..., classes]. */
export const softTargetCrossEntropy = (logits: Tensor, targets: Tensor): Tensor =>
  neg(sum(mul(targets, logSoftmax(logits)), -1));

/** Targets that give `smoothing` of their weight to all classes alike: (1 - smoothing) q + smoothing / classes. */
export const smoothTargets = (targets: Tensor, smoothing: number, classes: number): Tensor =>
  add(mul(targets, 1 - smoothing), smoothing / classes);

/**
 * Cross-entropy of sigmoid(logits) with targets in [0, 1], of each output: v t log(1 + e^-z) + (1 - t) log(1 + e^z), with v
 * the weight of a yes. For targets of 0 and 1 one term of the gradient is 0: nothing cancels where the probability is
 * near its target, as it would in σ(z) - t. All are [..., outputs].
 */
export function sigmoidCrossEntropies(logits: Tensor, targets: Tensor, positiveWeight?: Tensor): Tensor {
  const yes = positiveWeight ? mul(targets, positiveWeight) : targets;
  return add(mul(yes, softplus(neg(logits))), mul(sub(1, targets), softplus(logits)));
}

/**
 * Mean of `sigmoidCrossEntropies` over a row's outputs. Both are [..., outputs]; the result is [...].
 *
 * @throws ShapeError when the shapes don't broadcast
 */
export const sigmoidCrossEntropy = (logits: Tensor, targets: Tensor): Tensor =>
  mean(sigmoidCrossEntropies(logits, targets), -1);

/** Mean over a row's outputs of (y - t)². Both are [..., outputs]; the result is [...]. */
export const meanSquaredError = (outputs: Tensor, targets: Tensor): Tensor => mean(square(sub(outputs, targets)), -1);
