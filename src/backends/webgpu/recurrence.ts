import recurrenceShader from "../../../shaders/recurrence.wgsl";
import gradientShader from "../../../shaders/recurrence-gradient.wgsl";
import tracedShader from "../../../shaders/traced-recurrence.wgsl";
import tracedGradientShader from "../../../shaders/traced-recurrence-gradient.wgsl";
import type { Launch } from "../../compile/plan.js";
import { DeviceError } from "../../core/errors.js";
import { type Cell, type Recurrence, sizesOf } from "../../ops/recurrence.js";
import { emitters } from "./chain.js";
import { elementwiseKernel } from "./elementwise.js";
import { glue, type Part } from "./glue.js";
import type { WebgpuKernel } from "./kernel.js";
import { type Emitter, read } from "./snippet.js";
import { cellSlopes, cellStep } from "./traced-cell.js";

const CODES: Record<Cell, number> = { tanh: 0, relu: 1, gru: 2, lstm: 3 };
const INVOCATIONS = 256;
/** Rows that share a read of the weight, and workgroups that there should be before rows share any. */
const MOST_SHARED = 4;
const SPREAD = 16;
/** Floats of the memory of a workgroup that every GPU has. */
const WORKGROUP_FLOATS = 4096;

/** @param isGradient - whether the kernel works back from place to place, with the sums of all gates in memory */
function overTime(names: readonly string[], z: number, isGradient: boolean): WebgpuKernel {
  return ({ label, inputs, attributes, results = [] }: Launch) => {
    const { cell, reverse, masked, begun, dropped, given = "all", of = "z" } = attributes as Recurrence;
    const { batch, time, units, gates, kept, states } = sizesOf(inputs[z], attributes as Recurrence);
    // Floats of a unit: two copies of h or the slopes of it, further states or room for them, and sums.
    const memory = Math.max(2, states) + (isGradient ? gates : 1);
    const fitting = Math.floor(WORKGROUP_FLOATS / (units * memory));
    if (fitting < 1) {
      throw new DeviceError(
        `${label}: ${units} units of a recurrent layer need more memory than a workgroup has: at most ` +
          `${Math.floor(WORKGROUP_FLOATS / memory)} fit. Take fewer, or backend: "wasm".`,
      );
    }
    const groups = Math.max(1, Math.min(Math.floor(INVOCATIONS / units), MOST_SHARED, fitting, batch));
    const shared = Math.min(MOST_SHARED, Math.floor(fitting / groups), Math.floor(batch / groups / SPREAD));
    const per = Math.max(1, shared);
    const rows = groups * per;
    const beside = { mask: masked, first: begun, shown: dropped };
    const read = Object.keys(beside).filter((name) => beside[name as keyof typeof beside]);
    const absent = Object.keys(beside).filter((name) => !read.includes(name));
    const nothing = absent.map((name) => `fn ${name}_at(i: u32) -> f32 { return 0.0; }`);
    const isKnown = typeof cell === "string";
    const lengths = {
      ...{ PER: per, STATES: rows * units },
      ...(isGradient && { SUMS: gates * rows * units }),
      ...(!isKnown && { FURTHER: Math.max(1, states - 1) * rows * units }),
    };
    const memoryOf = Object.entries(lengths).map(([name, length]) => `const ${name}: u32 = ${length}u;`);
    const declared = glue("webgpu/recurrence.ts", [...memoryOf, ...nothing].join("\n"));
    const kernel = (): Part[] => {
      if (isKnown) return [isGradient ? gradientShader : recurrenceShader];
      if (!isGradient) return [tracedShader, ...cellStep(cell)];
      return [tracedGradientShader, ...cellSlopes(cell, { of, both: results.length > 1 })];
    };
    return {
      inputs: [...names, ...read],
      parts: [declared, ...kernel()],
      constants: {
        ...{ BATCH: batch, TIME: time, HIDDEN: units, ROWS: rows },
        ...{ REVERSE: Number(reverse), MASKED: Number(masked), BEGUN: Number(begun), DROPPED: Number(dropped) },
        ...(isKnown && { CELL: CODES[cell] }),
        ...(isGradient && { SLOPES: { all: kept * units, states: units, last: 0 }[given] }),
        ...(isGradient && isKnown && { OF_START: Number(of === "start") }),
      },
      entry: { work: Math.ceil(batch / rows), invocations: INVOCATIONS },
    };
  };
}

export const recurrence = overTime(["z", "weight", "bias"], 0, false);
export const recurrenceGradient = overTime(["dy", "z", "forward", "weight"], 1, true);

/** Element `i` of a GRU's hidden gradient, by that of dz and the gate r of what is kept. */
const hiddenGradient: Emitter = ({ operands: [dz, kept], shape }) => {
  const width = shape.at(-1)!;
  const units = width / 3;
  const { tensor } = kept as { tensor: string };
  const reset = `${tensor}_at(i / ${width}u * ${4 * units}u + i % ${width}u - ${units}u)`;
  return {
    statements: [],
    value: `${read(dz, shape)} * select(1.0, ${reset}, i % ${width}u >= ${2 * units}u)`,
    functions: [],
  };
};

// Chains of dense networks have no use for it: it comes with the kernels that it follows.
emitters.gruHiddenGradient = hiddenGradient;
export const gruHiddenGradient: WebgpuKernel = elementwiseKernel("gruHiddenGradient");
