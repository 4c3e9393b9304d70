import { ArgumentError, ShapeError } from "../core/errors.js";
import { optionsOf } from "../core/options.js";
import { checkNumbers } from "../core/ranges.js";
import { sizeOf } from "../core/shape.js";
import { shown } from "../core/shown.js";
import type { Tensor } from "../graph/tensor.js";
import { constant as constantInitializer, zeros } from "../initializers/index.js";
import { add, broadcastTo, div, mul, sqrt, sub } from "../ops/elementwise.js";
import { batchNormalise, type Groups, normalise } from "../ops/normalise.js";
import { checkTrainable, defineLayer, type Layer, type Scope } from "./layer.js";
import { imagesOf, withBatch } from "./window.js";

/** Options of the norms. */
export interface NormOptions {
  /** Added to the variance: 1e-5, for `rmsNorm` 1e-6, as in PyTorch. */
  epsilon?: number;
  /** Whether training changes its parameters, and of batch norm the running statistics; true. */
  trainable?: boolean;
  name?: string;
}

type Axes = Pick<Groups, "outer" | "length" | "inner" | "tail">;

/** A layer that normalises groups and then scales and shifts each feature of the last axis. */
function norm(
  layer: string,
  own: object,
  options: NormOptions,
  axesOf: (x: Tensor, layer: string) => Axes,
  centred = true,
): Layer {
  const defaults = { epsilon: centred ? 1e-5 : 1e-6, trainable: undefined, name: undefined };
  const { epsilon, trainable, name } = optionsOf(layer, options, defaults);
  checkTrainable(layer, trainable);
  checkEpsilon(layer, epsilon);
  return defineLayer({
    config: { layer, ...own, epsilon, trainable, name },
    ...(axesOf === lastAxis && { byPlace: "endless" }),
    forward(x, scope) {
      const axes = axesOf(x, `${layer} "${scope.name}"`);
      return scaled(normalise(x, { ...axes, epsilon, centred }), scope, centred);
    },
  });
}

function checkEpsilon(layer: string, epsilon: number): void {
  checkNumbers(layer, ["a small positive number such as 1e-5", (value) => value > 0], { epsilon });
}

function scaled(x: Tensor, scope: Scope, shifts: boolean): Tensor {
  const features = [x.shape.at(-1)!];
  const y = mul(x, scope.parameter("gamma", features, constantInitializer(1)));
  return shifts ? add(y, scope.parameter("beta", features, zeros())) : y;
}

/** Options of `batchNorm`. */
export interface BatchNormOptions extends NormOptions {
  /** Share of each batch's mean and variance in the running ones: 0.1, as in PyTorch (Keras's momentum is 1 less this). */
  momentum?: number;
  /** Whether the running statistics are taken while training, too, and stay as they are; false. */
  frozen?: boolean;
}

/**
 * Batch normalisation: each feature with mean 0 and variance 1 over the batch, and the pixels of images, then scaled and
 * shifted (Ioffe, Szegedy, 2015). Evaluation takes running statistics. Rows that a short batch lacks count for nothing; of
 * micro-batches each has statistics of its own, as in PyTorch.
 *
 * @returns a layer from [batch, ..., features] to the same shape with parameters `gamma` and `beta` [features], and state
 * `mean` and `variance` [features]
 * @throws ArgumentError when epsilon isn't positive, or the momentum not in (0, 1]; ShapeError for single numbers; from `fit` and
 * `trainStep`, ArgumentError when batches have a single number of a feature
 */
export function batchNorm(options: BatchNormOptions = {}): Layer {
  const defaults = { momentum: 0.1, epsilon: 1e-5, frozen: false, trainable: undefined, name: undefined };
  const { momentum, epsilon, frozen, trainable, name } = optionsOf("batchNorm", options, defaults);
  checkEpsilon("batchNorm", epsilon);
  checkTrainable("batchNorm", trainable);
  checkNumbers("batchNorm", ["in (0, 1], such as 0.1", (value) => value > 0 && value <= 1], { momentum });
  return defineLayer({
    config: { layer: "batchNorm", momentum, epsilon, frozen, trainable, name },
    forward(x, scope) {
      if (x.shape.length < 2) {
        throw new ShapeError(
          `batchNorm "${scope.name}": input must be [batch, ..., features], got ${withBatch(x.shape)}.`,
        );
      }
      const features = x.shape.at(-1)!;
      const mean = scope.state("mean", [features], zeros());
      const variance = scope.state("variance", [features], constantInitializer(1));
      if (!scope.training || frozen || trainable === false) {
        // Each factor as large as x, so that all of it follows the product before it in one launch.
        const deviation = sqrt(add(broadcastTo(variance, x.shape), epsilon));
        return scaled(div(sub(x, mean), deviation), scope, true);
      }
      const length = sizeOf(x.shape) / features;
      const groups = { outer: 1, length, inner: features, tail: 1, epsilon, centred: true, momentum };
      const place = { perRow: length / x.shape[0], start: scope.firstRow };
      return scaled(batchNormalise(x, mean, variance, { ...groups, ...place }), scope, true);
    },
  });
}

/** Each row of the last axis is a group. */
function lastAxis({ shape }: Tensor, layer: string): Axes {
  if (shape.length < 2 || shape.at(-1) === 1) {
    throw new ShapeError(
      `${layer}: input must be [batch, ..., features] with two features or more, got ${withBatch(shape)}: of one feature ` +
        "the mean is the feature itself. Leave the layer out.",
    );
  }
  const features = shape.at(-1)!;
  return { outer: sizeOf(shape) / features, length: 1, inner: 1, tail: features };
}

/**
 * Layer normalisation: each row of features with mean 0 and variance 1, then scaled and shifted (Ba et al., 2016).
 *
 * @returns a layer from [batch, ..., features] to the same shape with parameters `gamma` and `beta` [features]
 * @throws ArgumentError when epsilon isn't positive; ShapeError when there is a single feature
 */
export const layerNorm = (options: NormOptions = {}): Layer => norm("layerNorm", {}, options, lastAxis);

/**
 * Root mean square normalisation: each row of features divided by the root of its mean square (Zhang, Sennrich, 2019).
 *
 * @returns a layer from [batch, ..., features] to the same shape with parameter `gamma` [features]
 * @throws ArgumentError when epsilon isn't positive; ShapeError when there is a single feature
 */
export const rmsNorm = (options: NormOptions = {}): Layer => norm("rmsNorm", {}, options, lastAxis, false);

/**
 * Group normalisation: of each image, channels in equal groups, each with mean 0 and variance 1 over its pixels (Wu, He, 2018).
 *
 * @returns a layer from [batch, height, width, channels] to the same shape with parameters `gamma` and `beta` [channels]
 * @throws ArgumentError when `groups` isn't a positive integer; ShapeError when they don't divide the channels, or have one number
 */
export function groupNorm(groups: number, options: NormOptions = {}): Layer {
  if (!Number.isSafeInteger(groups) || groups < 1) {
    throw new ArgumentError(`groupNorm: the number of groups must be a positive integer, got ${shown(groups)}.`);
  }
  return norm("groupNorm", { groups }, options, (x, layer) => {
    const [height, width, channels] = imagesOf(layer, x);
    if (channels % groups !== 0) {
      throw new ShapeError(
        `${layer}: ${channels} channels can't be cut into ${groups} equal groups. Use a number of groups that divides them.`,
      );
    }
    if (height * width * channels === groups) {
      throw new ShapeError(
        `${layer}: groups of one number are all mean: ${groups} of images ${withBatch(x.shape)}. Take fewer groups, or leave the layer out.`,
      );
    }
    return { outer: x.shape[0], length: height * width, inner: groups, tail: channels / groups };
  });
}

/**
 * Instance normalisation: each channel of each image with mean 0 and variance 1 over its pixels (Ulyanov et al., 2016).
 *
 * @returns a layer from [batch, height, width, channels] to the same shape with parameters `gamma` and `beta` [channels]
 * @throws ArgumentError when epsilon isn't positive; ShapeError when images have a single pixel
 */
export const instanceNorm = (options: NormOptions = {}): Layer =>
  norm("instanceNorm", {}, options, (x, layer) => {
    const [height, width, channels] = imagesOf(layer, x);
    if (height * width === 1) {
      throw new ShapeError(`${layer}: images of one pixel are all mean. Leave the layer out, or use layerNorm().`);
    }
    return { outer: x.shape[0], length: height * width, inner: channels, tail: 1 };
  });
