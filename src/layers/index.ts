import { ArgumentError } from "../core/errors.js";
import { sizeOf } from "../core/shape.js";
import { type Activation, activate, checkActivation } from "../ops/activations.js";
import { dropout as dropoutOp } from "../ops/dropout.js";
import { reshape } from "../ops/layout.js";
import { noise } from "../ops/noise.js";
import { conv1d, conv2d, convTranspose1d, convTranspose2d, depthwiseConv2d, separableConv2d } from "./convolution.js";
import { type DenseOptions, dense } from "./dense.js";
import { checkName, type Layer, type LayerConfig, type NameOptions } from "./layer.js";
import { batchNorm, groupNorm, instanceNorm, layerNorm, rmsNorm } from "./norm.js";
import {
  adaptiveAveragePool2d,
  averagePool2d,
  globalAveragePool2d,
  globalMaxPool2d,
  maxPool2d,
  upsample2d,
} from "./pool.js";
import { cropping2d, permute, reshape as reshapeLayer, zeroPadding2d } from "./shape.js";
import type { Size } from "./window.js";

export {
  type Conv1dOptions,
  type Conv2dOptions,
  type ConvTranspose2dOptions,
  conv1d,
  conv2d,
  convTranspose1d,
  convTranspose2d,
  type DepthwiseConv2dOptions,
  depthwiseConv2d,
  separableConv2d,
} from "./convolution.js";
export { type DenseOptions, dense } from "./dense.js";
export type { Layer, LayerConfig, LayerFunction, Scope } from "./layer.js";
export {
  type BatchNormOptions,
  batchNorm,
  groupNorm,
  instanceNorm,
  layerNorm,
  type NormOptions,
  rmsNorm,
} from "./norm.js";
export {
  type AveragePoolOptions,
  adaptiveAveragePool2d,
  averagePool2d,
  globalAveragePool2d,
  globalMaxPool2d,
  maxPool2d,
  type PoolOptions,
  upsample2d,
} from "./pool.js";
export { cropping2d, permute, reshape, zeroPadding2d } from "./shape.js";
export type { Padding, Size, WindowOptions } from "./window.js";

/** An activation as a layer of its own: any shape to the same shape. @throws ArgumentError when it is unknown */
export function activation(given: Activation, options: NameOptions = {}): Layer {
  checkName("activation", options);
  checkActivation(given);
  return { config: { layer: "activation", activation: given, ...options }, forward: (x) => activate(x, given) };
}

/**
 * Zeroes each element with probability `rate` while training and scales the rest by 1 / (1 - rate); nothing otherwise.
 *
 * @throws ArgumentError when the rate is outside [0, 1)
 */
export function dropout(rate: number, options: NameOptions = {}): Layer {
  checkName("dropout", options);
  if (!(rate >= 0 && rate < 1)) throw new ArgumentError(`dropout: the rate must be in [0, 1), got ${rate}.`);
  return {
    config: { layer: "dropout", rate, ...options },
    forward(x, scope) {
      const source = scope.randomSource();
      return scope.training ? dropoutOp(x, rate, source) : x;
    },
  };
}

/**
 * Adds random numbers of mean 0 and the given deviation to each element while training, as Keras's GaussianNoise; nothing
 * otherwise. As the first layer it regularises like a penalty on the outputs' slopes (Bishop, 1995).
 *
 * @param deviation - in the units of what it is added to
 * @throws ArgumentError when the deviation is negative or not finite
 */
export function gaussianNoise(deviation: number, options: NameOptions = {}): Layer {
  checkName("gaussianNoise", options);
  if (!(Number.isFinite(deviation) && deviation >= 0)) {
    throw new ArgumentError(`gaussianNoise: the deviation must be a finite number, 0 or more, got ${deviation}.`);
  }
  return {
    config: { layer: "gaussianNoise", deviation, ...options },
    forward(x, scope) {
      const source = scope.randomSource();
      return scope.training ? noise(x, deviation, source) : x;
    },
  };
}

/** Every axis but the first as one: [batch, ...] to [batch, features]. */
export function flatten(options: NameOptions = {}): Layer {
  checkName("flatten", options);
  return {
    config: { layer: "flatten", ...options },
    forward: (x) => reshape(x, [x.shape[0], sizeOf(x.shape.slice(1))]),
  };
}

type SavedOptions = { name?: string } & Record<string, unknown>;

const fromConfig: Record<string, (options: SavedOptions) => Layer> = {
  dense: ({ units, ...options }) => dense(units as number, options as DenseOptions),
  activation: ({ activation: given, ...options }) => activation(given as Activation, options),
  dropout: ({ rate, ...options }) => dropout(rate as number, options),
  gaussianNoise: ({ deviation, ...options }) => gaussianNoise(deviation as number, options),
  flatten: (options) => flatten(options),
  conv1d: ({ filters, kernel, ...options }) => conv1d(filters as number, kernel as number, options),
  conv2d: ({ filters, kernel, ...options }) => conv2d(filters as number, kernel as Size, options),
  convTranspose1d: ({ filters, kernel, ...options }) => convTranspose1d(filters as number, kernel as number, options),
  convTranspose2d: ({ filters, kernel, ...options }) => convTranspose2d(filters as number, kernel as Size, options),
  depthwiseConv2d: ({ kernel, ...options }) => depthwiseConv2d(kernel as Size, options),
  separableConv2d: ({ filters, kernel, ...options }) => separableConv2d(filters as number, kernel as Size, options),
  maxPool2d: ({ size, ...options }) => maxPool2d(size as Size, options),
  averagePool2d: ({ size, ...options }) => averagePool2d(size as Size, options),
  globalAveragePool2d: (options) => globalAveragePool2d(options),
  globalMaxPool2d: (options) => globalMaxPool2d(options),
  adaptiveAveragePool2d: ({ size, ...options }) => adaptiveAveragePool2d(size as Size, options),
  upsample2d: ({ size, ...options }) => upsample2d(size as Size, options),
  zeroPadding2d: ({ padding, ...options }) => zeroPadding2d(padding as number, options),
  cropping2d: ({ cropping, ...options }) => cropping2d(cropping as number, options),
  reshape: ({ shape, ...options }) => reshapeLayer(shape as number[], options),
  permute: ({ axes, ...options }) => permute(axes as number[], options),
  batchNorm: (options) => batchNorm(options),
  layerNorm: (options) => layerNorm(options),
  rmsNorm: (options) => rmsNorm(options),
  instanceNorm: (options) => instanceNorm(options),
  groupNorm: ({ groups, ...options }) => groupNorm(groups as number, options),
};

/** The layer that a saved config describes. @throws ArgumentError when there is no such kind */
export function layerFromConfig(config: LayerConfig): Layer {
  const { layer, ...options } = config ?? {};
  if (Object.hasOwn(fromConfig, layer)) return fromConfig[layer](options);
  throw new ArgumentError(`There is no layer "${layer}"; use ${Object.keys(fromConfig).join(", ")}.`);
}
