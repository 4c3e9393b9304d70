import { constant } from "../../src/graph/tensor.js";
import {
  CELLS,
  type Cell,
  gruHiddenGradient,
  recurrence,
  recurrenceGradient,
  recurrenceOp,
  statesOf,
} from "../../src/ops/recurrence.js";
import type { Case } from "./case.js";
import { normal, scaled, uniform } from "./data.js";
import { plainAttention } from "./plain-attention.js";

/* Ops on sequences. */

/** Batch, time, units: one of each; more rows and units than a block has; more than a vector's and a workgroup's lanes. */
const shapes: [Cell, number, number, number, { reverse?: boolean; masked?: boolean }][] = [
  ["tanh", 1, 1, 1, {}],
  ["tanh", 5, 3, 9, { reverse: true }],
  ["relu", 2, 4, 3, {}],
  ["gru", 1, 2, 1, {}],
  ["gru", 3, 5, 4, { masked: true }],
  ["gru", 6, 2, 5, { reverse: true, masked: true }],
  ["lstm", 2, 3, 3, {}],
  ["lstm", 5, 4, 8, { reverse: true, masked: true }],
  ["lstm", 3, 2, 65, {}],
];

/** Rows of different lengths, the last of which is empty where there are several. */
export const maskOf = (batch: number, time: number) =>
  constant(
    Float32Array.from({ length: batch * time }, (_, i) => Number(i % time < time - Math.floor(i / time))),
    [batch, time],
  );

const title = (cell: string, sizes: number[], { reverse, masked }: { reverse?: boolean; masked?: boolean }) =>
  `${cell} [${sizes}]${reverse ? " from the end" : ""}${masked ? ", masked" : ""}`;

const inputsOf = (cell: Cell, batch: number, time: number, units: number) => {
  const width = CELLS[cell].gates * units;
  return [normal(batch, time, width), scaled(1 / Math.sqrt(units), units, width), normal(width)];
};

const kept = normal(2, 3, 12);

export const sequenceCases: Record<string, Case[]> = {
  recurrence: shapes.map(([cell, batch, time, units, { reverse = false, masked }]): Case => {
    const mask = masked ? maskOf(batch, time) : undefined;
    return {
      name: title(cell, [batch, time, units], { reverse, masked }),
      trace: (z, weight, bias) => statesOf(recurrence(z, weight, bias, { cell, reverse }, mask), units),
      inputs: inputsOf(cell, batch, time, units),
    };
  }),
  recurrenceGradient: shapes.map(([cell, batch, time, units, { reverse = false, masked = false }]): Case => {
    const given = (["all", "states", "last"] as const)[(batch + time) % 3];
    const attributes = { cell, reverse, masked, terms: units, given };
    const mask = masked ? [maskOf(batch, time)] : [];
    const [z, weight, bias] = inputsOf(cell, batch, time, units);
    return {
      name: `${title(cell, [batch, time, units], { reverse, masked })}, ${given} slopes`,
      trace: (dy, z, weight, bias) =>
        recurrenceGradient(dy, z, recurrenceOp(z, weight, bias, ...mask, attributes), weight, ...mask, attributes),
      inputs: [
        normal(batch, given === "last" ? 1 : time, (given === "all" ? CELLS[cell].kept : 1) * units),
        ...[z, weight, bias],
      ],
    };
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
