import wgsl from "../../shaders/functions/rmsprop.wgsl";
import { optionsOf } from "../core/options.js";
import { AT_LEAST_0, checkNumbers, SHARE } from "../core/ranges.js";
import { defineRule } from "../ops/rule.js";
import { byRule, type Optimizer } from "./optimizer.js";

/**
 * RMSprop as torch.optim.RMSprop.
 *
 *     g = gradient + weightDecay p
 *     s = alpha s + (1 - alpha) g²
 *     centered: mean = alpha mean + (1 - alpha) g;   d = √(s - mean² + epsilonInRoot) + epsilon
 *     else      d = √(s + epsilonInRoot) + epsilon
 *     momentum: velocity = momentum velocity + g / d;   p = p - learningRate velocity
 *     else      p = p - learningRate g / d
 */
export const rmspropRule = defineRule("rmsprop", {
  wgsl,
  hyperparameters: ["learningRate", "weightDecay", "alpha", "oneMinusAlpha", "epsilon", "momentum", "epsilonInRoot"],
  flags: ["centered", "momentum"],
  state: { s: true, mean: "centered", velocity: "momentum" },
  descend(k, { p, gradient, h, old }, { centered, momentum }) {
    const g = k.addProduct(gradient, h.weightDecay, p);
    const share = k.mul(h.oneMinusAlpha, g);
    let variance = k.keepDecaying("s", k.multiplyAdd(h.alpha, old.s, k.mul(share, g)));
    if (centered) {
      const mean = k.keepDecaying("mean", k.multiplyAdd(h.alpha, old.mean, share));
      variance = k.max(k.sub(variance, k.mul(mean, mean)), k.number(0)); // rounding may leave less than 0
    }
    const direction = k.div(g, k.add(k.sqrt(k.add(variance, h.epsilonInRoot)), h.epsilon));
    if (!momentum) return { steps: [[h.learningRate, direction]] };
    const velocity = k.keepDecaying("velocity", k.multiplyAdd(h.momentum, old.velocity, direction));
    return { steps: [[h.learningRate, velocity]] };
  },
});

/** Options of `rmsprop`; defaults are those of torch.optim.RMSprop. */
export interface RmspropOptions {
  /** 0.01, as torch.optim.RMSprop */
  learningRate?: number;
  /** Decay of the mean square, 0.99; Keras calls it rho */
  alpha?: number;
  /** Added to the root of the mean square, 1e-8 */
  epsilon?: number;
  /** Take √(s + epsilon) for √s + epsilon, as some textbooks do */
  epsilonInRoot?: boolean;
  /** Divide by the deviation instead of the root mean square */
  centered?: boolean;
  /** Share of the last step that is kept, 0 */
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
  const chosen = optionsOf("rmsprop", options, {
    learningRate: 0.01,
    alpha: 0.99,
    epsilon: 1e-8,
    epsilonInRoot: false,
    centered: false,
    momentum: 0,
    weightDecay: 0,
  });
  const { learningRate, alpha, epsilon, epsilonInRoot, centered, momentum, weightDecay } = chosen;
  checkNumbers("rmsprop", AT_LEAST_0, { learningRate, epsilon, weightDecay });
  checkNumbers("rmsprop", SHARE, { alpha, momentum });
  return byRule(rmspropRule, {
    config: { optimizer: "rmsprop", ...chosen },
    flags: { centered, momentum: momentum > 0 },
    hyperparameters: (_, rate) => ({
      learningRate: rate,
      weightDecay,
      alpha,
      oneMinusAlpha: 1 - alpha,
      epsilon: epsilonInRoot ? 0 : epsilon,
      momentum,
      epsilonInRoot: epsilonInRoot ? epsilon : 0,
    }),
  });
}
