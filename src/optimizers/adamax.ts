import wgsl from "../../shaders/functions/adamax.wgsl";
import { optionsOf } from "../core/options.js";
import { AT_LEAST_0, checkNumbers, SHARE } from "../core/ranges.js";
import { defineRule } from "../ops/rule.js";
import { byRule, type Optimizer } from "./optimizer.js";

/**
 * Adamax (Kingma, Ba, 2015) as torch.optim.Adamax.
 *
 *     g = gradient + weightDecay p
 *     m = beta1 m + (1 - beta1) g;   u = max(beta2 u, |g| + epsilon)
 *     p = p - stepSize m / u
 *
 * with stepSize = learningRate / (1 - beta1^t).
 */
const adamaxRule = defineRule("adamax", {
  wgsl,
  hyperparameters: ["stepSize", "weightDecay", "beta1", "oneMinusBeta1", "beta2", "epsilon"],
  flags: [],
  state: { m: true, u: true },
  corrected: () => ({ stepSize: "beta1" }),
  descend(k, { p, gradient, h, old }) {
    const g = k.addProduct(gradient, h.weightDecay, p);
    const m = k.keepDecaying("m", k.multiplyAdd(h.beta1, old.m, k.mul(h.oneMinusBeta1, g)));
    const u = k.keep("u", k.max(k.mul(h.beta2, old.u), k.add(k.abs(g), h.epsilon)));
    return { steps: [[h.stepSize, m]], divisor: u };
  },
});

/** Options of `adamax`; defaults are those of torch.optim.Adamax. */
export interface AdamaxOptions {
  /** 2e-3, as torch.optim.Adamax */
  learningRate?: number;
  /** Decay of the mean gradient, 0.9 */
  beta1?: number;
  /** Decay of the largest gradient, 0.999 */
  beta2?: number;
  /** Added to the gradient's size, 1e-8 */
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
  const defaults = { learningRate: 2e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 };
  const chosen = optionsOf("adamax", options, defaults);
  const { learningRate, beta1, beta2, epsilon, weightDecay } = chosen;
  checkNumbers("adamax", AT_LEAST_0, { learningRate, epsilon, weightDecay });
  checkNumbers("adamax", SHARE, { beta1, beta2 });
  return byRule(adamaxRule, {
    config: { optimizer: "adamax", ...chosen },
    hyperparameters: (t, rate) => ({
      stepSize: rate / (1 - beta1 ** t),
      weightDecay,
      beta1,
      oneMinusBeta1: 1 - beta1,
      beta2,
      epsilon,
    }),
  });
}
