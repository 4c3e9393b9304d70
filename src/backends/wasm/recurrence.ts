import { sizeOf } from "../../core/shape.js";
import { type Cell, type Recurrence, sizesOf } from "../../ops/recurrence.js";
import { Kernel } from "./codes.js";
import { type WasmKernel, withResult } from "./kernel.js";

const CODES: Record<Cell, number> = { tanh: 0, relu: 1, gru: 2, lstm: 3 };
/** Rows that are worked side by side. */
const ROWS = 4;

/** The words of `Recurrence` in assembly/recurrence.ts. @param z - the number of that input */
const overTime = (kernel: Kernel, z: number): WasmKernel =>
  withResult(({ inputs, attributes }, y, writer) => {
    const { cell, reverse, masked, begun, given = "all", of = "z" } = attributes as Recurrence;
    const { batch, time, units, gates, kept } = sizesOf(inputs[z], attributes as Recurrence);
    const addresses = inputs.map((input) => writer.address(input));
    const start = begun ? addresses.pop()! : 0;
    const mask = masked ? addresses.pop()! : 0;
    const [sums, states, cells] = writer.own(
      4 * ROWS * (gates * units + 8),
      4 * ROWS * (units + 8),
      4 * ROWS * (units + 8),
    );
    const sizes = [
      batch,
      time,
      units,
      gates,
      kept,
      CODES[cell],
      Number(reverse),
      { all: kept * units, states: units, last: 0 }[given],
      Number(of === "start"),
    ];
    writer.instruction(
      kernel,
      [y, mask, start, ...sizes, sums, states, cells, ...addresses],
      sizeOf(inputs[z].shape) * units,
    );
  });

export const recurrence = overTime(Kernel.recurrence, 0);
export const recurrenceGradient = overTime(Kernel.recurrenceGradient, 1);
