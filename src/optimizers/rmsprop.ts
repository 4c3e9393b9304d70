import { rmspropUpdate } from "../ops/update.js";
import { checkLearningRate, checkRange, type Optimizer } from "./optimizer.js";

export interface RmspropOptions {
  /** 0.01, as torch.optim.RMSprop */
  learningRate?: number;
  /** Decay of the mean square, 0.99; Keras calls it rho */
  alpha?: number;
  epsilon?: number;
  /** Take √(s + epsilon) for √s + epsilon, as some textbooks do */
  epsilonInRoot?: boolean;
  /** Divide by the deviation instead of the root mean square */
  centered?: boolean;
  momentum?: number;
  /** L2 penalty, added to the gradient as weightDecay p */
  weightDecay?: number;
}

/**
 * RMSprop (Hinton, lecture 6e, 2012), as torch.optim.RMSprop: s = alpha s + (1 - alpha) g²;
 * p -= learningRate g / (√s + epsilon). Textbooks that put epsilon inside the root mean `epsilonInRoot: true`.
 *
 * @throws ArgumentError when a number is out of range
 */
export function rmsprop(options: RmspropOptions = {}): Optimizer {
  const {
    learningRate = 0.01,
    alpha = 0.99,
    epsilon = 1e-8,
    epsilonInRoot = false,
    centered = false,
    momentum = 0,
    weightDecay = 0,
  } = options;
  checkLearningRate("rmsprop", learningRate);
  checkRange("rmsprop", { epsilon, momentum, weightDecay }, 0);
  checkRange("rmsprop", { alpha }, 0, 1);
  return {
    config: { optimizer: "rmsprop", learningRate, alpha, epsilon, epsilonInRoot, centered, momentum, weightDecay },
    moments: 1 + Number(centered) + Number(momentum > 0),
    hyperparameters: (_, rate) => {
      const [inner, outer] = epsilonInRoot ? [epsilon, 0] : [0, epsilon];
      return [rate, weightDecay, alpha, 1 - alpha, outer, momentum, inner];
    },
    update: (parameter, gradient, state, first) =>
      rmspropUpdate(parameter, gradient, state!, { first, centered, momentum: momentum > 0 }),
  };
}
