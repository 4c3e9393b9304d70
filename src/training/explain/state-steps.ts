import type { Values } from "../../core/dtype.js";
import type { Tensor } from "../../graph/tensor.js";
import { type BatchGroups, batchNormalise } from "../../ops/normalise.js";
import { ExplainedStep } from "./explanation.js";
import { statisticsOf } from "./image-formulas.js";
import type { StateChange, Trace } from "./trace.js";
import type { Writer } from "./writer.js";
import { atom, call, difference, literal, product, show, sum, value, type Written } from "./written.js";

/** A state's new value as it is written: all of it, and one element. */
interface NewValue {
  whole: Written;
  element(index: number): Written;
}

/**
 * States of layers, such as running statistics: before the step, and after it. One that a step changes several times is
 * shown without the equation of the last change.
 */
export function stateSteps(
  { changes }: Trace,
  writer: Writer,
  before: ReadonlyMap<string, Values>,
  after: ReadonlyMap<string, Values>,
): ExplainedStep[] {
  return [...new Set(changes.map(({ state }) => state))].flatMap((state) => {
    const { label: name, shape } = state;
    const [change, ...more] = changes.filter((each) => each.state === state);
    const old = before.get(name)!;
    const written = more.length > 0 ? undefined : newValue(change, old, writer);
    const given = { section: "update", shape } as const;
    return [
      new ExplainedStep({ ...given, name, symbol: name, values: old }),
      new ExplainedStep({
        ...given,
        name: `${name}.next`,
        symbol: `${name}'`,
        values: after.get(name)!,
        formula: written && show(written.whole),
        elementFormula: written && ((index) => show(written.element(index))),
      }),
    ];
  });
}

function newValue({ state, by, input }: StateChange, old: Values, writer: Writer): NewValue {
  if (by.op !== batchNormalise.op) {
    const [, assigned] = by.inputs;
    return { whole: writer.whole(assigned), element: (index) => writer.element(assigned, index) };
  }
  const [x] = by.inputs;
  const { momentum } = by.attributes as BatchGroups;
  const moved = (from: Written, to: Written) => sum(from, product(literal(momentum), difference(to, from)));
  const isMean = input === 1;
  return {
    whole: moved(atom(state.label), call(isMean ? "mean" : "unbiased variance", writer.whole(x))),
    element: (index) => moved(value(old[index]), value(batchStatistic(by, x, index, isMean, writer))),
  };
}

/** The batch's own mean or variance of a feature. */
function batchStatistic(by: Tensor, x: Tensor, feature: number, isMean: boolean, writer: Writer): number {
  const { length, inner } = by.attributes as BatchGroups;
  const places = Array.from({ length }, (_, i) => i * inner + feature);
  const { centre, variance } = statisticsOf(x, places, by, writer.element);
  return isMean ? centre : (variance * length) / Math.max(length - 1, 1);
}
