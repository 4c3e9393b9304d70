import type { CellOperand, CellProgram } from "../../ops/traced-cell.js";
import { type Rounding, scalarFunctions } from "./elementwise.js";

/** A cell's program as it is worked off for one unit at one place, in float64. */
export interface CellRun {
  /** Written before each run. */
  readonly inputs: Float64Array;
  /** Those of the last run. */
  readonly outputs: Float64Array;
  run(): void;
}

/** Binds a program to memory of its own. */
export function cellRun({ inputs, calls, outputs }: CellProgram, rounding: Rounding): CellRun {
  const functions = scalarFunctions(rounding);
  const bound = calls.map(({ op, operands }) => ({ f: functions[op], operands }));
  const values = new Float64Array(inputs + calls.length);
  const results = new Float64Array(outputs.length);
  const read = (operand: CellOperand) => ("number" in operand ? operand.number : values[operand.value]);
  return {
    inputs: values.subarray(0, inputs),
    outputs: results,
    run() {
      bound.forEach(({ f, operands: [a, b, c] }, i) => {
        values[inputs + i] = f(read(a), b && read(b), c && read(c));
      });
      outputs.forEach((output, i) => {
        results[i] = read(output);
      });
    },
  };
}
