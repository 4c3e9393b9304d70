import { optionsOf } from "../core/options.js";
import { AT_LEAST_0, checkNumbers } from "../core/ranges.js";
import { byRule, type Optimizer } from "./optimizer.js";
import { rmspropRule } from "./rmsprop.js";

/** Options of `adagrad`; defaults are those of torch.optim.Adagrad. */
export interface AdagradOptions {
  /** 0.01, as torch.optim.Adagrad */
  learningRate?: number;
  /** The rate falls as learningRate / (1 + (t - 1) learningRateDecay); 0 */
  learningRateDecay?: number;
  /** Added to the root, 1e-10 */
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
  const defaults = { learningRate: 0.01, learningRateDecay: 0, epsilon: 1e-10, weightDecay: 0 };
  const chosen = optionsOf("adagrad", options, defaults);
  const { learningRate, learningRateDecay, epsilon, weightDecay } = chosen;
  checkNumbers("adagrad", AT_LEAST_0, { learningRate, learningRateDecay, epsilon, weightDecay });
  return byRule(rmspropRule, {
    config: { optimizer: "adagrad", ...chosen },
    hyperparameters: (t, rate) => ({
      learningRate: rate / (1 + (t - 1) * learningRateDecay),
      weightDecay,
      alpha: 1,
      oneMinusAlpha: 1,
      epsilon,
      momentum: 0,
      epsilonInRoot: 0,
    }),
  });
}
