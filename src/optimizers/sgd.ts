import wgsl from "../../shaders/functions/sgd.wgsl";
import { ArgumentError } from "../core/errors.js";
import { optionsOf } from "../core/options.js";
import { AT_LEAST_0, checkNumbers, SHARE } from "../core/ranges.js";
import { defineRule } from "../ops/rule.js";
import { byRule, type Optimizer } from "./optimizer.js";

/**
 * Stochastic gradient descent with momentum, as torch.optim.SGD.
 *
 *     g = gradient + weightDecay p
 *     velocity = momentum velocity + (1 - dampening) g          (the first step takes velocity = g)
 *     p = p - learningRate (nesterov ? g + momentum velocity : velocity)
 */
export const sgdRule = defineRule("sgd", {
  wgsl,
  hyperparameters: ["learningRate", "weightDecay", "momentum", "oneMinusDampening"],
  flags: ["momentum", "nesterov"],
  state: { velocity: "momentum" },
  descend(k, { p, gradient, h, old }, { momentum, nesterov }) {
    const g = k.addProduct(gradient, h.weightDecay, p);
    if (!momentum) return { steps: [[h.learningRate, g]] };
    const velocity = k.keepDecaying("velocity", k.multiplyAdd(h.momentum, old.velocity, k.mul(h.oneMinusDampening, g)));
    return { steps: [[h.learningRate, nesterov ? k.addProduct(g, h.momentum, velocity) : velocity]] };
  },
});

/** Options of `sgd`; defaults are those of torch.optim.SGD. */
export interface SgdOptions {
  /** 1e-3, as torch.optim.SGD */
  learningRate?: number;
  /** Share of the last step that is kept, 0 */
  momentum?: number;
  /** Share of the gradient that momentum leaves out, 0 */
  dampening?: number;
  nesterov?: boolean;
  /** L2 penalty, added to the gradient as weightDecay p */
  weightDecay?: number;
}

/**
 * Stochastic gradient descent, as torch.optim.SGD: v = momentum v + (1 - dampening) g; p -= learningRate v. Textbooks
 * that write momentum as a moving average, v = m v + (1 - m) g, mean `dampening: momentum`.
 *
 * @throws ArgumentError when a number is out of range, or nesterov lacks momentum or has dampening
 */
export function sgd(options: SgdOptions = {}): Optimizer {
  const defaults = { learningRate: 1e-3, momentum: 0, dampening: 0, nesterov: false, weightDecay: 0 };
  const chosen = optionsOf("sgd", options, defaults);
  const { learningRate, momentum, dampening, nesterov, weightDecay } = chosen;
  checkNumbers("sgd", AT_LEAST_0, { learningRate, weightDecay });
  checkNumbers("sgd", SHARE, { momentum, dampening });
  if (nesterov && (momentum === 0 || dampening > 0)) {
    throw new ArgumentError("sgd: nesterov needs a momentum above 0 and no dampening.");
  }
  return byRule(sgdRule, {
    config: { optimizer: "sgd", ...chosen },
    flags: { momentum: momentum > 0, nesterov },
    // The first step takes the gradient whole: there is no velocity yet to be averaged with.
    hyperparameters: (t, rate) => ({
      learningRate: rate,
      weightDecay,
      momentum,
      oneMinusDampening: t === 1 ? 1 : 1 - dampening,
    }),
  });
}
