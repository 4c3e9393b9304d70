import { type Launch, resultShape } from "../../compile/plan.js";
import type { Values } from "../../core/dtype.js";
import { broadcastStrides, type Shape } from "../../core/shape.js";
import type { CustomActivation } from "../../ops/activations.js";
import { places } from "./indexing.js";
import type { CpuKernel } from "./kernel.js";

export type Scalar = (...operands: number[]) => number;

/**
 * The function of each elementwise op on its operands and then its numbers, in float64.
 * `shaders/functions/elementwise.wgsl` holds their twins.
 */
const functions: Record<string, Scalar> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  pow: (a, b) => a ** b,
  maximum: (a, b) => Math.max(a, b),
  minimum: (a, b) => Math.min(a, b),
  greater: (a, b) => (a > b ? 1 : 0),
  equal: (a, b) => (a === b ? 1 : 0),
  select: (condition, a, b) => (condition !== 0 ? a : b),
  neg: (x) => -x,
  exp: Math.exp,
  log: Math.log,
  sqrt: Math.sqrt,
  square: (x) => x * x,
  abs: Math.abs,
  sign: Math.sign,
  erf: (x) => erf(x),
  broadcastTo: (x) => x,
  clamp: (x, low, high) => Math.min(Math.max(x, low), high),
  relu: (x) => (x > 0 || Number.isNaN(x) ? x : 0),
  leakyRelu: (x, slope) => (x > 0 ? x : x * slope),
  elu: (x, alpha) => (x > 0 ? x : alpha * Math.expm1(x)),
  sigmoid: (x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x))),
  tanh: Math.tanh,
  softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
};

export type Rounding = (x: number) => number;

/**
 * GELU and its gradient, which round to what memory holds after each operation: trainings have the bits that they had when each
 * operation was an op.
 */
const geluFunctions: Record<string, (f: Rounding) => Scalar> = {
  gelu: (f) => (x) => f(f(x / 2) * f(1 + f(erf(f(x * f(Math.SQRT1_2)))))),
  geluGradient: (f) => (dy, x) => {
    const u = f(x * f(Math.SQRT1_2));
    const density = f(f(2 / Math.sqrt(Math.PI)) * f(Math.exp(-f(u * u))));
    const inner = f(f(f(dy * f(x / 2)) * density) * f(Math.SQRT1_2));
    return f(inner + f(f(dy * f(1 + f(erf(u)))) / 2));
  },
};

/**
 * Error function to float64's last digits: for small |x| the series 2/√π e^(-x²) Σ 2ⁿ x^(2n+1) / (1·3···(2n+1))
 * (Abramowitz, Stegun 7.1.6), whose terms are all positive; further out the continued fraction of erfc (7.1.14).
 */
function erf(x: number): number {
  const t = Math.abs(x);
  if (t >= 6) return Math.sign(x);
  let magnitude: number;
  if (t < 2.5) {
    let term = t;
    let sum = t;
    for (let n = 1; n < 60; n++) {
      term *= (2 * t * t) / (2 * n + 1);
      sum += term;
    }
    magnitude = (2 / Math.sqrt(Math.PI)) * Math.exp(-t * t) * sum;
  } else {
    let fraction = t;
    for (let n = 60; n >= 1; n--) fraction = t + n / 2 / fraction;
    magnitude = 1 - Math.exp(-t * t) / (fraction * Math.sqrt(Math.PI));
  }
  return x < 0 ? -magnitude : magnitude; // NaN falls through both branches
}

/** The function of each elementwise op that is one of numbers: its operands, and then its numbers. */
export const scalarFunctions = (rounding: Rounding): Record<string, Scalar> => ({
  ...functions,
  ...Object.fromEntries(Object.entries(geluFunctions).map(([op, functionOf]) => [op, functionOf(rounding)])),
});

/** The rounding of numbers to what memory holds. */
export const roundingOf = (memory: Values): Rounding => (memory instanceof Float32Array ? Math.fround : (x) => x);

/** The place of an operand's element for each element of the result. */
const offsets = (shape: Shape, target: Shape) => places(target, broadcastStrides(shape, target));

/** A kernel that applies a function to each element of one, two or three operands. */
const kernel =
  (functionOf: (launch: Launch, rounding: Rounding) => Scalar): CpuKernel =>
  (launch, [a, b, c], y) => {
    const f = functionOf(launch, roundingOf(y));
    const [atA, atB, atC] = launch.inputs.map(({ shape }) => offsets(shape, resultShape(launch)));
    const loops = [
      () => {
        for (let i = 0; i < y.length; i++) y[i] = f(a[atA[i]]);
      },
      () => {
        for (let i = 0; i < y.length; i++) y[i] = f(a[atA[i]], b[atB[i]]);
      },
      () => {
        for (let i = 0; i < y.length; i++) y[i] = f(a[atA[i]], b[atB[i]], c[atC[i]]);
      },
    ];
    return loops[launch.inputs.length - 1];
  };

/** A function of the operands alone, its numbers given. */
const bound = (f: Scalar, { numbers = [] }: Launch): Scalar =>
  numbers.length > 0 ? (...operands) => f(...operands, ...(numbers as readonly number[])) : f;

export const elementwise: Record<string, CpuKernel> = {
  ...Object.fromEntries(Object.entries(functions).map(([op, f]) => [op, kernel((launch) => bound(f, launch))])),
  ...Object.fromEntries(
    Object.entries(geluFunctions).map(([op, functionOf]) => [op, kernel((_, rounding) => functionOf(rounding))]),
  ),
  customActivation: kernel(({ attributes }) => (attributes.activation as CustomActivation).forward),
  customActivationGradient: kernel(({ attributes }) => {
    const { gradient } = attributes.activation as CustomActivation;
    return (dy, x, y) => dy * gradient(x, y);
  }),
};
