import { ABOVE_0, checkNumbers } from "../core/ranges.js";
import { sameShape } from "../core/shape.js";
import type { Tensor } from "../graph/tensor.js";
import { add, div, maximum, mul, sqrt, square, sub } from "../ops/elementwise.js";
import { reshape } from "../ops/layout.js";
import { sum } from "../ops/sum.js";
import { checkOptimizer, type Optimizer } from "./optimizer.js";
import { placeAfter, subtract, subtraction } from "./subtract.js";
import { type Units, unitsOf } from "./weights.js";

/** As Keras: keeps the factor finite where all weights of a unit are 0. */
const NORM_EPSILON = 1e-7;

/**
 * An optimizer that keeps the weights of each output unit short: after its update, incoming weights whose Euclidean norm is
 * above the limit are scaled down to it (Srebro, Shraibman, 2005; Keras's MaxNorm along axis 0 of a dense layer). Units are those
 * that layers declare (`ParameterOptions`): filters of convolutions, gates of recurrent layers, the vector of each id of an
 * embedding. Biases are left alone. It goes well with dropout and high rates; 3 and 4 are common limits.
 *
 * @throws ArgumentError when the limit isn't a finite number above 0
 */
export function maxNorm(optimizer: Optimizer, limit: number): Optimizer {
  checkNumbers("maxNorm", ABOVE_0, { limit });
  checkOptimizer("maxNorm", optimizer);
  const { optimizer: name, learningRate } = optimizer.config;
  const place = placeAfter("maxNorm", optimizer);
  return {
    ...optimizer,
    config: { optimizer: `maxNorm(${name})`, learningRate, of: optimizer.config, limit },
    hyperparameters: (t, rate) => [...optimizer.hyperparameters(t, rate), ...subtraction(1)],
    update(parameter, gradient, state, first) {
      const updated = optimizer.update(parameter, gradient, state, first);
      const units = unitsOf(parameter);
      return units ? subtract(updated, excess(updated, units, limit), first + place) : updated;
    },
  };
}

/** The part of weights above the limit, to be subtracted from them: w max(0, 1 - limit / norm). */
function excess(weights: Tensor, { axes, shape }: Units, limit: number): Tensor {
  const isWhole = sameShape(shape, weights.shape);
  const seen = isWhole ? weights : reshape(weights, shape);
  const inward = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const norms = sqrt(sum(square(seen), inward, { keepAxes: true }));
  const above = mul(seen, maximum(sub(1, div(limit, add(norms, NORM_EPSILON))), 0));
  return isWhole ? above : reshape(above, weights.shape);
}
