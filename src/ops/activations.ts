import { ArgumentError } from "../core/errors.js";
import { SOFTMAX_IS_ELSEWHERE } from "../core/foreign-words.js";
import { didYouMean } from "../core/options.js";
import { defineOp, type OpFunction } from "../graph/op.js";
import type { Tensor } from "../graph/tensor.js";
import { defineElementwise } from "./define-elementwise.js";
import { abs, add, div, exp, greater, mul, select, square, sub } from "./elementwise.js";

/*
 * Activation functions and their derivatives, elementwise on any shape. Those with a kernel of their own state their
 * gradient; the others are written with ops, and their gradient follows by the chain rule.
 */

/** max(x, 0); derivative 0 at 0 (Nair, Hinton, 2010); any shape to the same */
export const relu: OpFunction = defineElementwise("relu", {
  operands: 1,
  formula: "max(0, x)",
  rises: true,
  error: {},
  // y is above 0 just where x is, and x need not be kept.
  gradient: (dy, _, y) => [mul(dy, greater(y, 0))],
});

const leakyReluOp: OpFunction<{ slope: number }> = defineElementwise("leakyRelu", {
  operands: 1,
  numbers: ["slope"],
  formula: "max(0, x) + slope * min(0, x)",
  error: {},
  gradient: (dy, [x], y, { slope }) => [select(greater(slope >= 0 ? y : x, 0), dy, mul(dy, slope))],
});
/** x where x > 0, else slope x; slope 0.01 as torch.nn.LeakyReLU; any shape to the same */
export const leakyRelu = (x: Tensor, slope = 0.01): Tensor => leakyReluOp(x, { slope });

const eluOp: OpFunction<{ alpha: number }> = defineElementwise("elu", {
  operands: 1,
  numbers: ["alpha"],
  formula: "max(0, x) + alpha * (e^min(0, x) - 1)",
  error: { functions: ["exponential"] },
  gradient: (dy, [x], y, { alpha }) => [select(greater(alpha >= 0 ? y : x, 0), dy, mul(dy, add(y, alpha)))],
});
/** x where x > 0, else alpha (e^x - 1) (Clevert, Unterthiner, Hochreiter, 2016); any shape to the same */
export const elu = (x: Tensor, alpha = 1): Tensor => eluOp(x, { alpha });

/** σ(x) = 1 / (1 + e^-x); σ' = y (1 - y); any shape to the same */
export const sigmoid: OpFunction = defineElementwise("sigmoid", {
  operands: 1,
  formula: "σ(x)",
  error: { functions: ["exponential", "division"] },
  gradient: (dy, _, y) => [mul(dy, mul(y, sub(1, y)))],
});

/** (e^x - e^-x) / (e^x + e^-x); derivative 1 - y²; any shape to the same */
export const tanh: OpFunction = defineElementwise("tanh", {
  operands: 1,
  formula: "tanh(x)",
  error: { functions: ["hyperbolic"] },
  gradient: (dy, _, y) => [mul(dy, sub(1, square(y)))],
});

/** log(1 + e^x), computed as max(x, 0) + log(1 + e^-|x|); derivative σ(x); any shape to the same */
export const softplus: OpFunction = defineElementwise("softplus", {
  operands: 1,
  formula: "ln(1 + e^x)",
  error: { functions: ["logSumExp"] },
  gradient: (dy, [x]) => [mul(dy, sigmoid(x))],
});

/** x Φ(x) with the normal distribution Φ = (1 + erf(x/√2)) / 2 (Hendrycks, Gimpel, 2016); any shape to the same */
export const gelu: OpFunction = defineElementwise("gelu", {
  operands: 1,
  formula: "x * Φ(x)",
  error: { functions: ["exponential", "division"], terms: () => 26, summed: (x) => x },
  gradient: (dy, [x]) => [geluGradient(dy, x)],
});

/** GELU's gradient dy (Φ(x) + x φ(x)), with the normal density φ = e^(-x²/2) / √(2π); its own for x is dy (2 - x²) φ(x) */
export const geluGradient: OpFunction = defineElementwise("geluGradient", {
  operands: 2,
  formula: "a * (Φ(b) + b * φ(b))",
  error: { functions: ["exponential", "exponential", "division"], terms: () => 27, summed: (dy) => dy },
  gradient: (g, [dy, x]) => [
    geluGradient(g, x),
    mul(mul(g, dy), mul(mul(1 / Math.sqrt(2 * Math.PI), sub(2, square(x))), exp(mul(-0.5, square(x))))),
  ],
});

/** GELU's approximation x/2 (1 + tanh(√(2/π) (x + 0.044715 x³))); any shape to the same */
export const geluTanh = (x: Tensor): Tensor =>
  mul(mul(0.5, x), add(1, tanh(mul(Math.sqrt(2 / Math.PI), mul(x, add(1, mul(0.044715, square(x))))))));

/** x σ(x), also called swish; any shape to the same */
export const silu = (x: Tensor): Tensor => mul(x, sigmoid(x));

/** x tanh(softplus(x)) (Misra, 2019); any shape to the same */
export const mish = (x: Tensor): Tensor => mul(x, tanh(softplus(x)));

/** Scaled ELU: keeps mean 0 and variance 1 from layer to layer (Klambauer et al., 2017); any shape to the same */
export const selu = (x: Tensor): Tensor => mul(1.0507009873554805, elu(x, 1.6732632423543772));

/** x / (1 + |x|); any shape to the same */
export const softsign = (x: Tensor): Tensor => div(x, add(1, abs(x)));

/** x/6 + 1/2 held within [0, 1]; derivative 0 at both ends, as in PyTorch */
export const hardSigmoid = (x: Tensor): Tensor => sub(1, relu(sub(1, relu(add(div(x, 6), 0.5)))));

/** x hardSigmoid(x) (Howard et al., 2019); any shape to the same */
export const hardSwish = (x: Tensor): Tensor => mul(x, hardSigmoid(x));

/** x itself */
export const linear = (x: Tensor): Tensor => x;

/** Every activation that a layer can name. */
export const activations = {
  linear,
  relu: (x: Tensor) => relu(x),
  leakyRelu: (x: Tensor) => leakyRelu(x),
  elu: (x: Tensor) => elu(x),
  selu,
  sigmoid: (x: Tensor) => sigmoid(x),
  tanh: (x: Tensor) => tanh(x),
  softplus: (x: Tensor) => softplus(x),
  softsign,
  gelu: (x: Tensor) => gelu(x),
  geluTanh,
  silu,
  mish,
  hardSigmoid,
  hardSwish,
  exponential: (x: Tensor) => exp(x),
} as const;

/** The activations by name; `activations` has their functions. */
export type ActivationName = keyof typeof activations;

/**
 * An activation of the user's own. `forward` and `gradient` run on the CPU backend, one number at a time; `wgsl` gives
 * the same two as WGSL expressions in the f32 variables `x` and (in `gradient`) `y`, the forward result.
 *
 * @example { name: "cube", forward: (x) => x ** 3, gradient: (x) => 3 * x * x,
 *            wgsl: { forward: "x * x * x", gradient: "3.0 * x * x" } }
 */
export interface CustomActivation {
  name: string;
  /** The activation of one number, in float64. */
  forward(x: number): number;
  /** dy/dx at x, where y = forward(x) */
  gradient(x: number, y: number): number;
  wgsl: { forward: string; gradient: string };
}

/** An activation: its name, or one of the user's own. */
export type Activation = ActivationName | CustomActivation;

export const customActivationOp: OpFunction<{ activation: CustomActivation }> = defineOp("customActivation", {
  attributes: { activation: true },
  elementwise: true,
  shape: ([x]) => x.shape,
  error: { wgsl: ({ activation }) => activation.wgsl.forward },
  gradient: (dy, [x], y, { activation }) => [customGradient(dy, x, y, { activation })],
});

const customGradient: OpFunction<{ activation: CustomActivation }> = defineOp("customActivationGradient", {
  attributes: { activation: true },
  elementwise: true,
  shape: ([dy]) => dy.shape,
  error: { wgsl: ({ activation }) => activation.wgsl.gradient },
});

/**
 * Applies an activation given by name or as the user's own functions.
 *
 * @throws ArgumentError when there is no such name or a function is missing
 */
export function activate(x: Tensor, activation: Activation): Tensor {
  checkActivation(activation);
  return typeof activation === "string" ? activations[activation](x) : customActivationOp(x, { activation });
}

/** A sentence on what another library's name is here. */
const meantActivation = (name: string) =>
  /softmax/i.test(name) ? SOFTMAX_IS_ELSEWHERE : didYouMean(name, Object.keys(activations));

/** @throws ArgumentError when `activation` is neither a known name nor a complete CustomActivation */
export function checkActivation(activation: Activation): void {
  if (typeof activation === "string") {
    if (!Object.hasOwn(activations, activation)) {
      throw new ArgumentError(
        `activation: there is no "${activation}"; use one of ${Object.keys(activations).join(", ")}, ` +
          `or { name, forward, gradient, wgsl } of your own.${meantActivation(activation)}`,
      );
    }
    return;
  }
  const { forward, gradient, wgsl } = activation ?? {};
  const complete =
    typeof forward === "function" &&
    typeof gradient === "function" &&
    typeof wgsl?.forward === "string" &&
    typeof wgsl?.gradient === "string";
  if (!complete) {
    throw new ArgumentError(
      "activation: one of your own needs { name, forward(x), gradient(x, y), wgsl: { forward, gradient } }, " +
        'for example wgsl: { forward: "x * x", gradient: "2.0 * x" }.',
    );
  }
}
