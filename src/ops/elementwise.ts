import { broadcastShapes } from "../core/shape.js";
import { type Attributes, defineOp, type OpFunction, type OpRules } from "../graph/op.js";
import type { Tensor } from "../graph/tensor.js";
import { sumTo } from "./sum.js";

/*
 * Elementwise arithmetic. Operands broadcast as in NumPy: axes are aligned at the right, sizes are equal or 1.
 * Comparisons give 1 or 0. Domain errors give NaN or infinity, as in IEEE 754; nothing is clamped in silence.
 */

/** Rules of an elementwise op: its shape by broadcasting, its gradients summed over the axes that were repeated. */
function elementwise<A extends Attributes>(
  name: string,
  gradient?: (dy: Tensor, inputs: readonly Tensor[], y: Tensor, attributes: A) => readonly (Tensor | undefined)[],
): OpRules<A> {
  return {
    elementwise: true,
    shape: (inputs) =>
      broadcastShapes(
        name,
        inputs.map((input) => input.shape),
      ),
    ...(gradient && {
      gradient: (dy: Tensor, inputs: readonly Tensor[], y: Tensor, attributes: A) =>
        gradient(dy, inputs, y, attributes).map((flow, i) => flow && sumTo(flow, inputs[i].shape)),
    }),
  };
}

/** a + b */
export const add: OpFunction = defineOp(
  "add",
  elementwise("add", (dy) => [dy, dy]),
);

/** a - b */
export const sub: OpFunction = defineOp(
  "sub",
  elementwise("sub", (dy) => [dy, neg(dy)]),
);

/** a b; da = dy b, db = dy a */
export const mul: OpFunction = defineOp(
  "mul",
  elementwise("mul", (dy, [a, b]) => [mul(dy, b), mul(dy, a)]),
);

/** a / b; da = dy / b, db = -dy y / b */
export const div: OpFunction = defineOp(
  "div",
  elementwise("div", (dy, [, b], y) => [div(dy, b), neg(div(mul(dy, y), b))]),
);

/** a^b; da = dy b a^(b-1), db = dy y log(a). A negative base takes whole exponents only, else NaN. */
export const pow: OpFunction = defineOp(
  "pow",
  elementwise("pow", (dy, [a, b], y) => [mul(dy, mul(b, pow(a, sub(b, 1)))), mul(dy, mul(y, log(a)))]),
);

/** The larger; where they are equal each gets half the gradient, as in PyTorch. */
export const maximum: OpFunction = defineOp(
  "maximum",
  elementwise("maximum", (dy, [a, b]) => [mul(dy, shareOf(a, b)), mul(dy, shareOf(b, a))]),
);

/** The smaller; where they are equal each gets half the gradient. */
export const minimum: OpFunction = defineOp(
  "minimum",
  elementwise("minimum", (dy, [a, b]) => [mul(dy, shareOf(b, a)), mul(dy, shareOf(a, b))]),
);

/** 1 where a > b, a half where they are equal, else 0. */
const shareOf = (a: Tensor, b: Tensor) => add(greater(a, b), mul(0.5, equal(a, b)));

/** 1 where a > b, else 0; no gradient */
export const greater: OpFunction = defineOp(
  "greater",
  elementwise("greater", () => [undefined, undefined]),
);

/** 1 where a = b, else 0; no gradient */
export const equal: OpFunction = defineOp(
  "equal",
  elementwise("equal", () => [undefined, undefined]),
);

/** a where the condition is not 0, else b. What isn't chosen doesn't reach the result, were it NaN. */
export const select: OpFunction = defineOp(
  "select",
  elementwise("select", (dy, [condition]) => [undefined, select(condition, dy, 0), select(condition, 0, dy)]),
);

/** -x */
export const neg: OpFunction = defineOp(
  "neg",
  elementwise("neg", (dy) => [neg(dy)]),
);

/** e^x; dx = dy y */
export const exp: OpFunction = defineOp(
  "exp",
  elementwise("exp", (dy, _, y) => [mul(dy, y)]),
);

/** Natural logarithm; dx = dy / x */
export const log: OpFunction = defineOp(
  "log",
  elementwise("log", (dy, [x]) => [div(dy, x)]),
);

/** Square root; dx = dy / (2 y) */
export const sqrt: OpFunction = defineOp(
  "sqrt",
  elementwise("sqrt", (dy, _, y) => [div(mul(0.5, dy), y)]),
);

/** x²; dx = 2 dy x */
export const square: OpFunction = defineOp(
  "square",
  elementwise("square", (dy, [x]) => [mul(dy, mul(2, x))]),
);

/** |x|; dx = dy sign(x) */
export const abs: OpFunction = defineOp(
  "abs",
  elementwise("abs", (dy, [x]) => [mul(dy, sign(x))]),
);

/** -1, 0 or 1; no gradient */
export const sign: OpFunction = defineOp(
  "sign",
  elementwise("sign", () => [undefined]),
);

/** Error function, 2/√π ∫₀ˣ e^(-t²) dt; dx = dy 2/√π e^(-x²) */
export const erf: OpFunction = defineOp(
  "erf",
  elementwise("erf", (dy, [x]) => [mul(dy, mul(2 / Math.sqrt(Math.PI), exp(neg(square(x)))))]),
);

/** x held within [low, high]; the gradient passes where low ≤ x ≤ high, as torch.clamp */
export const clamp = defineOp<{ low: number; high: number }>(
  "clamp",
  elementwise("clamp", (dy, [x], _, { low, high }) => [mul(dy, sub(1, maximum(greater(x, high), greater(low, x))))]),
);

export { broadcastTo } from "./sum.js";
