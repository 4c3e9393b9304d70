import { broadcastStrides, stridesOf } from "../../core/shape.js";
import type { Attributes } from "../../graph/op.js";
import type { Tensor } from "../../graph/tensor.js";
import type { Formula } from "./formula.js";
import * as written from "./written.js";
import { atom, call, literal, product, type Written } from "./written.js";

type Write = (operands: readonly Written[], attributes: Attributes, times: string) => Written;

/** The same for whole tensors and for elements; operands are repeated as in NumPy. */
const elementwise = (write: Write): Formula => ({
  whole: ({ inputs, attributes }, of) => write(inputs.map(of), attributes, timesOf(inputs)),
  element({ inputs, attributes, shape }, index, at) {
    const strides = stridesOf(shape);
    const operands = inputs.map((input) => {
      const own = broadcastStrides(input.shape, shape);
      return at(
        input,
        shape.reduce((place, size, axis) => place + (Math.floor(index / strides[axis]) % size) * own[axis], 0),
      );
    });
    return write(operands, attributes, "*");
  },
});

/** Elements are multiplied pairwise where both sides are more than a number. */
const timesOf = (inputs: readonly Tensor[]) => (inputs.filter(({ size }) => size > 1).length > 1 ? "⊙" : "*");

const named = (name: string): Formula => elementwise((operands) => call(name, ...operands));
/** 1 where it holds, else 0 (Iverson's bracket). */
const compared = (sign: string): Formula =>
  elementwise(([a, b]) => atom(`[${written.show(a)} ${sign} ${written.show(b)}]`));

const ZERO = literal(0);
const ONE = literal(1);

export const exponential = (x: Written): Written => written.power(atom("e"), x);

/** max(0, x) + slope * (something of min(0, x)) */
const leaky = (x: Written, slope: unknown, below: (held: Written) => Written): Written =>
  written.sum(call("max", ZERO, x), product(literal(slope as number), below(call("min", ZERO, x))));

const nameOf = ({ activation }: Attributes) => (activation as { name: string }).name;

export const elementwiseFormulas: Readonly<Record<string, Formula>> = {
  add: elementwise(([a, b]) => written.sum(a, b)),
  sub: elementwise(([a, b]) => written.difference(a, b)),
  mul: elementwise(([a, b], _, times) => product(a, b, times)),
  div: elementwise(([a, b]) => written.quotient(a, b)),
  pow: elementwise(([a, b]) => written.power(a, b)),
  neg: elementwise(([x]) => written.negative(x)),
  exp: elementwise(([x]) => exponential(x)),
  sqrt: elementwise(([x]) => written.root(x)),
  square: elementwise(([x]) => written.squared(x)),
  abs: elementwise(([x]) => atom(`|${written.show(x)}|`)),
  log: named("ln"),
  sign: named("sign"),
  erf: named("erf"),
  maximum: named("max"),
  minimum: named("min"),
  greater: compared(">"),
  equal: compared("="),
  select: named("if"),
  clamp: elementwise(([x], { low, high }) => call("clamp", x, literal(low as number), literal(high as number))),
  sigmoid: named("σ"),
  tanh: named("tanh"),
  relu: elementwise(([x]) => call("max", ZERO, x)),
  leakyRelu: elementwise(([x], { slope }) => leaky(x, slope, (held) => held)),
  elu: elementwise(([x], { alpha }) => leaky(x, alpha, (held) => written.difference(exponential(held), ONE))),
  softplus: elementwise(([x]) => call("ln", written.sum(ONE, exponential(x)))),
  customActivation: elementwise(([x], attributes) => call(nameOf(attributes), x)),
  customActivationGradient: elementwise(([dy, x], attributes, times) =>
    product(dy, call(`${nameOf(attributes)}'`, x), times),
  ),
};
