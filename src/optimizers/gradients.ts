import { ABOVE_0, checkNumbers } from "../core/ranges.js";
import type { Tensor } from "../graph/tensor.js";
import { add, clamp, div, minimum, mul, sign, sqrt, square } from "../ops/elementwise.js";
import { sum } from "../ops/sum.js";
import { unitsOf } from "./weights.js";

/** Something done to all gradients of a step before the optimizer takes them. */
export interface GradientRule {
  readonly config: { rule: string } & Record<string, unknown>;
  /**
   * Changes the gradients of a step.
   *
   * @param gradients - each of its parameter's shape
   * @param parameters - by name, in the gradients' order
   */
  apply(gradients: readonly Tensor[], parameters: ReadonlyMap<string, Tensor>): readonly Tensor[];
}

/** As PyTorch: keeps the factor finite where all gradients are 0. */
const NORM_EPSILON = 1e-6;

/**
 * Clamps every element of every gradient to ±limit.
 *
 * @throws ArgumentError when the limit isn't a finite number above 0
 */
export function clipByValue(limit: number): GradientRule {
  checkNumbers("clipByValue", ABOVE_0, { limit });
  return {
    config: { rule: "clipByValue", limit },
    apply: (gradients) => gradients.map((gradient) => clamp(gradient, { low: -limit, high: limit })),
  };
}

/**
 * Scales all gradients by min(1, limit / (norm + 1e-6)), where the norm is that of all of them taken as one vector
 * (Pascanu, Mikolov, Bengio, 2013), as torch.nn.utils.clip_grad_norm_. It needs every gradient whole, so that updates
 * can't be fused into the products that make them.
 *
 * @throws ArgumentError when the limit isn't a finite number above 0
 */
export function clipByGlobalNorm(limit: number): GradientRule {
  checkNumbers("clipByGlobalNorm", ABOVE_0, { limit });
  return {
    config: { rule: "clipByGlobalNorm", limit },
    apply(gradients) {
      const squares = gradients.map((gradient) => sum(square(gradient))).reduce((a, b) => add(a, b));
      const factor = minimum(div(limit, add(sqrt(squares), NORM_EPSILON)), 1);
      return gradients.map((gradient) => mul(gradient, factor));
    },
  };
}

/**
 * The penalty factor Σ|w| on weights, not on biases: adds factor sign(w) to their gradients, which draws weights to 0
 * exactly (lasso). The loss that is reported is the data's alone.
 *
 * @throws ArgumentError when the factor isn't a finite number above 0
 */
export function l1Penalty(factor: number): GradientRule {
  checkNumbers("l1Penalty", ABOVE_0, { factor });
  return penalty("l1Penalty", factor, (weight) => mul(sign(weight), factor));
}

/**
 * The penalty factor / 2 Σw² on weights, not on biases: adds factor w to their gradients (ridge). An optimizer's
 * `weightDecay` is the same for all parameters; `adamw` decays beside the gradient instead. The loss that is reported is
 * the data's alone.
 *
 * @throws ArgumentError when the factor isn't a finite number above 0
 */
export function l2Penalty(factor: number): GradientRule {
  checkNumbers("l2Penalty", ABOVE_0, { factor });
  return penalty("l2Penalty", factor, (weight) => mul(weight, factor));
}

const penalty = (rule: string, factor: number, slope: (weight: Tensor) => Tensor): GradientRule => ({
  config: { rule, factor },
  apply: (gradients, parameters) =>
    [...parameters.values()].map((parameter, i) =>
      unitsOf(parameter) ? add(gradients[i], slope(parameter)) : gradients[i],
    ),
});

/** The rule that a saved config describes, `undefined` for one of the user's own. */
export function gradientRuleFromConfig({ rule, limit, factor }: GradientRule["config"]): GradientRule | undefined {
  const rules: Record<string, (value: number) => GradientRule> = {
    clipByValue,
    clipByGlobalNorm,
    l1Penalty,
    l2Penalty,
  };
  return rules[rule]?.((limit ?? factor) as number);
}
