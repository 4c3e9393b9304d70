import type { Values } from "../../core/dtype.js";
import { sizeOf } from "../../core/shape.js";
import type { Tensor } from "../../graph/tensor.js";
import { stateName } from "../../optimizers/index.js";
import { type Around, averageSteps, newValue } from "./around.js";
import { ExplainedStep } from "./explanation.js";
import { expressions, numbers, updateRules } from "./updates.js";
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
  /** What variables held before the step and hold after it, and all other tensors. */
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
  const first = update.attributes.first as number;
  const rule = updateRules[update.op.name]?.(given.hyperparameters.slice(first), update.attributes, given.t);
  const states = rule?.state ?? [];
  const slot = (from: ReadonlyMap<string, Values>, i: number) =>
    from.get(stateName(name))!.subarray(i * size, (i + 1) * size) as Values;
  const [p, next, g] = [before.get(name)!, after.get(name)!, valuesOf(gradient)];
  const old = states.map((_, i) => slot(before, i));
  const renewed = states.map((_, i) => slot(after, i));
  const symbols = states.map((state) => `${state}_${symbol}`);

  /** The rule's equations, whole or of one element. */
  const whole = rule?.equations(expressions, {
    p: atom(symbol),
    g: derivative(given.gradient),
    before: symbols.map(atom),
    after: symbols.map((each) => atom(`${each}'`)),
  });
  const of = (index: number) =>
    rule?.equations(expressions, {
      p: value(p[index]),
      g: value(g[index]),
      before: old.map((values) => value(values[index])),
      after: renewed.map((values) => value(values[index])),
    });
  // In float64: the difference of two float32 parameters would show their rounding.
  const change = rule
    ? Float32Array.from(p, (_, i) => {
        const pick = (values: Values) => values[i];
        const element = { p: p[i], g: g[i], before: old.map(pick), after: renewed.map(pick) };
        return rule.equations(numbers, element).change;
      })
    : Float32Array.from(p, (_, i) => next[i] - p[i]);

  const section = "update";
  const step = (given: Omit<ConstructorParameters<typeof ExplainedStep>[0], "section" | "shape">) =>
    new ExplainedStep({ section, shape, ...given });
  return [
    ...states.map((state, i) => step({ name: `${name}.${state}`, symbol: symbols[i], values: old[i] })),
    ...states.map((state, i) =>
      step({
        name: `${name}.${state}.next`,
        symbol: `${symbols[i]}'`,
        values: renewed[i],
        formula: show(whole!.after[i]),
        elementFormula: (index) => show(of(index)!.after[i]),
      }),
    ),
    step({
      name: `${name}.change`,
      symbol: `Δ${symbol}`,
      values: change,
      formula: whole ? show(whole.change) : `${symbol}' - ${symbol}`,
      where: rule?.where?.join(", "),
      elementFormula: (index) =>
        whole ? show(of(index)!.change) : show(expressions.sub(value(next[index]), value(p[index]))),
    }),
    step({ name: `${name}.next`, symbol: `${symbol}'`, values: next, ...newValue(given, p, change) }),
    ...averageSteps(given, next).map(step),
  ];
}
