import { ArgumentError } from "../core/errors.js";
import type { Tensor } from "../graph/tensor.js";
import { sgdUpdate } from "../ops/update.js";
import { checkLearningRate, checkRange, type Optimizer } from "./optimizer.js";

export interface SgdOptions {
  /** 1e-3, as torch.optim.SGD */
  learningRate?: number;
  momentum?: number;
  dampening?: number;
  nesterov?: boolean;
  /** L2 penalty, added to the gradient as weightDecay p */
  weightDecay?: number;
}

/**
 * Stochastic gradient descent, as torch.optim.SGD: v = momentum v + (1 - dampening) g; p -= learningRate v. Textbooks
 * that write momentum as a moving average, v = m v + (1 - m) g, mean `dampening: momentum`.
 *
 * @throws ArgumentError when a number is out of range, or nesterov lacks momentum or has dampening
 */
export function sgd(options: SgdOptions = {}): Optimizer {
  const { learningRate = 1e-3, momentum = 0, dampening = 0, nesterov = false, weightDecay = 0 } = options;
  checkLearningRate("sgd", learningRate);
  checkRange("sgd", { momentum, weightDecay }, 0);
  checkRange("sgd", { dampening }, 0, 1);
  if (nesterov && (momentum === 0 || dampening > 0)) {
    throw new ArgumentError("sgd: nesterov needs a momentum above 0 and no dampening.");
  }
  return {
    config: { optimizer: "sgd", learningRate, momentum, dampening, nesterov, weightDecay },
    moments: momentum > 0 ? 1 : 0,
    // The first step takes the gradient whole: there is no velocity yet to be averaged with.
    hyperparameters: (t, rate) => [rate, weightDecay, momentum, t === 1 ? 1 : 1 - dampening],
    update: (parameter, gradient, state, first) => {
      const attributes = { first, momentum: momentum > 0, nesterov };
      return state
        ? sgdUpdate(parameter, gradient, state as Tensor, attributes)
        : sgdUpdate(parameter, gradient, attributes);
    },
  };
}
