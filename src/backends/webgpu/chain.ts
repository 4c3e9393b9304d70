import elementwise from "../../../shaders/functions/elementwise.wgsl";
import finite from "../../../shaders/functions/finite.wgsl";
import step from "../../../shaders/functions/step.wgsl";
import type { Shape } from "../../core/shape.js";
import type { CustomActivation } from "../../ops/activations.js";
import { glue, type Part } from "./glue.js";
import { type Emitter, type Operand, read } from "./snippet.js";
import { update } from "./update.js";

/** A function `op_x` of a part, for the op x. */
const call =
  (op: string, part: Part): Emitter =>
  ({ operands, shape }) => ({
    statements: [],
    value: `op_${op}(${operands.map((operand) => read(operand, shape)).join(", ")})`,
    functions: [part],
  });

/** A user's activation: its expression becomes a function, so that it sees `x` and `y` and nothing else. */
const custom =
  (part: "forward" | "gradient"): Emitter =>
  ({ attributes, operands, shape, name }) => {
    const factors = operands.map((operand) => read(operand, shape));
    const values = factors.splice(part === "gradient" ? 1 : 0); // after dy
    const parameters = values.map((_, i) => `${"xy"[i]}: f32`).join(", ");
    const { wgsl } = attributes.activation as CustomActivation;
    return {
      statements: [],
      value: [...factors, `${part}_${name}(${values.join(", ")})`].join(" * "),
      functions: [glue("webgpu/chain.ts", `fn ${part}_${name}(${parameters}) -> f32 {\n  return ${wgsl[part]};\n}`)],
    };
  };

/** Writes values, and whether they are finite, to slots of the step's row in the results [steps, slots, 2]. */
const record: Emitter = ({ attributes, operands, shape, name }) => {
  const [results, value] = operands as [{ tensor: string; shape: Shape }, Operand];
  const slot = attributes.slot as number;
  return {
    statements: [
      `let recorded_${name} = ${read(value, shape)};`,
      `let row_${name} = (step_record.index * ${results.shape[1]}u + ${slot}u + i) * 2u;`,
      `store_${results.tensor}(row_${name}, recorded_${name});`,
      `store_${results.tensor}(row_${name} + 1u, select(1.0, 0.0, is_finite(recorded_${name})));`,
    ],
    functions: [step, finite],
  };
};

/** The scalar functions of a part, where the one of op x is called op_x. */
export const scalarFunctions = (part: Part): Record<string, Emitter> =>
  Object.fromEntries(Array.from(part.text.matchAll(/\bfn op_(\w+)/g), ([, op]) => [op, call(op, part)]));

/** WGSL of elementwise ops, by name; `further-functions.ts` and `sequence-kernels.ts` add theirs once they are loaded. */
export const emitters: Record<string, Emitter> = {
  ...scalarFunctions(elementwise),
  customActivation: custom("forward"),
  customActivationGradient: custom("gradient"),
  update,
  record,
};
