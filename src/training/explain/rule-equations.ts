import { type Algebra, type Arithmetic, type Descent, statesOf } from "../../ops/rule.js";
import { namedHyperparameters, type UpdateAttributes } from "../../ops/update.js";
import * as written from "./written.js";
import { call, digits, literal, type Written } from "./written.js";

/** Rules in float64. */
export const numbers: Arithmetic<number> = {
  number: (value) => value,
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  max: Math.max,
  abs: Math.abs,
  sign: Math.sign,
  sqrt: Math.sqrt,
  multiplyAdd: (a, b, c) => a * b + c,
  addProduct: (c, a, b) => c + a * b,
};

/** A product of something with itself is its square: 0.001 * g * g is written 0.001 * g². */
const product = (a: Written, b: Written): Written =>
  a.text !== "" && a.text === b.text
    ? { ...written.squared({ ...a, coefficient: 1 }), coefficient: a.coefficient * b.coefficient }
    : written.product(a, b);

/** Rules as text. */
export const expressions: Arithmetic<Written> = {
  number: literal,
  add: written.sum,
  sub: written.difference,
  mul: product,
  div: written.quotient,
  max: (a, b) => call("max", a, b),
  abs: (x) => written.atom(`|${written.show(x)}|`),
  sign: (x) => call("sign", x),
  sqrt: written.root,
  multiplyAdd: (a, b, c) => written.sum(product(a, b), c),
  addProduct: (c, a, b) => written.sum(c, product(a, b)),
};

/** One element of a parameter and its gradient, and of its states before and after the step, in the order of memory. */
export interface ExplainedElement<T> {
  p: T;
  gradient: T;
  old: readonly T[];
  next: readonly T[];
}

/** An update's states by name, in the order of memory, and its rule's equations for them and for the change of p. */
export class RuleEquations {
  readonly states: readonly string[];
  readonly #attributes: UpdateAttributes;
  readonly #h: Readonly<Record<string, number>>;

  /** @param hyperparameters - all of the step's */
  constructor(attributes: UpdateAttributes, hyperparameters: readonly number[]) {
    this.#attributes = attributes;
    this.states = statesOf(attributes.rule, attributes.flags);
    this.#h = namedHyperparameters(attributes.rule, hyperparameters, attributes.first);
  }

  /** New value of each state, in terms of states before and after the step, and the change added to the parameter. */
  of<T>(arithmetic: Arithmetic<T>, { p, gradient, old, next }: ExplainedElement<T>): { kept: T[]; change: T } {
    const kept: T[] = [];
    const keep = (state: string, x: T): T => {
      const place = this.states.indexOf(state);
      kept[place] = x;
      return next[place];
    };
    const algebra: Algebra<T> = { ...arithmetic, keep, keepDecaying: keep };
    const named = (values: readonly T[]) => Object.fromEntries(this.states.map((state, i) => [state, values[i]]));
    const h = Object.fromEntries(Object.entries(this.#h).map(([name, value]) => [name, arithmetic.number(value)]));
    const { rule, flags } = this.#attributes;
    const descent = rule.descend(algebra, { p, gradient, h, old: named(old) }, flags);
    return { kept, change: changeOf(arithmetic, p, descent) };
  }

  /** Equations of hyperparameters that are corrected for a mean that began at 0, at step `t` from 1. */
  corrections(t: number): string[] {
    const { rule, flags } = this.#attributes;
    return Object.entries(rule.corrected?.(flags) ?? {}).map(([name, beta]) => {
      const [value, decay] = [this.#h[name], this.#h[beta as string]];
      return `${digits(value)} = ${digits(value * (1 - decay ** t))} / (1 - ${digits(decay)}^${t})`;
    });
  }
}

function changeOf<T>(arithmetic: Arithmetic<T>, p: T, { factor, steps, divisor }: Descent<T>): T {
  const { number, add, sub, mul, div } = arithmetic;
  const sum = steps.map(([rate, direction]) => mul(rate, direction)).reduce(add);
  const step = divisor === undefined ? sum : div(sum, divisor);
  return factor === undefined ? mul(number(-1), step) : sub(mul(sub(factor, number(1)), p), step);
}
