import { ABOVE_0, checkNumbers } from "../core/ranges.js";
import type { Tensor } from "../graph/tensor.js";
import { add, div, maximum, mul, sqrt, square, sub } from "../ops/elementwise.js";
import { sum } from "../ops/sum.js";
import { checkOptimizer, type Optimizer } from "./optimizer.js";
import { placeAfter, subtract, subtraction } from "./subtract.js";
import { isWeight } from "./weights.js";

/** As Keras: keeps the factor finite where all weights of a unit are 0. */
const NORM_EPSILON = 1e-7;

/**
 * An optimizer that keeps the weights of each unit short: after its update, incoming weights whose Euclidean norm is above
 * the limit are scaled down to it (Srebro, Shraibman, 2005; Keras's MaxNorm along axis 0). Biases are left alone. It goes
 * well with dropout and high rates; 3 and 4 are common limits.
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
      return isWeight(parameter.label) ? subtract(updated, excess(updated, limit), first + place) : updated;
    },
  };
}

/** The part of weights [..., units] above the limit, to be subtracted from them: w max(0, 1 - limit / norm). */
function excess(weights: Tensor, limit: number): Tensor {
  const inward = weights.shape.slice(1).map((_, axis) => axis);
  const norms = sqrt(sum(square(weights), inward, { keepAxes: true }));
  return mul(weights, maximum(sub(1, div(limit, add(norms, NORM_EPSILON))), 0));
}
