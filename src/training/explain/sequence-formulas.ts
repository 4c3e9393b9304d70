import { CELLS, type Recurrence, sizesOf } from "../../ops/recurrence.js";
import type { Formula } from "./formula.js";
import { call, difference, literal, product, termsOf, value, type Written } from "./written.js";

/*
 * Formulas of ops on sequences.
 */

const sumOf = (a: Written, b: Written): Written => termsOf(2, (i) => (i === 0 ? a : b));

/** An op whose numbers are worked from others by many small steps: its element stands as it is. */
const asItIs = (name: string): Formula => ({
  whole: ({ inputs }, write) => call(name, ...inputs.map(write)),
  element: (tensor, index, at) => value(at.number(tensor, index)),
});

export const sequenceFormulas: Readonly<Record<string, Formula>> = {
  recurrence: {
    whole: ({ inputs }, write) => call("recurrence", ...inputs.map(write)),
    element: (tensor, index, at) => {
      const attributes = tensor.attributes as Recurrence;
      const { time, units } = sizesOf(tensor.inputs[0], attributes);
      const { kept } = CELLS[attributes.cell];
      const own = (part: number) => at.number(tensor, index + part * units);
      const step = Math.floor(index / (kept * units)) % time;
      const isFirst = step === (attributes.reverse ? time - 1 : 0);
      const before = (part: number) =>
        isFirst ? 0 : at.number(tensor, index + (part + (attributes.reverse ? kept : -kept)) * units);
      const part = Math.floor(index / units) % kept;
      if (attributes.cell === "lstm" && part === 0) return product(value(own(5)), call("tanh", value(own(1))));
      if (attributes.cell === "lstm" && part === 1) {
        return sumOf(product(value(own(2)), value(before(0))), product(value(own(1)), value(own(3))));
      }
      if (attributes.cell === "gru" && part === 0 && own(2) !== 1) {
        const candidate = (own(0) - own(2) * before(0)) / (1 - own(2));
        const fresh = product(difference(literal(1), value(own(2))), value(candidate));
        return sumOf(fresh, product(value(own(2)), value(before(0))));
      }
      return value(own(0));
    },
  },
  rotate: asItIs("rotate"),
  attention: asItIs("attention"),
  attentionGradient: asItIs("attention'"),
  recurrenceGradient: asItIs("recurrence'"),
  gruHiddenGradient: asItIs("hidden'"),
};
