import { constant } from "../../src/graph/tensor.js";
import type { RecurrentCell } from "../../src/layers/cells.js";
import { slice } from "../../src/ops/indexing.js";
import {
  CELLS,
  type Cell,
  gruHiddenGradient,
  recurrence,
  recurrenceGradient,
  recurrenceOp,
  statesOf,
} from "../../src/ops/recurrence.js";
import { traceCell } from "../../src/ops/traced-cell.js";
import { type OwnCell, ownCells } from "../layers/own-cells.js";
import type { Case } from "./case.js";
import { normal, scaled, uniform } from "./data.js";
import { plainAttention } from "./plain-attention.js";

/* Ops on sequences. */

/** A case beside its sizes. */
interface Beside {
  reverse?: boolean;
  masked?: boolean;
  begun?: boolean;
  dropped?: boolean;
}

/** A cell of the recurrence's own, or one that a user writes. */
type AnyCell = Cell | `own ${OwnCell}`;

/** Batch, time, units: one of each; more rows and units than a block has; more than a vector's and a workgroup's lanes. */
const shapes: [AnyCell, number, number, number, Beside][] = [
  ["tanh", 1, 1, 1, {}],
  ["tanh", 5, 3, 9, { reverse: true }],
  ["tanh", 6, 1, 3, { begun: true }],
  ["tanh", 3, 3, 5, { dropped: true }],
  ["relu", 2, 4, 3, {}],
  ["relu", 1, 2, 2, { begun: true }],
  ["gru", 1, 2, 1, {}],
  ["gru", 3, 5, 4, { masked: true }],
  ["gru", 6, 2, 5, { reverse: true, masked: true }],
  ["gru", 5, 3, 6, { reverse: true, masked: true, begun: true }],
  ["gru", 1, 1, 65, { begun: true }],
  ["gru", 2, 3, 4, { begun: true }],
  ["gru", 5, 2, 3, { masked: true, dropped: true }],
  ["lstm", 2, 3, 3, {}],
  ["lstm", 5, 4, 8, { reverse: true, masked: true }],
  ["lstm", 3, 2, 65, {}],
  ["lstm", 1, 3, 1, { begun: true }],
  ["lstm", 5, 4, 7, { reverse: true, masked: true, begun: true }],
  ["lstm", 6, 2, 5, { masked: true, begun: true }],
  ["lstm", 5, 3, 9, { reverse: true, masked: true, begun: true, dropped: true }],
  ["lstm", 2, 3, 1, { dropped: true }],
  ["own gru", 1, 1, 1, {}],
  ["own gru", 5, 2, 17, { reverse: true, masked: true, begun: true, dropped: true }],
  ["own gru", 9, 13, 3, { masked: true }],
  ["own gru", 2, 2, 64, { begun: true }],
  ["own lstm", 5, 13, 1, { reverse: true, begun: true }],
  ["own lstm", 1, 2, 64, { masked: true }],
  ["own lstm", 9, 2, 5, { dropped: true, begun: true, masked: true }],
  ["own minimal", 1, 13, 5, { begun: true }],
  ["own minimal", 9, 2, 3, { reverse: true }],
  ["own chosen", 5, 3, 5, { masked: true, begun: true }],
  ["own chosen", 2, 2, 1, { reverse: true }],
  ["own wide", 5, 2, 3, { begun: true, reverse: true }],
  ["own wide", 1, 3, 17, { dropped: true }],
  ["own light", 3, 4, 5, { begun: true, masked: true }],
];

/** A cell as an attribute, and its sizes. */
function cellOf(name: AnyCell, batch: number, units: number) {
  if (name in CELLS) return { cell: name as Cell, ...CELLS[name as Cell] };
  const own: RecurrentCell = ownCells[name.slice("own ".length) as OwnCell];
  const cell = traceCell({ states: 1, ...own }, [batch, units])!;
  return { cell, gates: cell.gates, kept: cell.kept, states: cell.states };
}

/** Rows of different lengths, the last of which is empty where there are several. */
export const maskOf = (batch: number, time: number) =>
  constant(
    Float32Array.from({ length: batch * time }, (_, i) => Number(i % time < time - Math.floor(i / time))),
    [batch, time],
  );

const title = (cell: string, sizes: number[], { reverse, masked, begun, dropped }: Beside) =>
  `${cell} [${sizes}]${reverse ? " from the end" : ""}${masked ? ", masked" : ""}${begun ? ", begun" : ""}${dropped ? ", dropped" : ""}`;

/** Dropout of a third of the states. */
const shownOf = (batch: number, units: number) =>
  constant(
    Float32Array.from({ length: batch * units }, (_, i) => (i % 3 === 1 ? 0 : 1.5)),
    [batch, units],
  );

const inputsOf = (name: AnyCell, batch: number, time: number, units: number, begun?: boolean) => {
  const { gates, states } = cellOf(name, batch, units);
  const width = gates * units;
  const first = begun ? [normal(batch, states * units)] : [];
  return [normal(batch, time, width), scaled(1 / Math.sqrt(units), units, width), normal(width), ...first];
};

const kept = normal(2, 3, 12);

export const sequenceCases: Record<string, Case[]> = {
  recurrence: shapes.map(([name, batch, time, units, beside]): Case => {
    const { cell, states } = cellOf(name, batch, units);
    const { reverse = false, masked, begun, dropped } = beside;
    const mask = masked ? maskOf(batch, time) : undefined;
    const shown = dropped ? shownOf(batch, units) : undefined;
    return {
      name: title(name, [batch, time, units], beside),
      trace(z, weight, bias, first) {
        const y = recurrence(z, weight, bias, { cell, reverse }, { mask, first, shown });
        // Begun ones hand on all of their states.
        return begun ? slice(y, [0, 0, 0], [batch, time, states * units]) : statesOf(y, units);
      },
      inputs: inputsOf(name, batch, time, units, begun),
    };
  }),
  recurrenceGradient: shapes.flatMap(([named, batch, time, units, beside]): Case[] => {
    const { cell, kept } = cellOf(named, batch, units);
    const { reverse = false, masked = false, begun = false, dropped = false } = beside;
    const given = (["all", "states", "last"] as const)[(batch + time) % 3];
    const attributes = { cell, reverse, masked, begun, dropped, terms: units, given };
    const mask = masked ? [maskOf(batch, time)] : [];
    const shown = dropped ? [shownOf(batch, units)] : [];
    const of = (name: "z" | "hidden" | "start"): Case => ({
      name: `${title(named, [batch, time, units], beside)}, of ${name}, ${given} slopes`,
      trace(dy, z, weight, bias, ...first) {
        const further = [...mask, ...first, ...shown];
        const y = recurrenceOp(z, weight, bias, ...further, attributes);
        return recurrenceGradient(dy, z, y, weight, ...further, { ...attributes, of: name });
      },
      inputs: [
        normal(batch, given === "last" ? 1 : time, (given === "all" ? kept : 1) * units),
        ...inputsOf(named, batch, time, units, begun),
      ],
    });
    const hasOwnSlopes = typeof cell !== "string" && !cell.isAdded;
    return [of("z"), ...(hasOwnSlopes ? [of("hidden")] : []), ...(begun ? [of("start")] : [])];
  }),
  gruHiddenGradient: [1, 5, 8].map(
    (units): Case => ({
      name: `${units} units`,
      trace: (dz, y) => gruHiddenGradient(dz, y),
      inputs: [normal(2, 3, 3 * units), uniform(0, 1, 2, 3, 4 * units)],
    }),
  ),
};

/** Functions that are written with ops. */
export const sequenceFunctionCases: Record<string, Case[]> = {
  statesOf: [{ name: "the states of [2, 3, 12]", trace: (y) => statesOf(y, 2), inputs: [kept], exact: true }],
  plainAttention: [
    { shape: [2, 3, 4, 6], heads: 2, causal: false, masked: true },
    { shape: [1, 5, 5, 3], heads: 1, causal: true, masked: false },
  ].map(({ shape: [batch, queries, keys, features], heads, causal, masked }): Case => {
    const mask = masked ? maskOf(batch, keys) : undefined;
    return {
      name: `[${batch}, ${queries}, ${features}] over ${keys} keys, ${heads} heads${causal ? ", causal" : ""}${masked ? ", masked" : ""}`,
      trace: (q, k, v) => plainAttention(q, k, v, { heads, causal, mask }),
      inputs: [normal(batch, queries, features), normal(batch, keys, features), normal(batch, keys, features)],
    };
  }),
};
