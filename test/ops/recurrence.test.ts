import { test } from "vitest";
import { type Cell, recurrence, statesOf } from "../../src/ops/recurrence.js";
import { normal, scaled } from "../parity/data.js";
import { expectParity, useGuardedDevices } from "../parity/run.js";

/* Recurrences of so many rows that a GPU's invocations take several, of which a batch has not all. */

const devices = useGuardedDevices();

const cases: [Cell, number, number, number, number][] = [
  ["lstm", 4, 33, 2, 129],
  ["gru", 3, 67, 2, 130],
  ["tanh", 1, 131, 3, 65],
];

test.each(cases)("%s of %i gates: %i rows, %i places, %i units", async (cell, gates, batch, time, units) => {
  const inputs = [
    normal(batch, time, gates * units),
    scaled(1 / Math.sqrt(units), units, gates * units),
    normal(gates * units),
  ];
  await expectParity(
    devices,
    (z, weight, bias) => statesOf(recurrence(z, weight, bias, { cell, reverse: true }), units),
    inputs,
  );
});
