import { resultShape } from "../../compile/plan.js";
import { type Shape, sizeOf } from "../../core/shape.js";
import { emitters } from "./chain.js";
import { glue } from "./glue.js";
import type { WebgpuKernel } from "./kernel.js";

const OPERANDS = ["a", "b", "c", "d"];

/** An elementwise op as a launch of its own. In-place ops are as long as their second input, which they are given. */
export const elementwiseKernel =
  (op: string): WebgpuKernel =>
  (launch) => {
    const { inputs, numbers = [], attributes, writes } = launch;
    const shape: Shape = writes.length > 0 ? inputs[1].shape : resultShape(launch);
    const operands = [
      ...inputs.map((input, i) => ({ tensor: OPERANDS[i], shape: input.shape })),
      ...numbers.map((number) => ({ number })),
    ];
    const { statements, value, functions } = emitters[op]({ attributes, operands, shape, name: op });
    const body = [...statements, ...(value ? [`store(i, ${value});`] : [])].join("\n  ");
    return {
      inputs: OPERANDS.slice(0, inputs.length),
      parts: [glue("webgpu/elementwise.ts", `fn each(i: u32) {\n  ${body}\n}`), ...functions],
      entry: { each: sizeOf(shape) },
    };
  };

export const elementwise: Record<string, WebgpuKernel> = Object.fromEntries(
  Object.keys(emitters).map((op) => [op, elementwiseKernel(op)]),
);
