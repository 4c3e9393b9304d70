import type { CellOperand, CellProgram, TracedCell } from "../../ops/traced-cell.js";
import { emitters } from "./chain.js";
import { glue, type Part } from "./glue.js";
import { literal } from "./kernel.js";

/** WGSL of a program: the functions that it takes, its statements, and its outputs. */
function written({ calls, outputs }: CellProgram, inputs: readonly string[]) {
  const values = [...inputs];
  const functions: Part[] = [];
  const operandOf = (operand: CellOperand) => ("number" in operand ? operand : { value: values[operand.value] });
  const statements = calls.map(({ op, operands }, i) => {
    const name = `value_${i}`;
    const snippet = emitters[op]({ attributes: {}, operands: operands.map(operandOf), shape: [], name });
    functions.push(...snippet.functions);
    values.push(name);
    return `  let ${name} = ${snippet.value};\n`;
  });
  const read = (operand: CellOperand) => ("number" in operand ? literal(operand.number) : values[operand.value]);
  return { functions, statements: statements.join(""), outputs: outputs.map(read) };
}

/** Names of an array's elements. */
const elements = (name: string, count: number) => Array.from({ length: count }, (_, i) => `${name}[${i}]`);

const sizes = ({ gates, states }: TracedCell) =>
  `const GATES: u32 = ${gates}u;\nconst CELL_STATES: u32 = ${states}u;\n`;

const given = ({ gates, states }: TracedCell) => [
  ...elements("z", gates),
  ...elements("hidden", gates),
  ...elements("before", states),
];

/** `step_cell` of traced-recurrence.wgsl. */
export function cellStep(cell: TracedCell): Part[] {
  const { functions, statements, outputs } = written(cell.step, given(cell));
  const text = `${sizes(cell)}fn step_cell(z: Gates, hidden: Gates, before: States) -> States {
${statements}  return States(${outputs.join(", ")});
}`;
  return [glue("webgpu/traced-cell.ts", text), ...functions];
}

/** The slopes that a gradient's kernel is asked for; `both` where those of the hidden sums are its second result. */
export interface AskedSlopes {
  of: "z" | "hidden" | "start";
  both: boolean;
}

/** `cell_slopes` of traced-recurrence-gradient.wgsl, and the functions that store what is asked for. */
export function cellSlopes(cell: TracedCell, { of, both }: AskedSlopes): Part[] {
  const { functions, statements, outputs } = written(cell.slopes, [...given(cell), ...elements("slopes", cell.states)]);
  const { gates } = cell;
  const ofZ = outputs.slice(0, gates).join(", ");
  const ofHidden = outputs.slice(gates, 2 * gates).join(", ");
  const ofBefore = outputs.slice(2 * gates).join(", ");
  const stores = {
    store_z: of === "z" && "store",
    store_hidden: of === "hidden" ? "store" : both && "store_second",
    store_first: of === "start" && "store",
  };
  const storing = Object.entries(stores).map(
    ([name, store]) => `fn ${name}(i: u32, value: f32) { ${store ? `${store}(i, value);` : ""} }`,
  );
  const text = `${sizes(cell)}fn cell_slopes(z: Gates, hidden: Gates, before: States, slopes: States) -> CellSlopes {
${statements}  return CellSlopes(Gates(${ofZ}), Gates(${ofHidden}), States(${ofBefore}));
}
${storing.join("\n")}`;
  return [glue("webgpu/traced-cell.ts", text), ...functions];
}
