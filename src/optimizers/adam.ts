import { adamUpdate } from "../ops/update.js";
import { checkLearningRate, checkRange, type Optimizer } from "./optimizer.js";

export interface AdamOptions {
  /** 1e-3, as torch.optim.Adam */
  learningRate?: number;
  beta1?: number;
  beta2?: number;
  epsilon?: number;
  /** L2 penalty, added to the gradient as weightDecay p (not decoupled as in AdamW) */
  weightDecay?: number;
  /** Divide by the largest mean square so far (Reddi, Kale, Kumar, 2018) */
  amsgrad?: boolean;
}

/**
 * Adam (Kingma, Ba, 2015), as torch.optim.Adam: moving averages m of g and v of g², corrected for their start at 0;
 * p -= learningRate m / (√v + epsilon).
 *
 * @throws ArgumentError when a number is out of range
 */
export function adam(options: AdamOptions = {}): Optimizer {
  const { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0, amsgrad = false } = options;
  checkLearningRate("adam", learningRate);
  checkRange("adam", { epsilon, weightDecay }, 0);
  checkRange("adam", { beta1, beta2 }, 0, 1);
  return {
    config: { optimizer: "adam", learningRate, beta1, beta2, epsilon, weightDecay, amsgrad },
    moments: amsgrad ? 3 : 2,
    hyperparameters: (t, rate) => [
      rate / (1 - beta1 ** t),
      weightDecay,
      beta1,
      1 - beta1,
      beta2,
      1 - beta2,
      1 / Math.sqrt(1 - beta2 ** t),
      epsilon,
    ],
    update: (parameter, gradient, state, first) => adamUpdate(parameter, gradient, state!, { first, amsgrad }),
  };
}
