import { rmspropUpdate } from "../ops/update.js";
import { checkLearningRate, checkRange, type Optimizer } from "./optimizer.js";

export interface AdagradOptions {
  /** 0.01, as torch.optim.Adagrad */
  learningRate?: number;
  /** The rate falls as learningRate / (1 + (t - 1) learningRateDecay); 0 */
  learningRateDecay?: number;
  epsilon?: number;
  /** L2 penalty, added to the gradient as weightDecay p */
  weightDecay?: number;
}

/**
 * Adagrad (Duchi, Hazan, Singer, 2011), as torch.optim.Adagrad: s += g²; p -= learningRate g / (√s + epsilon). That is
 * RMSprop whose mean square is a sum.
 *
 * @throws ArgumentError when a number is out of range
 */
export function adagrad(options: AdagradOptions = {}): Optimizer {
  const { learningRate = 0.01, learningRateDecay = 0, epsilon = 1e-10, weightDecay = 0 } = options;
  checkLearningRate("adagrad", learningRate);
  checkRange("adagrad", { learningRateDecay, epsilon, weightDecay }, 0);
  return {
    config: { optimizer: "adagrad", learningRate, learningRateDecay, epsilon, weightDecay },
    moments: 1,
    hyperparameters: (t, rate) => [rate / (1 + (t - 1) * learningRateDecay), weightDecay, 1, 1, epsilon, 0, 0],
    update: (parameter, gradient, state, first) =>
      rmspropUpdate(parameter, gradient, state!, { first, centered: false, momentum: false }),
  };
}
