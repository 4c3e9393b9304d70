import wgsl from "../../shaders/functions/adam.wgsl";
import { optionsOf } from "../core/options.js";
import { AT_LEAST_0, checkNumbers, SHARE } from "../core/ranges.js";
import { defineRule } from "../ops/rule.js";
import { byRule, type Optimizer } from "./optimizer.js";

/**
 * Adam (Kingma, Ba, 2015), AdamW (Loshchilov, Hutter, 2019) and NAdam (Dozat, 2016) as in torch.optim.
 *
 *     g = gradient + weightDecay p
 *     m = beta1 m + (1 - beta1) g;   v = beta2 v + (1 - beta2) g²
 *     amsgrad:   vMax = max(v, vMax), which stands for v from here on
 *     decoupled: p = oneMinusDecay p
 *     p = p - (stepSize m + (nesterov: gradientStep g)) / (√(v biasCorrection + epsilonInRoot) + epsilon)
 *
 * with stepSize = learningRate / (1 - beta1^t), biasCorrection = 1 / (1 - beta2^t), oneMinusDecay =
 * 1 - learningRate weightDecay.
 */
export const adamRule = defineRule("adam", {
  wgsl,
  hyperparameters: [
    "stepSize",
    "weightDecay",
    "beta1",
    "oneMinusBeta1",
    "beta2",
    "oneMinusBeta2",
    "biasCorrection",
    "epsilon",
    "oneMinusDecay",
    "gradientStep",
    "epsilonInRoot",
  ],
  flags: ["amsgrad", "decoupled", "nesterov"],
  state: { m: true, v: true, vMax: "amsgrad" },
  // NAdam's rates follow a schedule of their own.
  corrected: ({ nesterov }) => ({ ...(!nesterov && { stepSize: "beta1" }), biasCorrection: "beta2" }),
  descend(k, { p, gradient, h, old }, { amsgrad, decoupled, nesterov }) {
    const g = k.addProduct(gradient, h.weightDecay, p);
    const m = k.keepDecaying("m", k.multiplyAdd(h.beta1, old.m, k.mul(h.oneMinusBeta1, g)));
    const v = k.keepDecaying("v", k.multiplyAdd(h.beta2, old.v, k.mul(k.mul(h.oneMinusBeta2, g), g)));
    const square = amsgrad ? k.keep("vMax", k.max(v, old.vMax)) : v;
    return {
      ...(decoupled && { factor: h.oneMinusDecay }),
      steps: nesterov
        ? [
            [h.stepSize, m],
            [h.gradientStep, g],
          ]
        : [[h.stepSize, m]],
      divisor: k.add(k.sqrt(k.multiplyAdd(h.biasCorrection, square, h.epsilonInRoot)), h.epsilon),
    };
  },
});

/** Options of `adam`; defaults are those of torch.optim.Adam. */
export interface AdamOptions {
  /** 1e-3, as torch.optim.Adam */
  learningRate?: number;
  /** Decay of the mean gradient, 0.9 */
  beta1?: number;
  /** Decay of the mean squared gradient, 0.999 */
  beta2?: number;
  /** Added to the root of the mean square, 1e-8 */
  epsilon?: number;
  /** Take √(v + epsilon) for √v + epsilon, as some textbooks do */
  epsilonInRoot?: boolean;
  /** L2 penalty, added to the gradient as weightDecay p (not decoupled as in AdamW) */
  weightDecay?: number;
  /** Divide by the largest mean square so far (Reddi, Kale, Kumar, 2018) */
  amsgrad?: boolean;
}

/** Options of `adamw`; defaults are those of torch.optim.AdamW. */
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
export const adam = (options: AdamOptions = {}): Optimizer => family("adam", options, 0);

/**
 * Adam with decoupled weight decay (Loshchilov, Hutter, 2019), as torch.optim.AdamW: p = (1 - learningRate weightDecay) p,
 * then Adam's step. Adam's own `weightDecay` is an L2 penalty, which its division by √v all but undoes.
 *
 * @throws ArgumentError when a number is out of range
 */
export const adamw = (options: AdamwOptions = {}): Optimizer => family("adamw", options, 0.01);

function family(name: "adam" | "adamw", options: AdamOptions, decay: number): Optimizer {
  const chosen = optionsOf(name, options, {
    learningRate: 1e-3,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    epsilonInRoot: false,
    weightDecay: decay,
    amsgrad: false,
  });
  const { learningRate, beta1, beta2, epsilon, epsilonInRoot, weightDecay, amsgrad } = chosen;
  checkNumbers(name, AT_LEAST_0, { learningRate, epsilon, weightDecay });
  checkNumbers(name, SHARE, { beta1, beta2 });
  const decoupled = name === "adamw";
  return byRule(adamRule, {
    config: { optimizer: name, ...chosen },
    flags: { amsgrad, decoupled },
    hyperparameters: (t, rate) => ({
      stepSize: rate / (1 - beta1 ** t),
      weightDecay: decoupled ? 0 : weightDecay,
      beta1,
      oneMinusBeta1: 1 - beta1,
      beta2,
      oneMinusBeta2: 1 - beta2,
      biasCorrection: 1 / (1 - beta2 ** t),
      epsilon: epsilonInRoot ? 0 : epsilon,
      oneMinusDecay: decoupled ? 1 - rate * weightDecay : 1,
      gradientStep: 0,
      epsilonInRoot: epsilonInRoot ? epsilon : 0,
    }),
  });
}
