import { AT_LEAST_0, checkNumbers, SHARE } from "../core/ranges.js";
import { sizeOf } from "../core/shape.js";
import { type Activation, activate, checkActivation } from "../ops/activations.js";
import { dropout as dropoutOp } from "../ops/dropout.js";
import { reshape } from "../ops/layout.js";
import { noise } from "../ops/noise.js";
import { checkName, type Layer, type NameOptions } from "./layer.js";

/*
 * Layers without parameters that act on samples of any shape.
 */

/** An activation as a layer of its own: any shape to the same shape. @throws ArgumentError when it is unknown */
export function activation(given: Activation, options: NameOptions = {}): Layer {
  checkName("activation", options);
  checkActivation(given);
  const config = { layer: "activation", activation: given, ...options };
  return { config, byPlace: "endless", forward: (x) => activate(x, given) };
}

/**
 * Zeroes each element with probability `rate` while training and scales the rest by 1 / (1 - rate); nothing otherwise.
 *
 * @throws ArgumentError when the rate is outside [0, 1)
 */
export function dropout(rate: number, options: NameOptions = {}): Layer {
  checkName("dropout", options);
  checkNumbers("dropout", SHARE, { rate });
  return {
    config: { layer: "dropout", rate, ...options },
    byPlace: "endless",
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
  checkNumbers("gaussianNoise", AT_LEAST_0, { deviation });
  return {
    config: { layer: "gaussianNoise", deviation, ...options },
    byPlace: "endless",
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
