import gruHiddenShader from "../../../shaders/gru-hidden-gradient.wgsl";
import recurrenceShader from "../../../shaders/recurrence.wgsl";
import gradientShader from "../../../shaders/recurrence-gradient.wgsl";
import type { Launch } from "../../compile/plan.js";
import { DeviceError } from "../../core/errors.js";
import { sizeOf } from "../../core/shape.js";
import { type Cell, type Recurrence, sizesOf } from "../../ops/recurrence.js";
import { glue, type Part } from "./glue.js";
import type { WebgpuKernel } from "./kernel.js";

const CODES: Record<Cell, number> = { tanh: 0, relu: 1, gru: 2, lstm: 3 };
const INVOCATIONS = 256;
/** Rows that share a read of the weight. */
const MOST_ROWS = 4;
/** Floats of the memory of a workgroup that every GPU has. */
const WORKGROUP_FLOATS = 4096;

/** @param memory - floats that a unit takes in a workgroup's memory */
function overTime(shader: Part, names: readonly string[], z: number, memory: (gates: number) => number): WebgpuKernel {
  return ({ label, inputs, attributes }: Launch) => {
    const { cell, reverse, masked, given = "all" } = attributes as Recurrence;
    const { batch, time, units, gates, kept } = sizesOf(inputs[z], attributes as Recurrence);
    const fitting = Math.floor(WORKGROUP_FLOATS / (units * memory(gates)));
    if (fitting < 1) {
      throw new DeviceError(
        `${label}: ${units} units of a recurrent layer need more memory than a workgroup has: at most ` +
          `${Math.floor(WORKGROUP_FLOATS / memory(gates))} fit. Take fewer, or backend: "wasm".`,
      );
    }
    const rows = Math.max(1, Math.min(MOST_ROWS, fitting, Math.floor(INVOCATIONS / units), batch));
    const maskless = glue("webgpu/recurrence.ts", "fn mask_at(i: u32) -> f32 { return 1.0; }");
    const isGradient = shader === gradientShader;
    const lengths = { STATES: rows * units, ...(isGradient && { SUMS: gates * rows * units }) };
    const memoryOf = Object.entries(lengths).map(([name, length]) => `const ${name}: u32 = ${length}u;`);
    const declared = glue("webgpu/recurrence.ts", memoryOf.join("\n"));
    return {
      inputs: masked ? [...names, "mask"] : names,
      parts: masked ? [declared, shader] : [declared, shader, maskless],
      constants: {
        ...{ CELL: CODES[cell], BATCH: batch, TIME: time, HIDDEN: units, ROWS: rows },
        ...{ REVERSE: Number(reverse), MASKED: Number(masked) },
        ...(isGradient && { SLOPES: { all: kept * units, states: units, last: 0 }[given] }),
      },
      entry: { work: Math.ceil(batch / rows), invocations: INVOCATIONS },
    };
  };
}

export const recurrence = overTime(recurrenceShader, ["z", "weight", "bias"], 0, () => 3);
export const recurrenceGradient = overTime(gradientShader, ["dy", "z", "forward", "weight"], 1, (gates) => gates + 2);

export const gruHiddenGradient: WebgpuKernel = ({ inputs: [dz] }) => ({
  inputs: ["dz", "forward"],
  parts: [gruHiddenShader],
  constants: { HIDDEN: dz.shape[2] / 3 },
  entry: { each: sizeOf(dz.shape) },
});
