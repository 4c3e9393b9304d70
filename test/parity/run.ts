import { expect } from "vitest";
import type { Backend } from "../../src/backends/backend.js";
import { compile } from "../../src/compile/compile.js";
import { ownerOf, writtenInputs } from "../../src/compile/order.js";
import { StepTable } from "../../src/compile/steps.js";
import type { Values } from "../../src/core/dtype.js";
import { gradients } from "../../src/graph/gradients.js";
import { constant, type Tensor, variable } from "../../src/graph/tensor.js";
import { collect } from "../../src/ops/batch.js";
import { add, broadcastTo, mul } from "../../src/ops/elementwise.js";
import { gather, reshape } from "../../src/ops/layout.js";
import { sum } from "../../src/ops/reduce.js";
import { BACKENDS, useDevices } from "../devices/backends.js";
import { expectClose, expectEqual } from "../tolerance.js";
import { type Data, normal } from "./data.js";
import { makingOf } from "./making.js";

/** Builds the graph under test from one symbolic tensor per input. */
export type Trace = (...inputs: Tensor[]) => Tensor;

export interface StepRecord {
  first: number;
  rows: number;
  step?: number;
  seed?: number;
  hyperparameters?: number[];
}

const ONE_STEP: StepRecord[] = [{ first: 0, rows: 1 }];

/** Whole numbers that u32 results are looked up in to come home: `collect` takes f32. */
const WHOLE_NUMBERS = Float32Array.from({ length: 512 }, (_, i) => i);

export interface Devices {
  readonly cpu: Backend;
  readonly webgpu: Backend;
  readonly wasm: Backend;
  readonly all: readonly Backend[];
}

/** One device per backend for a test file, with guards. Fails where there is no WebGPU adapter. */
export function useGuardedDevices(): Devices {
  const device = useDevices({ guards: true });
  return {
    get cpu() {
      return device("cpu");
    },
    get webgpu() {
      return device("webgpu");
    },
    get wasm() {
      return device("wasm");
    },
    get all() {
      return BACKENDS.map(device);
    },
  };
}

/** Symbolic variables for the data, named by their place. */
export const symbols = (inputs: readonly Data[]): Tensor[] =>
  inputs.map(({ shape, values }, i) => variable(`input${i}`, shape, values instanceof Float32Array ? "f32" : "u32"));

/** A sink that writes all of `x` to row `first` of a variable, whatever the steps' rows are. */
function capture(x: Tensor, name: string, steps: readonly StepRecord[]): Tensor {
  const numbers = x.dtype === "f32" ? x : gather(constant(WHOLE_NUMBERS, [WHOLE_NUMBERS.length]), reshape(x, [x.size]));
  const rows = Math.max(...steps.map((step) => step.rows));
  const places = Math.max(...steps.map((step) => step.first)) + rows;
  return collect(variable(name, [places, x.size]), broadcastTo(reshape(numbers, [1, x.size]), [rows, x.size]));
}

/**
 * Compiles the graph of `outputs` over `variables` and runs it over `steps`, with poisoned memory and guard words.
 *
 * @returns for each output its values after the last step, and those of each variable that its op writes
 */
export async function runTensors(
  device: Backend,
  outputs: readonly Tensor[],
  variables: readonly Tensor[],
  inputs: readonly Data[],
  steps: readonly StepRecord[] = ONE_STEP,
): Promise<Values[]> {
  const sinks = outputs.map((output, i) => (output.op.writes ? output : capture(output, `output${i}`, steps)));
  const leaves = [...new Set([...variables, ...sinks.map(ownerOf)])];
  const memory = new Map(
    leaves.map(({ label, dtype, size }, i) => [label, device.create(label, dtype, size, inputs[i]?.values)]),
  );
  const table = new StepTable(steps.length);
  steps.forEach((step, i) => {
    table.set(i, step);
  });
  const written = outputs.flatMap((output, i) =>
    output.op.writes ? writtenBy(output) : [ownerOf(sinks[i]), ...writtenBy(output)],
  );
  try {
    const program = await device.load(compile("test", sinks), memory, steps.length);
    await program.run(table);
    const arrays = await device.read(written.map(({ label }) => memory.get(label)!));
    await device.checkGuards();
    program.dispose();
    const { first } = steps.at(-1)!;
    return arrays.map((values, i) => {
      const { label, shape } = written[i];
      return label.startsWith("output")
        ? (values.subarray(first * shape[1], (first + 1) * shape[1]) as Values)
        : values;
    });
  } finally {
    device.destroy([...memory.values()]);
  }
}

const writtenBy = (tensor: Tensor) => writtenInputs(tensor).map((input) => ownerOf(tensor.inputs[input]));

/** Traces a graph over the data and runs it on one device. */
export function runOp(
  device: Backend,
  trace: (...inputs: Tensor[]) => readonly Tensor[],
  inputs: readonly Data[],
  steps?: readonly StepRecord[],
): Promise<Values[]> {
  const variables = symbols(inputs);
  return runTensors(device, trace(...variables), variables, inputs, steps);
}

/** The traced tensor, and the gradients of a weighted sum of it for every f32 input. */
export function withGradients(trace: Trace): (...inputs: Tensor[]) => Tensor[] {
  return (...inputs) => {
    const y = trace(...inputs);
    const by = inputs.filter(({ dtype }) => dtype === "f32");
    return [y, ...gradients(sum(mul(y, constant(normal(...y.shape).values, y.shape))), by, add)];
  };
}

export interface ParityOptions {
  steps?: readonly StepRecord[];
  /** Whether the op has gradients to compare; default true. */
  gradient?: boolean;
  /** The op moves or chooses values: the same bits are expected. */
  exact?: boolean;
  /** What the others make of their inputs before they work on them: the reference is given that. */
  seen?: (input: Data) => Data;
}

/** Runs on every backend and compares results and gradients under the tolerance policy, CPU as reference. */
export async function expectParity(
  { cpu, all }: Pick<Devices, "cpu" | "all">,
  trace: Trace,
  inputs: readonly Data[],
  { steps = ONE_STEP, gradient = true, exact = false, seen = (input) => input }: ParityOptions = {},
): Promise<void> {
  // Traced once, so that both run the same graph.
  const variables = symbols(inputs);
  const traced = gradient ? withGradients(trace)(...variables) : [trace(...variables)];
  const expected = await runTensors(cpu, traced, variables, inputs.map(seen), steps);
  const making = traced.map((tensor) => makingOf(tensor, variables, inputs, steps.at(-1)!));
  for (const device of all.filter((other) => other !== cpu)) {
    const actual = await runTensors(device, traced, variables, inputs, steps);
    expect(actual.length).toBe(expected.length);
    expected.forEach((values, i) => {
      const what = `${device.backend}: ${i === 0 || !gradient ? "result" : `gradient ${i - 1}`}`;
      if (exact && i === 0) expectEqual(actual[i], values, what);
      else expectClose(actual[i], values, { ...making[gradient ? i : 0], what });
    });
  }
}
