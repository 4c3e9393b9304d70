import type { Launch } from "../../compile/plan.js";
import { sizeOf } from "../../core/shape.js";
import type { CustomActivation } from "../../ops/activations.js";
import { broadcastIndex } from "./indexing.js";
import { type KernelSource, literal, perElement, type WebgpuKernel, wgsl } from "./kernel.js";
import * as shaders from "./shaders.js";

const OPERANDS = ["a", "b", "c", "d"];

/**
 * The kernel of `y[i] = value(i)`: binds the operands as `a`, `b`, ... and the result as `y`, then puts `value` in front
 * of the skeleton.
 */
export function mapKernel({ inputs, output }: Launch, value: string, ...functions: string[]): KernelSource {
  const bindings = inputs.map(
    ({ dtype }, i) => `@group(1) @binding(${i}) var<storage, read> ${OPERANDS[i]}: array<${dtype}>;`,
  );
  const size = sizeOf(output!.shape);
  const code = wgsl(
    ...bindings,
    `@group(1) @binding(${inputs.length}) var<storage, read_write> y: array<${output!.dtype}>;`,
    `fn value(i: u32) -> ${output!.dtype} {\n  ${value}\n}`,
    ...functions,
    shaders.grid,
    shaders.elementwise,
  );
  return { code, constants: { SIZE: size }, workgroups: perElement(size) };
}

/** An op of functions/elementwise.wgsl: its operands at their broadcast places, then its numbers. */
const opKernel =
  (op: string, ...numbers: string[]): WebgpuKernel =>
  (launch) => {
    const operands = launch.inputs.map(
      ({ shape }, i) => `${OPERANDS[i]}[${broadcastIndex("i", shape, launch.output!.shape)}]`,
    );
    const literals = numbers.map((number) => literal(launch.attributes[number] as number));
    return mapKernel(
      launch,
      `return op_${op}(${[...operands, ...literals].join(", ")});`,
      shaders.elementwiseFunctions,
      shaders.finite,
    );
  };

const plain = ["add", "sub", "mul", "div", "pow", "maximum", "minimum", "greater", "equal", "select", "neg", "exp"]
  .concat(["log", "sqrt", "square", "abs", "sign", "erf", "broadcastTo", "relu", "sigmoid", "tanh", "softplus"])
  .map((op) => [op, opKernel(op)] as const);

/** A user's activation: the expressions become functions, so that they see `x` and `y` and nothing else. */
const customActivation: WebgpuKernel = (launch) => {
  const { wgsl: source } = launch.attributes.activation as CustomActivation;
  return mapKernel(launch, "return forward(a[i]);", `fn forward(x: f32) -> f32 {\n  return ${source.forward};\n}`);
};

const customActivationGradient: WebgpuKernel = (launch) => {
  const { wgsl: source } = launch.attributes.activation as CustomActivation;
  return mapKernel(
    launch,
    "return a[i] * derivative(b[i], c[i]);",
    `fn derivative(x: f32, y: f32) -> f32 {\n  return ${source.gradient};\n}`,
  );
};

export const elementwise: Record<string, WebgpuKernel> = {
  ...Object.fromEntries(plain),
  clamp: opKernel("clamp", "low", "high"),
  leakyRelu: opKernel("leakyRelu", "slope"),
  elu: opKernel("elu", "alpha"),
  customActivation,
  customActivationGradient,
};
