import type { Launch, Result } from "../../compile/plan.js";
import { emitters } from "./chain.js";
import { glue, type Part, type Tensors } from "./glue.js";
import type { Operand } from "./snippet.js";

/**
 * The epilogue of a kernel: `store(i, value)` for the values that it computes, and `store_second(i, value)` for those of a
 * second result. Each applies the result's fused ops to its element and writes the values that are kept. Tensors are
 * declared in the order of `bindingsOf`.
 */
export function epilogue({ output, results = [] }: Launch, tensors: Tensors): Part[] {
  if (output) tensors.output("y", output, "store");
  return results.flatMap((result, place) =>
    place === 0
      ? storeFunction("store", "", result, tensors)
      : storeFunction("store_second", "second_", result, tensors),
  );
}

/** A function that applies a result's fused ops and stores. @param prefix - of the names of its tensors and values */
function storeFunction(name: string, prefix: string, { reads, chain, outputs }: Result, tensors: Tensors): Part[] {
  reads.forEach(({ argument, written }, i) => {
    tensors.input(`${prefix}operand_${i}`, argument, written);
  });
  outputs.forEach(({ to }, i) => {
    tensors.output(`${prefix}output_${i}`, to);
  });
  const functions: Part[] = [];
  const values = ["value"];
  const body = chain.flatMap(({ op, attributes, operands, shape }, place) => {
    const found = operands.map((operand): Operand => {
      if ("number" in operand) return operand;
      if ("value" in operand) return { value: values[operand.value] };
      return { tensor: `${prefix}operand_${operand.read}`, shape: operand.shape };
    });
    const own = `${prefix}value_${place + 1}`;
    const snippet = emitters[op]({ attributes, operands: found, shape, name: own });
    functions.push(...snippet.functions);
    values.push(own);
    return [...snippet.statements, ...(snippet.value ? [`let ${own} = ${snippet.value};`] : [])];
  });
  const kept = outputs.map(({ value }, i) => `store_${prefix}output_${i}(i, ${values[value]});`);
  const text = `fn ${name}(i: u32, value: f32) {\n  ${[...body, ...kept].join("\n  ")}\n}`;
  return [glue("webgpu/epilogue.ts", text), ...functions];
}
