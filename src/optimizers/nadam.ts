import { optionsOf } from "../core/options.js";
import { AT_LEAST_0, checkNumbers, SHARE } from "../core/ranges.js";
import { adamRule } from "./adam.js";
import { byRule, type Optimizer } from "./optimizer.js";

/** Options of `nadam`; defaults are those of torch.optim.NAdam. */
export interface NadamOptions {
  /** 2e-3, as torch.optim.NAdam */
  learningRate?: number;
  /** Decay of the mean gradient, 0.9 */
  beta1?: number;
  /** Decay of the mean squared gradient, 0.999 */
  beta2?: number;
  /** Added to the root of the mean square, 1e-8 */
  epsilon?: number;
  /** L2 penalty, added to the gradient as weightDecay p */
  weightDecay?: number;
  /** Rate at which the momentum rises to beta1, 4e-3 */
  momentumDecay?: number;
}

/**
 * Adam with Nesterov's momentum (Dozat, 2016), as torch.optim.NAdam. With μₜ = beta1 (1 - 0.96^(t momentumDecay) / 2) and
 * Πₜ their product up to t, the step is learningRate (μₜ₊₁ m / (1 - Πₜ₊₁) + (1 - μₜ) g / (1 - Πₜ)) / (√v̂ + epsilon).
 *
 * @throws ArgumentError when a number is out of range
 */
export function nadam(options: NadamOptions = {}): Optimizer {
  const chosen = optionsOf("nadam", options, {
    learningRate: 2e-3,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    weightDecay: 0,
    momentumDecay: 4e-3,
  });
  const { learningRate, beta1, beta2, epsilon, weightDecay, momentumDecay } = chosen;
  checkNumbers("nadam", AT_LEAST_0, { learningRate, epsilon, weightDecay, momentumDecay });
  checkNumbers("nadam", SHARE, { beta1, beta2 });
  const momentum = (t: number) => beta1 * (1 - 0.5 * 0.96 ** (t * momentumDecay));
  /** Products of the momenta up to t, found as they are needed. */
  const products = [1];
  const product = (t: number) => {
    while (products.length <= t) products.push(products.at(-1)! * momentum(products.length));
    return products[t];
  };
  return byRule(adamRule, {
    config: { optimizer: "nadam", ...chosen },
    flags: { nesterov: true },
    hyperparameters: (t, rate) => ({
      stepSize: (rate * momentum(t + 1)) / (1 - product(t + 1)),
      weightDecay,
      beta1,
      oneMinusBeta1: 1 - beta1,
      beta2,
      oneMinusBeta2: 1 - beta2,
      biasCorrection: 1 / (1 - beta2 ** t),
      epsilon,
      oneMinusDecay: 1,
      gradientStep: (rate * (1 - momentum(t))) / (1 - product(t)),
      epsilonInRoot: 0,
    }),
  });
}
