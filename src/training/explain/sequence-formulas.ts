import { registry } from "../../graph/op.js";
import { besideOf, type CELLS, type Recurrence, sizesOf } from "../../ops/recurrence.js";
import type { CellOperand, TracedCell } from "../../ops/traced-cell.js";
import { writeScalar } from "./elementwise-formulas.js";
import type { Formula } from "./formula.js";
import { call, difference, literal, product, sum, termsOf, value, type Written } from "./written.js";

/*
 * Formulas of ops on sequences.
 */

/** An op whose numbers are worked from others by many small steps: its element stands as it is. */
const asItIs = (name: string): Formula => ({
  whole: ({ inputs }, write) => call(name, ...inputs.map(write)),
  element: (tensor, index, at) => value(at.number(tensor, index)),
});

/** Numbers of one unit at one place, and what they are worked from. */
interface UnitAtPlace {
  /** The part of z for a gate, and that of the hidden sum: h before times the weight, plus the bias. */
  input(gate: number): Written;
  hidden(gate: number): Written;
  /** Numbers kept of the unit at this place, and at the one before. */
  own(part: number): Written;
  before(part: number): Written;
}

/** Equations of what is kept of a unit, by the cell: the states first, then gates. */
const EQUATIONS: Record<keyof typeof CELLS, readonly ((unit: UnitAtPlace) => Written)[]> = {
  tanh: [({ input, hidden }) => call("tanh", sum(input(0), hidden(0)))],
  relu: [({ input, hidden }) => call("relu", sum(input(0), hidden(0)))],
  gru: [
    ({ input, own, before }) => {
      const candidate = call("tanh", sum(input(2), product(own(1), own(3))));
      return sum(product(difference(literal(1), own(2)), candidate), product(own(2), before(0)));
    },
    ...[0, 1].map(
      (gate) =>
        ({ input, hidden }: UnitAtPlace) =>
          call("sigmoid", sum(input(gate), hidden(gate))),
    ),
    ({ hidden }) => hidden(2),
  ],
  lstm: [
    ({ own }) => product(own(5), call("tanh", own(1))),
    ({ own, before }) => sum(product(own(3), before(1)), product(own(2), own(4))),
    ...["sigmoid", "sigmoid", "tanh", "sigmoid"].map(
      (name, gate) =>
        ({ input, hidden }: UnitAtPlace) =>
          call(name, sum(input(gate), hidden(gate))),
    ),
  ],
};

/** Longer equations aren't shown: what a cell uses twice stands there twice. */
const LONGEST_EQUATION = 1000;

/** Equations of what is kept of a unit whose cell is the user's own; undefined for one that is too long. */
const equationsOf = ({ gates, states, step }: TracedCell): ((unit: UnitAtPlace) => Written | undefined)[] => [
  ...step.outputs.map((output) => ({ input, own, before }: UnitAtPlace) => {
    const of = (count: number, write: (i: number) => Written) => Array.from({ length: count }, (_, i) => write(i));
    const values = [...of(gates, input), ...of(gates, (gate) => own(states + gate)), ...of(states, before)];
    const read = (operand: CellOperand) => ("number" in operand ? literal(operand.number) : values[operand.value]);
    for (const { op, operands } of step.calls) {
      const written = writeScalar(registry.get(op)!.scalar!, operands.map(read), "*");
      if (written.text.length > LONGEST_EQUATION) return undefined;
      values.push(written);
    }
    return read(output);
  }),
  ...Array.from(
    { length: gates },
    (_, gate) =>
      ({ hidden }: UnitAtPlace) =>
        hidden(gate),
  ),
];

export const sequenceFormulas: Readonly<Record<string, Formula>> = {
  drawClasses: asItIs("draw"),
  recurrence: {
    whole: ({ inputs }, write) => call("recurrence", ...inputs.map(write)),
    element: (tensor, index, at) => {
      const attributes = tensor.attributes as Recurrence;
      const [z, weight, bias, ...further] = tensor.inputs;
      const { mask, first, shown } = besideOf(attributes, further);
      const { time, units, gates, kept, states } = sizesOf(z, attributes);
      const width = gates * units;
      const place = Math.floor(index / (kept * units));
      const [part, unit] = [Math.floor(index / units) % kept, index % units];
      const isFirst = place % time === (attributes.reverse ? time - 1 : 0);
      const other = place + (attributes.reverse ? 1 : -1);
      const keptAt = (where: number, part: number, u: number) =>
        value(at.number(tensor, (where * kept + part) * units + u));
      const row = Math.floor(place / time);
      const begins = (part: number, u: number) => (row * states + part) * units + u;
      const before = (part: number, u = unit) => {
        if (!isFirst) return keptAt(other, part, u);
        return first ? value(at.number(first, begins(part, u))) : literal(0);
      };
      if (mask && at.number(mask, place) === 0) return part < states ? before(part) : value(at.number(tensor, index));
      const column = (gate: number) => gate * units + unit;
      const seen = (k: number) =>
        shown ? product(before(0, k), value(at.number(shown, row * units + k))) : before(0, k);
      const term = (gate: number) => (k: number) =>
        product(seen(k), value(at.number(weight, k * width + column(gate))));
      const { cell } = attributes;
      const equations = typeof cell === "string" ? EQUATIONS[cell] : equationsOf(cell);
      const written = equations[part]({
        before,
        own: (part) => keptAt(place, part, unit),
        input: (gate) => value(at.number(z, place * width + column(gate))),
        hidden(gate) {
          const own = value(at.number(bias, column(gate)));
          return isFirst && !first ? own : sum(termsOf(units, term(gate)), own);
        },
      });
      return written ?? value(at.number(tensor, index));
    },
  },
  rotate: asItIs("rotate"),
  attention: asItIs("attention"),
  attentionGradient: asItIs("attention'"),
  recurrenceGradient: asItIs("recurrence'"),
  gruHiddenGradient: asItIs("hidden'"),
};
