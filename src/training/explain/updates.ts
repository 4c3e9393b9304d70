import type { Attributes } from "../../graph/op.js";
import * as written from "./written.js";
import { digits, type Written } from "./written.js";

/*
 * What the optimizers' ops do, as equations; their kernels are told in `src/ops/update.ts`. Each rule is stated once, for
 * numbers and for text.
 */

/** What a rule is stated in: numbers, or expressions. */
export interface Algebra<T> {
  number(value: number): T;
  add(a: T, b: T): T;
  sub(a: T, b: T): T;
  mul(a: T, b: T): T;
  div(a: T, b: T): T;
  square(x: T): T;
  sqrt(x: T): T;
  abs(x: T): T;
  sign(x: T): T;
  max(a: T, b: T): T;
}

export const numbers: Algebra<number> = {
  number: (value) => value,
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  square: (x) => x * x,
  sqrt: Math.sqrt,
  abs: Math.abs,
  sign: Math.sign,
  max: Math.max,
};

export const expressions: Algebra<Written> = {
  number: written.literal,
  add: written.sum,
  sub: written.difference,
  mul: (a, b) => written.product(a, b),
  div: written.quotient,
  square: written.squared,
  sqrt: written.root,
  abs: (x) => written.atom(`|${written.show(x)}|`),
  sign: (x) => written.call("sign", x),
  max: (a, b) => written.call("max", a, b),
};

/** One element of a parameter p with gradient g, and of its state before and after the step. */
export interface Element<T> {
  p: T;
  g: T;
  before: readonly T[];
  after: readonly T[];
}

export interface Rule {
  /** Names of what the state keeps, in its order. */
  state: readonly string[];
  /** What numbers of the change are made of, where the optimizer works them out for each step. */
  where?: readonly string[];
  /** The state after the step, and what is added to the parameter. */
  equations<T>(algebra: Algebra<T>, element: Element<T>): { after: readonly T[]; change: T };
}

/**
 * The rule of an update op.
 *
 * @param h - its hyperparameters, in the order in which the op lists them
 * @param t - number of the step, from 1
 */
type RuleOf = (h: readonly number[], attributes: Attributes, t: number) => Rule;

/** The rate, corrected for a mean of gradients that began at 0. */
function correctedRate(stepSize: number, beta1: number, t: number): string {
  const rate = stepSize * (1 - beta1 ** t);
  return `${digits(stepSize)} = ${digits(rate)} / (1 - ${digits(beta1)}^${t})`;
}

/** Likewise of a mean of squares. */
const correctedSquare = (factor: number, beta2: number, t: number) =>
  `${digits(factor)} = 1 / (1 - ${digits(beta2)}^${t})`;

/** g + weightDecay p */
const decayed = <T>({ add, mul, number }: Algebra<T>, { p, g }: Element<T>, weightDecay: number) =>
  add(g, mul(number(weightDecay), p));

/** kept old + rest new: a moving average. */
const mixed = <T>({ add, mul, number }: Algebra<T>, kept: number, old: T, rest: number, next: T) =>
  add(mul(number(kept), old), mul(number(rest), next));

const sgd: RuleOf = ([rate, weightDecay, momentum, undamped], { momentum: keeps, nesterov }) => ({
  state: keeps ? ["velocity"] : [],
  equations(algebra, element) {
    const { add, mul, number } = algebra;
    const g = decayed(algebra, element, weightDecay);
    const [old] = element.before;
    const [velocity] = element.after;
    const direction = !keeps ? g : nesterov ? add(g, mul(number(momentum), velocity)) : velocity;
    return {
      after: keeps ? [mixed(algebra, momentum, old, undamped, g)] : [],
      change: mul(number(-rate), direction),
    };
  },
});

const rmsprop: RuleOf = (
  [rate, weightDecay, alpha, rest, epsilon, momentum, inner],
  { centered, momentum: keeps },
) => ({
  state: ["s", ...(centered ? ["mean"] : []), ...(keeps ? ["velocity"] : [])],
  equations(algebra, element) {
    const { add, sub, mul, div, square, sqrt, max, number } = algebra;
    const { before, after } = element;
    const g = decayed(algebra, element, weightDecay);
    const variance = centered ? max(sub(after[0], square(after[1])), number(0)) : after[0];
    const scaled = div(g, add(sqrt(add(variance, number(inner))), number(epsilon)));
    return {
      after: [
        mixed(algebra, alpha, before[0], rest, square(g)),
        ...(centered ? [mixed(algebra, alpha, before[1], rest, g)] : []),
        ...(keeps ? [mixed(algebra, momentum, before.at(-1)!, 1, scaled)] : []),
      ],
      change: mul(number(-rate), keeps ? after.at(-1)! : scaled),
    };
  },
});

const adam: RuleOf = (
  [stepSize, weightDecay, beta1, rest1, beta2, rest2, correction, epsilon, shrink, gradientStep, inner],
  { amsgrad, decoupled, nesterov },
  t,
) => ({
  state: ["m", "v", ...(amsgrad ? ["vMax"] : [])],
  // NAdam's rates follow a schedule of their own.
  where: [...(nesterov ? [] : [correctedRate(stepSize, beta1, t)]), correctedSquare(correction, beta2, t)],
  equations(algebra, element) {
    const { add, sub, mul, div, square, sqrt, max, number } = algebra;
    const { p, before, after } = element;
    const g = decayed(algebra, element, weightDecay);
    const variance = mul(number(correction), after[amsgrad ? 2 : 1]);
    const size = add(sqrt(add(variance, number(inner))), number(epsilon));
    const momentum = mul(number(stepSize), after[0]);
    const step = div(nesterov ? add(momentum, mul(number(gradientStep), g)) : momentum, size);
    return {
      after: [
        mixed(algebra, beta1, before[0], rest1, g),
        mixed(algebra, beta2, before[1], rest2, square(g)),
        ...(amsgrad ? [max(after[1], before[2])] : []),
      ],
      change: decoupled ? sub(mul(number(shrink - 1), p), step) : mul(number(-1), step),
    };
  },
});

const adamax: RuleOf = ([stepSize, weightDecay, beta1, rest1, beta2, epsilon], _, t) => ({
  state: ["m", "u"],
  where: [correctedRate(stepSize, beta1, t)],
  equations(algebra, element) {
    const { add, mul, div, abs, max, number } = algebra;
    const { before, after } = element;
    const g = decayed(algebra, element, weightDecay);
    return {
      after: [
        mixed(algebra, beta1, before[0], rest1, g),
        max(mul(number(beta2), before[1]), add(abs(g), number(epsilon))),
      ],
      change: mul(number(-stepSize), div(after[0], after[1])),
    };
  },
});

const adadelta: RuleOf = ([rate, weightDecay, rho, rest, epsilon]) => ({
  state: ["s", "d"],
  equations(algebra, element) {
    const { add, mul, div, square, sqrt, number } = algebra;
    const { before, after } = element;
    const g = decayed(algebra, element, weightDecay);
    const rootOf = (x: typeof g) => sqrt(add(x, number(epsilon)));
    const scaled = mul(div(rootOf(before[1]), rootOf(after[0])), g);
    return {
      after: [mixed(algebra, rho, before[0], rest, square(g)), mixed(algebra, rho, before[1], rest, square(scaled))],
      change: mul(number(-rate), scaled),
    };
  },
});

const lion: RuleOf = ([rate, shrink, beta1, rest1, beta2, rest2]) => ({
  state: ["m"],
  equations(algebra, { p, g, before }) {
    const { sub, mul, sign, number } = algebra;
    const direction = sign(mixed(algebra, beta1, before[0], rest1, g));
    return {
      after: [mixed(algebra, beta2, before[0], rest2, g)],
      change: sub(mul(number(shrink - 1), p), mul(number(rate), direction)),
    };
  },
});

/** The rules by the names of their ops. */
export const updateRules: Readonly<Record<string, RuleOf>> = { sgd, rmsprop, adam, adamax, adadelta, lion };
