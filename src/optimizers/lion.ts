import wgsl from "../../shaders/functions/lion.wgsl";
import { optionsOf } from "../core/options.js";
import { AT_LEAST_0, checkNumbers, SHARE } from "../core/ranges.js";
import { defineRule } from "../ops/rule.js";
import { byRule, type Optimizer } from "./optimizer.js";

/**
 * Lion (Chen et al., Symbolic Discovery of Optimization Algorithms, 2023).
 *
 *     p = oneMinusDecay p - learningRate sign(beta1 m + (1 - beta1) gradient)
 *     m = beta2 m + (1 - beta2) gradient
 *
 * with oneMinusDecay = 1 - learningRate weightDecay.
 */
const lionRule = defineRule("lion", {
  wgsl,
  hyperparameters: ["learningRate", "oneMinusDecay", "beta1", "oneMinusBeta1", "beta2", "oneMinusBeta2"],
  flags: [],
  state: { m: true },
  descend(k, { gradient, h, old }) {
    const direction = k.multiplyAdd(h.beta1, old.m, k.mul(h.oneMinusBeta1, gradient));
    k.keepDecaying("m", k.multiplyAdd(h.beta2, old.m, k.mul(h.oneMinusBeta2, gradient)));
    return { factor: h.oneMinusDecay, steps: [[h.learningRate, k.sign(direction)]] };
  },
});

/** Options of `lion`; defaults are its authors'. */
export interface LionOptions {
  /** 1e-4: a third to a tenth of Adam's, as its authors advise */
  learningRate?: number;
  /** Share of the mean gradient in the step's direction, 0.9 */
  beta1?: number;
  /** Decay of the mean gradient, 0.99 */
  beta2?: number;
  /** Decoupled decay, as in AdamW; 0 */
  weightDecay?: number;
}

/**
 * Lion (Chen et al., Symbolic Discovery of Optimization Algorithms, 2023): every step has the same size, only its sign
 * follows the gradients; p = (1 - learningRate weightDecay) p - learningRate sign(beta1 m + (1 - beta1) g).
 *
 * @throws ArgumentError when a number is out of range
 */
export function lion(options: LionOptions = {}): Optimizer {
  const chosen = optionsOf("lion", options, { learningRate: 1e-4, beta1: 0.9, beta2: 0.99, weightDecay: 0 });
  const { learningRate, beta1, beta2, weightDecay } = chosen;
  checkNumbers("lion", AT_LEAST_0, { learningRate, weightDecay });
  checkNumbers("lion", SHARE, { beta1, beta2 });
  return byRule(lionRule, {
    config: { optimizer: "lion", ...chosen },
    hyperparameters: (_, rate) => ({
      learningRate: rate,
      oneMinusDecay: 1 - rate * weightDecay,
      beta1,
      oneMinusBeta1: 1 - beta1,
      beta2,
      oneMinusBeta2: 1 - beta2,
    }),
  });
}
