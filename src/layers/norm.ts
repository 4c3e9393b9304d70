import { ArgumentError, ShapeError } from "../core/errors.js";
import { sizeOf } from "../core/shape.js";
import type { Tensor } from "../graph/tensor.js";
import { constant as constantInitializer, zeros } from "../initializers/index.js";
import { add, mul } from "../ops/elementwise.js";
import { type Groups, normalise } from "../ops/normalise.js";
import type { Layer, Scope } from "./layer.js";
import { imagesOf, withBatch } from "./window.js";

/** Options of the norms. */
export interface NormOptions {
  /** Added to the variance: 1e-5, for `rmsNorm` 1e-6, as in PyTorch. */
  epsilon?: number;
  name?: string;
}

type Axes = Pick<Groups, "outer" | "length" | "inner" | "tail">;

/** A layer that normalises groups and then scales and shifts each feature of the last axis. */
function norm(
  layer: string,
  own: object,
  { epsilon = layer === "rmsNorm" ? 1e-6 : 1e-5, name }: NormOptions,
  axesOf: (x: Tensor, layer: string) => Axes,
  centred = true,
): Layer {
  if (!(Number.isFinite(epsilon) && epsilon > 0)) {
    throw new ArgumentError(`${layer}: epsilon must be a small positive number such as 1e-5, got ${epsilon}.`);
  }
  return {
    config: { layer, ...own, epsilon, name },
    forward(x, scope) {
      const axes = axesOf(x, `${layer} "${scope.name}"`);
      return scaled(normalise(x, { ...axes, epsilon, centred }), scope, centred);
    },
  };
}

function scaled(x: Tensor, scope: Scope, shifts: boolean): Tensor {
  const features = [x.shape.at(-1)!];
  const y = mul(x, scope.parameter("gamma", features, constantInitializer(1)));
  return shifts ? add(y, scope.parameter("beta", features, zeros())) : y;
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
 * @throws ArgumentError when `groups` isn't a positive integer; ShapeError when they don't divide the channels
 */
export function groupNorm(groups: number, options: NormOptions = {}): Layer {
  if (!Number.isSafeInteger(groups) || groups < 1) {
    throw new ArgumentError(`groupNorm: the number of groups must be a positive integer, got ${groups}.`);
  }
  return norm("groupNorm", { groups }, options, (x, layer) => {
    const [height, width, channels] = imagesOf(layer, x);
    if (channels % groups !== 0) {
      throw new ShapeError(
        `${layer}: ${channels} channels can't be cut into ${groups} equal groups. Use a number of groups that divides them.`,
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
