import { adadeltaUpdate } from "../ops/update.js";
import { checkLearningRate, checkRange, type Optimizer } from "./optimizer.js";

export interface AdadeltaOptions {
  /** 1, as torch.optim.Adadelta */
  learningRate?: number;
  /** Decay of both mean squares, 0.9 */
  rho?: number;
  epsilon?: number;
  /** L2 penalty, added to the gradient as weightDecay p */
  weightDecay?: number;
}

/**
 * Adadelta (Zeiler, 2012), as torch.optim.Adadelta: steps as large as the changes of late, so that no rate needs be
 * chosen; p -= learningRate √(d + epsilon) / √(s + epsilon) g.
 *
 * @throws ArgumentError when a number is out of range
 */
export function adadelta(options: AdadeltaOptions = {}): Optimizer {
  const { learningRate = 1, rho = 0.9, epsilon = 1e-6, weightDecay = 0 } = options;
  checkLearningRate("adadelta", learningRate);
  checkRange("adadelta", { epsilon, weightDecay }, 0);
  checkRange("adadelta", { rho }, 0, 1);
  return {
    config: { optimizer: "adadelta", learningRate, rho, epsilon, weightDecay },
    moments: 2,
    hyperparameters: (_, rate) => [rate, weightDecay, rho, 1 - rho, epsilon],
    update: (parameter, gradient, state, first) => adadeltaUpdate(parameter, gradient, state!, { first }),
  };
}
