import { sizeOf } from "../../core/shape.js";
import { besideOf, type Cell, type Recurrence, sizesOf } from "../../ops/recurrence.js";
import { Kernel } from "./codes.js";
import { type WasmKernel, withResult } from "./kernel.js";
import { writeCell } from "./traced-cell.js";

const CODES: Record<Cell, number> = { tanh: 0, relu: 1, gru: 2, lstm: 3 };
const TRACED = 4;
/** Numbers by which the engine is told of what a gradient is. */
const OF = { z: 0, hidden: 1, start: 2 };
/** Rows that are worked side by side. */
const ROWS = 4;

/**
 * The words of `Recurrence` in assembly/recurrence.ts.
 *
 * @param z - the number of that input
 * @param own - how many inputs come before the mask, the first states and what multiplies h
 * @param program - that of a traced cell which it works off
 */
const overTime = (kernel: Kernel, z: number, own: number, program: "step" | "slopes"): WasmKernel =>
  withResult(({ inputs, attributes }, y, writer, second) => {
    const { cell, reverse, given = "all", of = "z" } = attributes as Recurrence;
    const { batch, time, units, gates, kept, states: count } = sizesOf(inputs[z], attributes as Recurrence);
    const addresses = inputs.map((input) => writer.address(input));
    const { mask = 0, first = 0, shown = 0 } = besideOf(attributes as Recurrence, addresses.slice(own));
    const [sums, states, products] = writer.own(
      4 * ROWS * (gates * units + 8),
      4 * ROWS * (Math.max(2, count) * units + 8),
      4 * ROWS * (units + 8),
    );
    const isKnown = typeof cell === "string";
    const sizes = [
      batch,
      time,
      units,
      gates,
      kept,
      count,
      isKnown ? CODES[cell] : TRACED,
      Number(reverse),
      { all: kept * units, states: units, last: 0 }[given],
      OF[of],
    ];
    const traced = isKnown ? 0 : writeCell(writer, cell[program]);
    writer.instruction(
      kernel,
      [y, second, mask, first, shown, ...sizes, traced, sums, states, products, ...addresses.slice(0, own)],
      sizeOf(inputs[z].shape) * units,
    );
  });

export const recurrence = overTime(Kernel.recurrence, 0, 3, "step");
export const recurrenceGradient = overTime(Kernel.recurrenceGradient, 1, 4, "slopes");
