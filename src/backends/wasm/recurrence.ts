import { sizeOf } from "../../core/shape.js";
import { besideOf, type Cell, type Recurrence, sizesOf } from "../../ops/recurrence.js";
import { Kernel } from "./codes.js";
import { type WasmKernel, withResult } from "./kernel.js";

const CODES: Record<Cell, number> = { tanh: 0, relu: 1, gru: 2, lstm: 3 };
/** Rows that are worked side by side. */
const ROWS = 4;

/**
 * The words of `Recurrence` in assembly/recurrence.ts.
 *
 * @param z - the number of that input
 * @param own - how many inputs come before the mask, the first states and what multiplies h
 */
const overTime = (kernel: Kernel, z: number, own: number): WasmKernel =>
  withResult(({ inputs, attributes }, y, writer) => {
    const { cell, reverse, given = "all", of = "z" } = attributes as Recurrence;
    const { batch, time, units, gates, kept } = sizesOf(inputs[z], attributes as Recurrence);
    const addresses = inputs.map((input) => writer.address(input));
    const { mask = 0, first = 0, shown = 0 } = besideOf(attributes as Recurrence, addresses.slice(own));
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
      [y, mask, first, shown, ...sizes, sums, states, cells, ...addresses.slice(0, own)],
      sizeOf(inputs[z].shape) * units,
    );
  });

export const recurrence = overTime(Kernel.recurrence, 0, 3);
export const recurrenceGradient = overTime(Kernel.recurrenceGradient, 1, 4);
