import type { CellOperand, CellProgram } from "../../ops/traced-cell.js";
import { type Link, writeLinks } from "./chain.js";
import type { ProgramWriter } from "./writer.js";

/** Writes a cell's program; see assembly/traced-cell.ts. @returns its address */
export function writeCell(writer: ProgramWriter, { inputs, calls, outputs }: CellProgram): number {
  const link = (op: string, operands: readonly CellOperand[]): Link => ({ op, operands, attributes: {}, shape: [] });
  const links = calls.map(({ op, operands }) => link(op, operands));
  const values = outputs.map((output) => {
    if ("value" in output) return output.value;
    return inputs + links.push(link("broadcastTo", [output])) - 1; // a number, spread out
  });
  const { words, slotOf } = writeLinks(writer, links, values, inputs);
  return writer.table([links.length, values.length, ...values.map(slotOf), ...words]);
}
