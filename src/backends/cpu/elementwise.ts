import { broadcastStrides, type Shape } from "../../core/shape.js";
import type { Attributes } from "../../graph/op.js";
import type { CustomActivation } from "../../ops/activations.js";
import { places } from "./indexing.js";
import type { CpuKernel } from "./kernel.js";

/** The scalar function of each elementwise op, in float64. `shaders/functions/elementwise.wgsl` holds their twins. */
const unary: Record<string, (attributes: Attributes) => (x: number) => number> = {
  neg: () => (x) => -x,
  exp: () => Math.exp,
  log: () => Math.log,
  sqrt: () => Math.sqrt,
  square: () => (x) => x * x,
  abs: () => Math.abs,
  sign: () => Math.sign,
  erf: () => erf,
  broadcastTo: () => (x) => x,
  clamp:
    ({ low, high }) =>
    (x) =>
      Math.min(Math.max(x, low as number), high as number),
  relu: () => (x) => (x > 0 || Number.isNaN(x) ? x : 0),
  leakyRelu:
    ({ slope }) =>
    (x) =>
      x > 0 ? x : x * (slope as number),
  elu:
    ({ alpha }) =>
    (x) =>
      x > 0 ? x : (alpha as number) * Math.expm1(x),
  sigmoid: () => (x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x))),
  tanh: () => Math.tanh,
  softplus: () => (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  customActivation: ({ activation }) => (activation as CustomActivation).forward,
};

const binary: Record<string, (a: number, b: number) => number> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  pow: (a, b) => a ** b,
  maximum: Math.max,
  minimum: Math.min,
  greater: (a, b) => (a > b ? 1 : 0),
  equal: (a, b) => (a === b ? 1 : 0),
};

const ternary: Record<string, (attributes: Attributes) => (a: number, b: number, c: number) => number> = {
  select: () => (condition, a, b) => (condition !== 0 ? a : b),
  customActivationGradient: ({ activation }) => {
    const { gradient } = activation as CustomActivation;
    return (dy, x, y) => dy * gradient(x, y);
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

/** Where an operand's element for each element of the result lies. */
const offsets = (shape: Shape, target: Shape) => places(target, broadcastStrides(shape, target));

const unaryKernel: CpuKernel = ({ op, attributes, inputs, output }, [x], y) => {
  const f = unary[op](attributes);
  const at = offsets(inputs[0].shape, output!.shape);
  return () => {
    for (let i = 0; i < y.length; i++) y[i] = f(x[at[i]]);
  };
};

const binaryKernel: CpuKernel = ({ op, inputs, output }, [a, b], y) => {
  const f = binary[op];
  const [atA, atB] = inputs.map((input) => offsets(input.shape, output!.shape));
  return () => {
    for (let i = 0; i < y.length; i++) y[i] = f(a[atA[i]], b[atB[i]]);
  };
};

const ternaryKernel: CpuKernel = ({ op, attributes, inputs, output }, [a, b, c], y) => {
  const f = ternary[op](attributes);
  const [atA, atB, atC] = inputs.map((input) => offsets(input.shape, output!.shape));
  return () => {
    for (let i = 0; i < y.length; i++) y[i] = f(a[atA[i]], b[atB[i]], c[atC[i]]);
  };
};

const each = (table: object, kernel: CpuKernel) => Object.keys(table).map((op) => [op, kernel] as const);

export const elementwise: Record<string, CpuKernel> = Object.fromEntries([
  ...each(unary, unaryKernel),
  ...each(binary, binaryKernel),
  ...each(ternary, ternaryKernel),
]);
