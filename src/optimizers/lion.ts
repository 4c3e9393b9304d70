import { lionUpdate } from "../ops/update.js";
import { checkLearningRate, checkRange, type Optimizer } from "./optimizer.js";

export interface LionOptions {
  /** 1e-4: a third to a tenth of Adam's, as its authors advise */
  learningRate?: number;
  beta1?: number;
  beta2?: number;
  /** Decoupled decay, as in AdamW; 0 */
  weightDecay?: number;
}

/**
 * Lion (Chen et al., Symbolic Discovery of Optimization Algorithms, 2023): every step has the same size, only its sign
 * follows the gradients; p = (1 - learningRate weightDecay) p - learningRate sign(beta1 m + (1 - beta1) g).
 *
 * @throws ArgumentError when a number is out of range
 */
export function lion(options: LionOptions = {}): Optimizer {
  const { learningRate = 1e-4, beta1 = 0.9, beta2 = 0.99, weightDecay = 0 } = options;
  checkLearningRate("lion", learningRate);
  checkRange("lion", { weightDecay }, 0);
  checkRange("lion", { beta1, beta2 }, 0, 1);
  return {
    config: { optimizer: "lion", learningRate, beta1, beta2, weightDecay },
    moments: 1,
    hyperparameters: (_, rate) => [rate, 1 - rate * weightDecay, beta1, 1 - beta1, beta2, 1 - beta2],
    update: (parameter, gradient, state, first) => lionUpdate(parameter, gradient, state!, { first }),
  };
}
