import * as activation from "../../src/ops/activations.js";
import * as ops from "../../src/ops/elementwise.js";
import type { Case } from "./case.js";
import { literal, normal, scaled, ties, uniform } from "./data.js";

const cube: activation.CustomActivation = {
  name: "cube",
  forward: (x) => x ** 3,
  gradient: (x) => 3 * x * x,
  wgsl: { forward: "x * x * x", gradient: "3.0 * x * x" },
};
/** Its gradient is stated by its result y. */
const halfExponential: activation.CustomActivation = {
  name: "halfExponential",
  forward: (x) => Math.exp(x / 2),
  gradient: (_, y) => y / 2,
  wgsl: { forward: "exp(x * 0.5)", gradient: "y * 0.5" },
};

// 1: a single element. 63, 64, 65: around the workgroup size. 257: prime, several workgroups.
const SIZES = [1, 63, 64, 65, 257];

const unary = (trace: Case["trace"], make = (size: number) => normal(size)): Case[] =>
  SIZES.map((size) => ({ name: `[${size}]`, trace, inputs: [make(size)] }));

/** Numbers of both signs, none of which is drawn. */
const wave = (size: number) => literal(Array.from({ length: size }, (_, i) => 3 * Math.sin(i + 1)));

/** Every way in which operands meet. */
const binary = (trace: Case["trace"], make: (...shape: number[]) => ReturnType<typeof normal> = normal): Case[] => [
  ...SIZES.map((size) => ({ name: `[${size}] twice`, trace, inputs: [make(size), make(size)] })),
  { name: "[3, 1] meets [65]: both repeated", trace, inputs: [make(3, 1), make(65)] },
  { name: "[2, 3, 5] meets [3, 1]: a middle axis", trace, inputs: [make(2, 3, 5), make(3, 1)] },
  { name: "[1, 3, 1] meets [4, 1, 5]", trace, inputs: [make(1, 3, 1), make(4, 1, 5)] },
  { name: "scalar meets [67]", trace, inputs: [make(), make(67)] },
  { name: "[67] meets scalar", trace, inputs: [make(67), make()] },
  { name: "two scalars", trace, inputs: [make(), make()] },
];

const positive = (...shape: number[]) => uniform(0.3, 3, ...shape);
const equalPairs: Case["inputs"] = [literal([1, 2, -3, 0, 5]), literal([1, -2, -3, 0, 6])];
const atTies = (trace: Case["trace"]): Case => ({
  name: "equal operands",
  trace,
  inputs: equalPairs.map((data) => ({ ...data, kinks: true })),
});

export const elementwiseCases: Record<string, Case[]> = {
  add: binary((a, b) => ops.add(a, b)),
  sub: binary((a, b) => ops.sub(a, b)),
  mul: binary((a, b) => ops.mul(a, b)),
  div: binary((a, b) => ops.div(a, b)),
  pow: [
    ...binary((a, b) => ops.pow(a, b), positive),
    {
      name: "negative bases with whole exponents",
      trace: (a) => ops.pow(a, 3),
      inputs: [literal([-3, -2, -1, -0.5, 0.5, 2])],
    },
    { name: "even exponents", trace: (a) => ops.pow(a, -2), inputs: [literal([-3, -2, -1, -0.5, 0.5, 2])] },
  ],
  maximum: [...binary((a, b) => ops.maximum(a, b)), atTies((a, b) => ops.maximum(a, b))],
  minimum: [...binary((a, b) => ops.minimum(a, b)), atTies((a, b) => ops.minimum(a, b))],
  greater: [...binary((a, b) => ops.greater(a, b), ties), atTies((a, b) => ops.greater(a, b))],
  equal: [...binary((a, b) => ops.equal(a, b), ties), atTies((a, b) => ops.equal(a, b))],
  select: [
    ...SIZES.map((size) => ({
      name: `[${size}]`,
      trace: ((a, b) => ops.select(ops.greater(a, b), a, b)) as Case["trace"],
      inputs: [normal(size), normal(size)],
    })),
    {
      name: "every operand repeated",
      trace: (a, b) => ops.select(ops.greater(a, 0), b, ops.mul(a, b)),
      inputs: [normal(3, 1), normal(1, 5)],
    },
  ],
  neg: unary((x) => ops.neg(x)),
  exp: unary((x) => ops.exp(x)),
  log: unary((x) => ops.log(x), positive),
  sqrt: unary((x) => ops.sqrt(x), positive),
  square: unary((x) => ops.square(x)),
  abs: unary((x) => ops.abs(x)),
  sign: [...unary((x) => ops.sign(x)), { name: "zero", trace: (x) => ops.sign(x), inputs: [literal([-2, 0, 3])] }],
  erf: [...unary((x) => ops.erf(x)), { name: "from -6 to 6", trace: (x) => ops.erf(x), inputs: [uniform(-6, 6, 257)] }],
  clamp: [
    ...unary((x) => ops.clamp(x, { low: -0.5, high: 0.75 })),
    {
      name: "at its ends",
      trace: (x) => ops.clamp(x, { low: -1, high: 1 }),
      inputs: [{ ...literal([-1, 1, 0]), kinks: true }],
    },
  ],
  broadcastTo: [
    { name: "a new leading axis", trace: (x) => ops.broadcastTo(x, [5, 13]), inputs: [normal(13)] },
    { name: "a middle axis", trace: (x) => ops.broadcastTo(x, [3, 7, 5]), inputs: [normal(3, 1, 5)] },
    { name: "a scalar", trace: (x) => ops.broadcastTo(x, [65]), inputs: [normal()] },
    { name: "first and last", trace: (x) => ops.broadcastTo(x, [4, 3, 5]), inputs: [normal(1, 3, 1)] },
  ],
  relu: [
    ...unary((x) => activation.relu(x)),
    { name: "0", trace: (x) => activation.relu(x), inputs: [{ ...literal([0, -0, 1]), kinks: true }] },
  ],
  leakyRelu: unary((x) => activation.leakyRelu(x, 0.2)),
  elu: [
    ...unary((x) => activation.elu(x, 1.5)),
    { name: "near 0, where e^x - 1 loses digits", trace: (x) => activation.elu(x), inputs: [scaled(1e-3, 257)] },
  ],
  sigmoid: [
    ...unary((x) => activation.sigmoid(x)),
    { name: "large", trace: (x) => activation.sigmoid(x), inputs: [scaled(30, 65)] },
  ],
  tanh: [
    ...unary((x) => activation.tanh(x)),
    { name: "large", trace: (x) => activation.tanh(x), inputs: [scaled(30, 65)] },
  ],
  softplus: [
    ...unary((x) => activation.softplus(x)),
    { name: "large", trace: (x) => activation.softplus(x), inputs: [scaled(30, 65)] },
  ],
  gelu: [
    ...unary((x) => activation.gelu(x), wave),
    { name: "[3, 65]", trace: (x) => activation.gelu(x), inputs: [normal(3, 65)] },
    { name: "a wide range", trace: (x) => activation.gelu(x), inputs: [scaled(3, 257)] },
  ],
  geluGradient: unary((x) => activation.geluGradient(ops.mul(0.5, x), x), wave),
  customActivation: [
    ...unary((x) => activation.activate(x, cube)),
    {
      name: "gradient from the result",
      trace: (x) => activation.activate(x, halfExponential),
      inputs: [normal(3, 65)],
    },
  ],
};

/** Activations written with ops, each at two sizes and over a wide range. */
export const activationCases: Record<string, Case[]> = Object.fromEntries(
  Object.entries(activation.activations)
    .filter(([name]) => !Object.hasOwn(elementwiseCases, name) && name !== "linear")
    .map(([name, trace]) => [
      name,
      [
        { name: "[65]", trace: (x) => trace(x), inputs: [normal(65)] },
        { name: "[3, 257]", trace: (x) => trace(x), inputs: [scaled(3, 3, 257)] },
      ] satisfies Case[],
    ]),
);
