import type { Values } from "../../core/dtype.js";
import { sizeOf } from "../../core/shape.js";
import { averageName, type Optimizer } from "../../optimizers/index.js";
import { unitNumbers, unitsOf } from "../../optimizers/weights.js";
import { expressions } from "./rule-equations.js";
import type { Update } from "./update-steps.js";
import { atom, call, digits, literal, show, value } from "./written.js";

/** Options of the optimizers around the one that updates. */
export interface Around {
  /** Longest norm of a unit's weights. */
  limit?: number;
  /** Of moving averages. */
  decay?: number;
}

export function aroundOf({ of, limit, decay }: Partial<Optimizer["config"]>): Around {
  if (typeof of !== "object") return {};
  const within = aroundOf(of as Optimizer["config"]);
  return { limit: (limit as number) ?? within.limit, decay: (decay as number) ?? within.decay };
}

/** Writer of a parameter's new value, from the old one and its change. */
export function newValue({ symbol, update, around: { limit } }: Update, p: Values, change: Values) {
  const { add, mul, div } = expressions;
  const moved = (index: number) => add(value(p[index]), value(change[index]));
  const plain = { formula: `${symbol} + Δ${symbol}`, elementFormula: (index: number) => show(moved(index)) };
  const units = unitsOf(update.inputs[0]);
  if (limit === undefined || !units) return plain;
  const numbers = unitNumbers(units);
  const norms = new Float64Array(sizeOf(units.axes.map((axis) => units.shape[axis])));
  p.forEach((old, i) => {
    norms[numbers[i]] = Math.hypot(norms[numbers[i]], old + change[i]);
  });
  const factor = (norm: ReturnType<typeof atom>) => call("min", literal(1), div(literal(limit), norm));
  return {
    formula: `(${symbol} + Δ${symbol}) ⊙ ${show(factor(atom(`‖${symbol} + Δ${symbol}‖ᵢ`)))}`,
    elementFormula: (index: number) => show(mul(moved(index), factor(value(norms[numbers[index]])))),
  };
}

/** A parameter's moving average before and after the step, where the optimizer keeps one. */
export function averageSteps({ name, symbol, t, around: { decay }, before, after }: Update, next: Values) {
  if (decay === undefined) return [];
  const { add, mul, sub } = expressions;
  const [old, renewed] = [before, after].map((variables) => variables.get(averageName(name))!);
  const rate = (1 - decay) / (1 - decay ** t);
  const mixed = (average: ReturnType<typeof atom>, p: ReturnType<typeof atom>) =>
    show(add(average, mul(literal(rate), sub(p, average))));
  const average = `average_${symbol}`;
  return [
    { name: `${name}.average`, symbol: average, values: old },
    {
      name: `${name}.average.next`,
      symbol: `${average}'`,
      values: renewed,
      formula: mixed(atom(average), atom(`${symbol}'`)),
      where: `${digits(rate)} = (1 - ${digits(decay)}) / (1 - ${digits(decay)}^${t})`,
      elementFormula: (index: number) => mixed(value(old[index]), value(next[index])),
    },
  ];
}
