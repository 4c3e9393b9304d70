import { type Launch, resultShape } from "../../compile/plan.js";
import { type Shape, sizeOf } from "../../core/shape.js";
import { emitters } from "./chain.js";
import { type KernelSource, perElement, type WebgpuKernel, type WgslPart, wgsl } from "./kernel.js";
import * as shaders from "./shaders.js";

const OPERANDS = ["a", "b", "c", "d"];

/** The skeleton that does `each(i)` for every element, with the inputs bound as `a`, `b`, ... */
export function eachElement(
  { inputs, writes }: Launch,
  size: number,
  body: string,
  functions: readonly WgslPart[],
): KernelSource {
  const bindings = inputs.map(({ dtype }, i) => {
    const access = writes.includes(i) ? "read_write" : "read";
    return `@group(1) @binding(${i}) var<storage, ${access}> ${OPERANDS[i]}: array<${dtype}>;`;
  });
  return {
    code: wgsl(...bindings, `fn each(i: u32) {\n  ${body}\n}`, ...functions, shaders.grid, shaders.elementwise),
    constants: { SIZE: size },
    workgroups: perElement(size),
  };
}

/** An elementwise op as a launch of its own. In-place ops are as long as their second input, which they are given. */
const kernel =
  (op: string): WebgpuKernel =>
  (launch) => {
    const { inputs, numbers = [], attributes, writes } = launch;
    const shape: Shape = writes.length > 0 ? inputs[1].shape : resultShape(launch);
    const operands = [
      ...inputs.map((input, i) => ({ buffer: OPERANDS[i], shape: input.shape })),
      ...numbers.map((number) => ({ number })),
    ];
    const { statements, value, functions } = emitters[op]({ attributes, operands, shape, name: op });
    const body = [...statements, ...(value ? [`store(i, ${value});`] : [])].join("\n  ");
    return eachElement(launch, sizeOf(shape), body, functions);
  };

export const elementwise: Record<string, WebgpuKernel> = Object.fromEntries(
  Object.keys(emitters).map((op) => [op, kernel(op)]),
);
