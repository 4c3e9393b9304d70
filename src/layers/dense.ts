import { ArgumentError, ShapeError } from "../core/errors.js";
import { optionsOf } from "../core/options.js";
import { sizeOf } from "../core/shape.js";
import { shown } from "../core/shown.js";
import { glorotUniform, type Initializer, toInitializer, zeros } from "../initializers/index.js";
import { type Activation, activate, checkActivation } from "../ops/activations.js";
import { add } from "../ops/elementwise.js";
import { reshape } from "../ops/layout.js";
import { matmul } from "../ops/matmul.js";
import { checkTrainable, defineLayer, type Layer } from "./layer.js";

/** Options of `dense`; names and defaults are Keras's. */
export interface DenseOptions {
  /** Applied to the outputs; none where absent. */
  activation?: Activation;
  /** First values of the weight [in, out]: a name such as "heNormal", or an initializer. Glorot uniform, as in Keras. */
  initializer?: string | Initializer | Initializer["config"];
  /** First values of the bias [out]; zeros. */
  biasInitializer?: string | Initializer | Initializer["config"];
  /** Whether there is a bias; true. */
  bias?: boolean;
  /** Whether training changes its parameters; true. */
  trainable?: boolean;
  name?: string;
}

/**
 * Fully connected, on the last axis: y = activation(x W + b).
 *
 * @param units - number of outputs
 * @returns a layer from [batch, ..., in] to [batch, ..., units] with parameters `weight` [in, units] and `bias` [units]
 * @throws ArgumentError when `units` isn't a positive integer, or a name is unknown
 */
export function dense(units: number, options: DenseOptions = {}): Layer {
  if (!Number.isSafeInteger(units) || units < 1) {
    throw new ArgumentError(`dense: the number of units must be a positive integer, got ${shown(units)}.`);
  }
  const { activation, bias, trainable, name, ...first } = optionsOf("dense", options, {
    activation: undefined,
    initializer: glorotUniform(),
    biasInitializer: zeros(),
    bias: true,
    trainable: undefined,
    name: undefined,
  });
  if (activation !== undefined) checkActivation(activation);
  checkTrainable("dense", trainable);
  const initializer = toInitializer(first.initializer);
  const biasInitializer = toInitializer(first.biasInitializer);
  return defineLayer({
    config: {
      layer: "dense",
      units,
      activation,
      bias,
      initializer: initializer.config,
      biasInitializer: biasInitializer.config,
      trainable,
      name,
    },
    byPlace: "endless",
    forward(x, scope) {
      if (x.shape.length < 2) {
        throw new ShapeError(`dense "${scope.name}": input must be [batch, ..., features], got [batch].`);
      }
      const before = x.shape.slice(0, -1);
      const features = x.shape.at(-1)!;
      const weight = scope.parameter("weight", [features, units], initializer);
      const product = matmul(reshape(x, [sizeOf(before), features]), weight);
      const y = bias ? add(product, scope.parameter("bias", [units], biasInitializer)) : product;
      return reshape(activation === undefined ? y : activate(y, activation), [...before, units]);
    },
  });
}
