import type { Values } from "../core/dtype.js";
import { ArgumentError, DataError, ShapeError } from "../core/errors.js";
import { formatShape, type Shape } from "../core/shape.js";
import type { Tensor } from "../graph/tensor.js";
import { sigmoid } from "../ops/activations.js";
import * as ops from "../ops/cross-entropy.js";
import { softmax } from "../ops/softmax.js";

/** A data set's labels, as losses see them: class indices with `targetShape` [], or floats [rows, ...targetShape]. */
export interface Labels {
  readonly labels: Uint32Array | Float32Array;
  readonly targetShape: Shape;
  /** Number of classes; undefined for floats. */
  readonly classes: number | undefined;
}

/** Targets as the device wants them: class indices [rows] of u32, or floats [rows, outputs]. */
export interface Targets {
  shape: Shape;
  values: Values;
  /** Of floats: whether one output a row is the right one, that of the largest target. Else each has its own answer. */
  oneOfSeveral?: boolean;
}

/** What training minimises. */
export interface Loss {
  readonly config: { loss: string } & Record<string, unknown>;
  /** @throws ArgumentError when a model that puts out so many numbers has nothing to learn from this loss */
  checkOutputs?(outputs: number): void;
  /**
   * The labels as this loss wants them for a model that puts out [batch, outputs].
   *
   * @throws DataError or ShapeError when they don't fit
   */
  encode(labels: Labels, outputs: number): Targets;
  /** Loss of each row, [batch], of outputs [batch, outputs]. */
  perRow(outputs: Tensor, targets: Tensor): Tensor;
  /** Outputs as probabilities, where the loss gives them that meaning; else the outputs. */
  probabilities(outputs: Tensor): Tensor;
}

/**
 * Softmax cross-entropy, for one class of several: the mean over rows of -log softmax(logits)[label]. The model puts
 * out logits, one per class. Takes class indices, or whole distributions as float targets.
 *
 * @param labelSmoothing - share of the target spread over all classes, in [0, 1)
 */
export function softmaxCrossEntropy({ labelSmoothing = 0 } = {}): Loss {
  if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
    throw new ArgumentError(`softmaxCrossEntropy: labelSmoothing must be in [0, 1), got ${labelSmoothing}.`);
  }
  return {
    config: { loss: "softmaxCrossEntropy", labelSmoothing },
    checkOutputs(outputs) {
      if (outputs >= 2) return;
      throw new ArgumentError(
        "softmaxCrossEntropy: needs an output for each class, but the model puts out 1, which is always the most " +
          "probable. End it with dense(classes), or take sigmoidCrossEntropy() for yes or no.",
      );
    },
    encode(data, outputs) {
      if (data.classes === undefined) {
        return { ...floatTargets("softmaxCrossEntropy", data, outputs), oneOfSeveral: true };
      }
      if (data.classes > outputs) throw tooFewOutputs("softmaxCrossEntropy", data.classes, outputs);
      return { shape: [data.labels.length], values: Uint32Array.from(data.labels) };
    },
    perRow(logits, targets) {
      if (targets.dtype === "u32") return ops.softmaxCrossEntropy(logits, targets, labelSmoothing);
      const classes = logits.shape.at(-1)!;
      const smooth = labelSmoothing ? ops.smoothTargets(targets, labelSmoothing, classes) : targets;
      return ops.softTargetCrossEntropy(logits, smooth);
    },
    probabilities: (logits) => softmax(logits),
  };
}

/**
 * Sigmoid cross-entropy, for yes or no: the mean over rows and outputs of -log of the probability given to the truth.
 * The model puts out logits. Takes two classes with one output, several with one output each, or floats in [0, 1].
 */
export function sigmoidCrossEntropy(): Loss {
  return {
    config: { loss: "sigmoidCrossEntropy" },
    encode(data, outputs) {
      const targets =
        data.classes === undefined ? floatTargets("sigmoidCrossEntropy", data, outputs) : oneHot(data, outputs);
      const bad = targets.values.findIndex((value) => !(value >= 0 && value <= 1));
      if (bad >= 0) {
        throw new DataError(
          `sigmoidCrossEntropy: targets must be in [0, 1], but row ${Math.floor(bad / outputs)} has ${targets.values[bad]}.`,
        );
      }
      return targets;
    },
    perRow: (logits, targets) => ops.sigmoidCrossEntropy(logits, targets),
    probabilities: (logits) => sigmoid(logits),
  };
}

/**
 * Mean squared error over rows and outputs: (y - t)². For numbers; class labels become 0 and 1.
 */
export function meanSquaredError(): Loss {
  return {
    config: { loss: "meanSquaredError" },
    encode: (data, outputs) =>
      data.classes === undefined ? floatTargets("meanSquaredError", data, outputs) : oneHot(data, outputs),
    perRow: (outputs, targets) => ops.meanSquaredError(outputs, targets),
    probabilities: (outputs) => outputs,
  };
}

function floatTargets(loss: string, { labels, targetShape }: Labels, outputs: number): Targets {
  const size = targetShape.reduce((product, axis) => product * axis, 1);
  if (size !== outputs) {
    if (loss === "softmaxCrossEntropy" && size === 1) {
      throw new DataError(
        `${loss}: the labels are numbers to predict, one a row. Give classes as integers (Uint32Array, number[]) or ` +
          "names (string[]), or use meanSquaredError() for numbers.",
      );
    }
    throw new ShapeError(
      `${loss}: the targets of a row are ${formatShape(targetShape)}, the model puts out ${outputs} numbers. ` +
        `End the model with dense(${size}).`,
    );
  }
  return { shape: [labels.length / size, size], values: Float32Array.from(labels) };
}

/** Class indices as floats: 0 or 1 for a single output, else 1 at the label's place. */
function oneHot({ labels, classes }: Labels, outputs: number): Targets {
  if (outputs === 1 && classes! <= 2) return { shape: [labels.length, 1], values: Float32Array.from(labels) };
  if (classes! > outputs) throw tooFewOutputs("loss", classes!, outputs);
  const values = new Float32Array(labels.length * outputs);
  labels.forEach((label, row) => {
    values[row * outputs + label] = 1;
  });
  return { shape: [labels.length, outputs], values, oneOfSeveral: true };
}

const tooFewOutputs = (loss: string, classes: number, outputs: number) =>
  new DataError(
    `${loss}: the labels have ${classes} classes, but the model puts out ${outputs}. End the model with dense(${classes}).`,
  );

const losses: Record<string, (options: never) => Loss> = { softmaxCrossEntropy, sigmoidCrossEntropy, meanSquaredError };

export const lossNames: readonly string[] = /* @__PURE__ */ Object.keys(losses);

/** The loss that a name or a saved config describes. @throws ArgumentError when there is no such loss */
export function lossFromConfig(config: Loss["config"]): Loss {
  if (!Object.hasOwn(losses, config?.loss)) {
    throw new ArgumentError(`There is no loss "${config?.loss}"; use ${lossNames.join(", ")}.`);
  }
  return losses[config.loss](config as never);
}
