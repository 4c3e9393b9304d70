import wgsl from "../../shaders/functions/adadelta.wgsl";
import { optionsOf } from "../core/options.js";
import { AT_LEAST_0, checkNumbers, SHARE } from "../core/ranges.js";
import { defineRule } from "../ops/rule.js";
import { byRule, type Optimizer } from "./optimizer.js";

/**
 * Adadelta (Zeiler, 2012) as torch.optim.Adadelta.
 *
 *     g = gradient + weightDecay p
 *     s = rho s + (1 - rho) g²;   change = √(d + epsilon) / √(s + epsilon) g;   d = rho d + (1 - rho) change²
 *     p = p - learningRate change
 */
const adadeltaRule = defineRule("adadelta", {
  wgsl,
  hyperparameters: ["learningRate", "weightDecay", "rho", "oneMinusRho", "epsilon"],
  flags: [],
  state: { s: true, d: true },
  descend(k, { p, gradient, h, old }) {
    const g = k.addProduct(gradient, h.weightDecay, p);
    const s = k.keepDecaying("s", k.multiplyAdd(h.rho, old.s, k.mul(k.mul(h.oneMinusRho, g), g)));
    const ratio = k.div(k.sqrt(k.add(old.d, h.epsilon)), k.sqrt(k.add(s, h.epsilon)));
    const change = k.mul(ratio, g);
    k.keepDecaying("d", k.multiplyAdd(h.rho, old.d, k.mul(k.mul(h.oneMinusRho, change), change)));
    return { steps: [[h.learningRate, change]] };
  },
});

/** Options of `adadelta`; defaults are those of torch.optim.Adadelta. */
export interface AdadeltaOptions {
  /** 1, as torch.optim.Adadelta */
  learningRate?: number;
  /** Decay of both mean squares, 0.9 */
  rho?: number;
  /** Added within the roots, 1e-6 */
  epsilon?: number;
  /** L2 penalty, added to the gradient as weightDecay p */
  weightDecay?: number;
}

/**
 * Adadelta (Zeiler, 2012), as torch.optim.Adadelta: steps as large as the changes of late, so that no rate needs be
 * chosen; p -= learningRate √(d + epsilon) / √(s + epsilon) g.
 *
 * @throws ArgumentError when a number is out of range
 */
export function adadelta(options: AdadeltaOptions = {}): Optimizer {
  const chosen = optionsOf("adadelta", options, { learningRate: 1, rho: 0.9, epsilon: 1e-6, weightDecay: 0 });
  const { learningRate, rho, epsilon, weightDecay } = chosen;
  checkNumbers("adadelta", AT_LEAST_0, { learningRate, epsilon, weightDecay });
  checkNumbers("adadelta", SHARE, { rho });
  return byRule(adadeltaRule, {
    config: { optimizer: "adadelta", ...chosen },
    hyperparameters: (_, rate) => ({ learningRate: rate, weightDecay, rho, oneMinusRho: 1 - rho, epsilon }),
  });
}
