import type { Launch, Result } from "../../compile/plan.js";
import type { DType } from "../../core/dtype.js";
import { emitters, type Operand } from "./chain.js";
import type { WgslPart } from "./kernel.js";

/**
 * What becomes of the values that a kernel computes: `store(i, value)`, and `store_sum(i, value)` for the second result
 * of a product. Each works off the chain on its element and writes what is kept.
 *
 * @returns WGSL sources; the bindings follow the inputs' in the order of `bindingsOf`
 */
export function resultGlue({ inputs, output, results }: Launch): WgslPart[] {
  let binding = inputs.length;
  const bind = (name: string, dtype: DType, access: "read" | "read_write") =>
    `@group(1) @binding(${binding++}) var<storage, ${access}> ${name}: array<${dtype}>;`;
  if (output) {
    const { dtype } = output;
    return [bind("y", dtype, "read_write"), `fn store(i: u32, value: ${dtype}) {\n  y[i] = value;\n}`, noSum];
  }
  if (!results) return [];
  const sources = results.flatMap((result, place) => {
    const prefix = `result_${place}`;
    const bindings = [
      ...result.reads.map(({ argument, written }, i) =>
        bind(`${prefix}_input_${i}`, argument.dtype, written ? "read_write" : "read"),
      ),
      ...result.outputs.map(({ to }, i) => bind(`${prefix}_output_${i}`, to.dtype, "read_write")),
    ];
    return [...bindings, ...storeFunction(place === 0 ? "store" : "store_sum", prefix, result)];
  });
  return results.length > 1 ? sources : [...sources, noSum];
}

const noSum = "fn store_sum(i: u32, value: f32) {}";

function storeFunction(name: string, prefix: string, { chain, outputs }: Result): WgslPart[] {
  const functions: WgslPart[] = [];
  const values = ["value"];
  const body = chain.flatMap(({ op, attributes, operands, shape }, place) => {
    const found = operands.map((operand): Operand => {
      if ("number" in operand) return operand;
      if ("value" in operand) return { value: values[operand.value] };
      return { buffer: `${prefix}_input_${operand.read}`, shape: operand.shape };
    });
    const own = `${prefix}_${place + 1}`;
    const snippet = emitters[op]({ attributes, operands: found, shape, name: own });
    functions.push(...snippet.functions);
    values.push(own);
    return [...snippet.statements, ...(snippet.value ? [`let ${own} = ${snippet.value};`] : [])];
  });
  const kept = outputs.map(({ value }, i) => `${prefix}_output_${i}[i] = ${values[value]};`);
  return [...functions, `fn ${name}(i: u32, value: f32) {\n  ${[...body, ...kept].join("\n  ")}\n}`];
}
