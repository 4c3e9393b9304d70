import { adamUpdate } from "../ops/update.js";
import { checkLearningRate, checkRange, type Optimizer } from "./optimizer.js";

export interface AdamOptions {
  /** 1e-3, as torch.optim.Adam */
  learningRate?: number;
  beta1?: number;
  beta2?: number;
  epsilon?: number;
  /** Take √(v + epsilon) for √v + epsilon, as some textbooks do */
  epsilonInRoot?: boolean;
  /** L2 penalty, added to the gradient as weightDecay p (not decoupled as in AdamW) */
  weightDecay?: number;
  /** Divide by the largest mean square so far (Reddi, Kale, Kumar, 2018) */
  amsgrad?: boolean;
}

export interface AdamwOptions extends Omit<AdamOptions, "weightDecay"> {
  /** Decoupled decay, 0.01 as torch.optim.AdamW: p shrinks by learningRate weightDecay p, beside the step */
  weightDecay?: number;
}

/**
 * Adam (Kingma, Ba, 2015), as torch.optim.Adam: moving averages m of g and v of g², corrected for their start at 0;
 * p -= learningRate m / (√v + epsilon). Textbooks that put epsilon inside the root mean `epsilonInRoot: true`;
 * Keras's epsilon is 1e-7.
 *
 * @throws ArgumentError when a number is out of range
 */
export const adam = (options: AdamOptions = {}): Optimizer => family("adam", { weightDecay: 0, ...options });

/**
 * Adam with decoupled weight decay (Loshchilov, Hutter, 2019), as torch.optim.AdamW: p = (1 - learningRate weightDecay) p,
 * then Adam's step. Adam's own `weightDecay` is an L2 penalty, which its division by √v all but undoes.
 *
 * @throws ArgumentError when a number is out of range
 */
export const adamw = (options: AdamwOptions = {}): Optimizer => family("adamw", { weightDecay: 0.01, ...options });

function family(name: "adam" | "adamw", options: AdamOptions): Optimizer {
  const { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0, amsgrad = false } = options;
  const { epsilonInRoot = false } = options;
  checkLearningRate(name, learningRate);
  checkRange(name, { epsilon, weightDecay }, 0);
  checkRange(name, { beta1, beta2 }, 0, 1);
  const decoupled = name === "adamw";
  return {
    config: { optimizer: name, learningRate, beta1, beta2, epsilon, epsilonInRoot, weightDecay, amsgrad },
    moments: amsgrad ? 3 : 2,
    hyperparameters: (t, rate) => [
      rate / (1 - beta1 ** t),
      decoupled ? 0 : weightDecay,
      beta1,
      1 - beta1,
      beta2,
      1 - beta2,
      1 / (1 - beta2 ** t),
      epsilonInRoot ? 0 : epsilon,
      decoupled ? 1 - rate * weightDecay : 1,
      0,
      epsilonInRoot ? epsilon : 0,
    ],
    update: (parameter, gradient, state, first) =>
      adamUpdate(parameter, gradient, state!, { first, amsgrad, decoupled }),
  };
}
