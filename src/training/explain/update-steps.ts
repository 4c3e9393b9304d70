import type { Values } from "../../core/dtype.js";
import { sizeOf } from "../../core/shape.js";
import type { Tensor } from "../../graph/tensor.js";
import type { UpdateAttributes } from "../../ops/update.js";
import { stateName } from "../../optimizers/index.js";
import { type Around, averageSteps, newValue } from "./around.js";
import { ExplainedStep } from "./explanation.js";
import { type ExplainedElement, expressions, numbers, RuleEquations } from "./rule-equations.js";
import { atom, derivative, show, value } from "./written.js";

/** A parameter's update, and everything that it is made of. */
export interface Update {
  /** The parameter's name and symbol. */
  name: string;
  symbol: string;
  update: Tensor;
  hyperparameters: readonly number[];
  /** Number of the step, from 1. */
  t: number;
  /** The symbol of the gradient that the optimizer takes. */
  gradient: string;
  /** Values of variables before the step and after it, and of all other tensors. */
  before: ReadonlyMap<string, Values>;
  after: ReadonlyMap<string, Values>;
  valuesOf(tensor: Tensor): Values;
  /** The optimizers around the one that updates. */
  around: Around;
}

/** An optimizer's update of one parameter: state before and after, what is added to the parameter, and its new value. */
export function updateSteps(given: Update): ExplainedStep[] {
  const { name, symbol, update, before, after, valuesOf } = given;
  const [{ shape }, gradient] = update.inputs;
  const size = sizeOf(shape);
  const rule = new RuleEquations(update.attributes as UpdateAttributes, given.hyperparameters);
  const stateIn = (variables: ReadonlyMap<string, Values>) =>
    rule.states.map((_, i) => variables.get(stateName(name))!.subarray(i * size, (i + 1) * size) as Values);
  const [p, next, g] = [before.get(name)!, after.get(name)!, valuesOf(gradient)];
  const [old, renewed] = [before, after].map(stateIn);
  const symbols = rule.states.map((state) => `${state}_${symbol}`);

  /** The rule's equations, whole or of one element. */
  const whole = rule.of(expressions, {
    p: atom(symbol),
    gradient: derivative(given.gradient),
    old: symbols.map(atom),
    next: symbols.map((each) => atom(`${each}'`)),
  });
  const elementOf = <T>(index: number, as: (number: number) => T): ExplainedElement<T> => ({
    p: as(p[index]),
    gradient: as(g[index]),
    old: old.map((values) => as(values[index])),
    next: renewed.map((values) => as(values[index])),
  });
  const of = (index: number) => rule.of(expressions, elementOf(index, value));
  // In float64: the difference of two float32 parameters would show their rounding.
  const change = Float32Array.from(
    p,
    (_, i) =>
      rule.of(
        numbers,
        elementOf(i, (number) => number),
      ).change,
  );

  const section = "update";
  const step = (given: Omit<ConstructorParameters<typeof ExplainedStep>[0], "section" | "shape">) =>
    new ExplainedStep({ section, shape, ...given });
  return [
    ...rule.states.map((state, i) => step({ name: `${name}.${state}`, symbol: symbols[i], values: old[i] })),
    ...rule.states.map((state, i) =>
      step({
        name: `${name}.${state}.next`,
        symbol: `${symbols[i]}'`,
        values: renewed[i],
        formula: show(whole.kept[i]),
        elementFormula: (index) => show(of(index).kept[i]),
      }),
    ),
    step({
      name: `${name}.change`,
      symbol: `Δ${symbol}`,
      values: change,
      formula: show(whole.change),
      where: rule.corrections(given.t).join(", ") || undefined,
      elementFormula: (index) => show(of(index).change),
    }),
    step({ name: `${name}.next`, symbol: `${symbol}'`, values: next, ...newValue(given, p, change) }),
    ...averageSteps(given, next).map(step),
  ];
}
