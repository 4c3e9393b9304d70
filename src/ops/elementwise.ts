import type { OpFunction } from "../graph/op.js";
import type { Tensor } from "../graph/tensor.js";
import { defineElementwise } from "./define-elementwise.js";

/*
 * Elementwise arithmetic. Operands broadcast as in NumPy: axes are aligned at the right, sizes are equal or 1.
 * Comparisons give 1 or 0. Domain errors give NaN or infinity, as in IEEE 754; nothing is clamped in silence.
 *
 * One of them with a kernel is this entry, and a function of its name in src/backends/cpu/elementwise.ts,
 * shaders/functions/elementwise.wgsl and src/backends/wasm/assembly/elementwise.ts.
 */

/** a + b; shapes broadcast */
export const add: OpFunction = defineElementwise("add", {
  operands: 2,
  formula: "a + b",
  rises: true,
  error: { summed: Math.max },
  gradient: (dy) => [dy, dy],
});

/** a - b; shapes broadcast */
export const sub: OpFunction = defineElementwise("sub", {
  operands: 2,
  formula: "a - b",
  error: { summed: Math.max },
  gradient: (dy) => [dy, neg(dy)],
});

/** a b; da = dy b, db = dy a; shapes broadcast */
export const mul: OpFunction = defineElementwise("mul", {
  operands: 2,
  formula: "a * b",
  error: {},
  gradient: (dy, [a, b]) => [mul(dy, b), mul(dy, a)],
});

/** a / b; da = dy / b, db = -dy y / b; shapes broadcast */
export const div: OpFunction = defineElementwise("div", {
  operands: 2,
  formula: "a / b",
  error: { functions: ["division"] },
  gradient: (dy, [, b], y) => [div(dy, b), neg(div(mul(dy, y), b))],
});

/** a^b; da = dy b a^(b-1), db = dy y log(a); shapes broadcast. A negative base takes whole exponents only, else NaN. */
export const pow: OpFunction = defineElementwise("pow", {
  operands: 2,
  formula: "a^b",
  error: { functions: ["power"] },
  gradient: (dy, [a, b], y) => [mul(dy, mul(b, pow(a, sub(b, 1)))), mul(dy, mul(y, log(a)))],
});

/** The larger; where they are equal each gets half the gradient, as in PyTorch; shapes broadcast */
export const maximum: OpFunction = defineElementwise("maximum", {
  operands: 2,
  formula: "max(a, b)",
  error: {},
  gradient: (dy, [a, b]) => [mul(dy, shareOf(a, b)), mul(dy, shareOf(b, a))],
});

/** The smaller; where they are equal each gets half the gradient; shapes broadcast */
export const minimum: OpFunction = defineElementwise("minimum", {
  operands: 2,
  formula: "min(a, b)",
  error: {},
  gradient: (dy, [a, b]) => [mul(dy, shareOf(b, a)), mul(dy, shareOf(a, b))],
});

/** 1 where a > b, a half where they are equal, else 0. */
const shareOf = (a: Tensor, b: Tensor) => add(greater(a, b), mul(0.5, equal(a, b)));

/** 1 where a > b, else 0; no gradient; shapes broadcast */
export const greater: OpFunction = defineElementwise("greater", {
  operands: 2,
  formula: "[a > b]",
  error: {},
  gradient: () => [undefined, undefined],
});

/** 1 where a = b, else 0; no gradient; shapes broadcast */
export const equal: OpFunction = defineElementwise("equal", {
  operands: 2,
  formula: "[a = b]",
  error: {},
  gradient: () => [undefined, undefined],
});

/**
 * a where the condition is not 0, else b; shapes broadcast. What isn't chosen doesn't reach the result, were it NaN.
 */
export const select: OpFunction = defineElementwise("select", {
  operands: 3,
  formula: "if(a, b, c)",
  error: {},
  gradient: (dy, [condition]) => [undefined, select(condition, dy, 0), select(condition, 0, dy)],
});

/** -x; any shape to the same */
export const neg: OpFunction = defineElementwise("neg", {
  operands: 1,
  formula: "-x",
  error: {},
  gradient: (dy) => [neg(dy)],
});

/** e^x; dx = dy y; any shape to the same */
export const exp: OpFunction = defineElementwise("exp", {
  operands: 1,
  formula: "e^x",
  error: { functions: ["exponential"] },
  gradient: (dy, _, y) => [mul(dy, y)],
});

/** Natural logarithm; dx = dy / x; any shape to the same */
export const log: OpFunction = defineElementwise("log", {
  operands: 1,
  formula: "ln(x)",
  error: { functions: ["logarithm"] },
  gradient: (dy, [x]) => [div(dy, x)],
});

/** Square root; dx = dy / (2 y); any shape to the same */
export const sqrt: OpFunction = defineElementwise("sqrt", {
  operands: 1,
  formula: "√x",
  error: { functions: ["root"] },
  gradient: (dy, _, y) => [div(mul(0.5, dy), y)],
});

/** x²; dx = 2 dy x; any shape to the same */
export const square: OpFunction = defineElementwise("square", {
  operands: 1,
  formula: "x²",
  error: {},
  gradient: (dy, [x]) => [mul(dy, mul(2, x))],
});

/** |x|; dx = dy sign(x); any shape to the same */
export const abs: OpFunction = defineElementwise("abs", {
  operands: 1,
  formula: "|x|",
  error: {},
  gradient: (dy, [x]) => [mul(dy, sign(x))],
});

/** -1, 0 or 1; no gradient; any shape to the same */
export const sign: OpFunction = defineElementwise("sign", {
  operands: 1,
  formula: "sign(x)",
  error: {},
  gradient: () => [undefined],
});

/** Error function, 2/√π ∫₀ˣ e^(-t²) dt; dx = dy 2/√π e^(-x²); any shape to the same */
export const erf: OpFunction = defineElementwise("erf", {
  operands: 1,
  formula: "erf(x)",
  error: { functions: ["exponential", "division"], terms: () => 26 },
  gradient: (dy, [x]) => [mul(dy, mul(2 / Math.sqrt(Math.PI), exp(neg(square(x)))))],
});

/** x held within [low, high]; the gradient passes where low ≤ x ≤ high, as torch.clamp */
export const clamp = defineElementwise<{ low: number; high: number }>("clamp", {
  operands: 1,
  numbers: ["low", "high"],
  formula: "clamp(x, low, high)",
  error: {},
  gradient: (dy, [x], _, { low, high }) => [mul(dy, sub(1, maximum(greater(x, high), greater(low, x))))],
});

export { broadcastTo } from "./sum.js";
