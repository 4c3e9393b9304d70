import { adamaxUpdate } from "../ops/update.js";
import { checkLearningRate, checkRange, type Optimizer } from "./optimizer.js";

export interface AdamaxOptions {
  /** 2e-3, as torch.optim.Adamax */
  learningRate?: number;
  beta1?: number;
  beta2?: number;
  epsilon?: number;
  /** L2 penalty, added to the gradient as weightDecay p */
  weightDecay?: number;
}

/**
 * Adam with the largest gradient of late in place of the root mean square (Kingma, Ba, 2015, section 7.1), as
 * torch.optim.Adamax: u = max(beta2 u, |g| + epsilon); p -= learningRate m / ((1 - beta1^t) u).
 *
 * @throws ArgumentError when a number is out of range
 */
export function adamax(options: AdamaxOptions = {}): Optimizer {
  const { learningRate = 2e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 } = options;
  checkLearningRate("adamax", learningRate);
  checkRange("adamax", { epsilon, weightDecay }, 0);
  checkRange("adamax", { beta1, beta2 }, 0, 1);
  return {
    config: { optimizer: "adamax", learningRate, beta1, beta2, epsilon, weightDecay },
    moments: 2,
    hyperparameters: (t, rate) => [rate / (1 - beta1 ** t), weightDecay, beta1, 1 - beta1, beta2, epsilon],
    update: (parameter, gradient, state, first) => adamaxUpdate(parameter, gradient, state!, { first }),
  };
}
