import { expect } from "vitest";
import type { Backend } from "../../src/backends/backend.js";
import { compareOn, referenceOn } from "../../src/checks/compare-devices.js";
import { conditioningsOf } from "../../src/checks/conditioning.js";
import { ONE_STEP } from "../../src/checks/evaluator.js";
import * as checks from "../../src/checks/run.js";
import type { Conditioning } from "../../src/checks/tolerance.js";
import { gradientsOf, weigh } from "../../src/checks/weighted.js";
import type { StepFields } from "../../src/compile/steps.js";
import type { Values } from "../../src/core/dtype.js";
import { constant, type Tensor, variable } from "../../src/graph/tensor.js";
import { gather } from "../../src/ops/indexing.js";
import { reshape } from "../../src/ops/layout.js";
import { BACKENDS, useDevices } from "../devices/backends.js";
import type { Data } from "./data.js";

/** Builds the graph under test from one symbolic tensor per input. */
export type Trace = (...inputs: Tensor[]) => Tensor;

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

/** Each variable's values. */
export const valuesOf = (variables: readonly Tensor[], inputs: readonly Data[]): Map<Tensor, Values> =>
  new Map(variables.map((variable, i) => [variable, inputs[i].values]));

/** Whole numbers as floats, to come home. */
const asFloats = (x: Tensor): Tensor =>
  x.dtype === "f32" || x.op.writes ? x : gather(constant(WHOLE_NUMBERS, [WHOLE_NUMBERS.length]), reshape(x, [x.size]));

/**
 * Runs the graph of `outputs` over `steps`: on a device that was opened with guards, with poisoned memory and guard words.
 *
 * @returns for each output its values after the last step, and those of each variable that its op writes
 */
export const runTensors = (
  device: Backend,
  outputs: readonly Tensor[],
  variables: readonly Tensor[],
  inputs: readonly Data[],
  steps?: readonly StepFields[],
): Promise<Values[]> => checks.runTensors(device, outputs.map(asFloats), valuesOf(variables, inputs), { steps });

/** How a traced result is made, for the tolerance policy. */
export const conditioningOf = (
  output: Tensor,
  variables: readonly Tensor[],
  inputs: readonly Data[],
  step: StepFields = ONE_STEP,
): Required<Conditioning> => conditioningsOf([output], valuesOf(variables, inputs), step)[0];

/** Traces a graph over the data and runs it on one device. */
export function runOp(
  device: Backend,
  trace: (...inputs: Tensor[]) => readonly Tensor[],
  inputs: readonly Data[],
  steps?: readonly StepFields[],
): Promise<Values[]> {
  const variables = symbols(inputs);
  return runTensors(device, trace(...variables), variables, inputs, steps);
}

/** The traced tensor, and the gradients of a weighted sum of it for every f32 input. */
export function withGradients(trace: Trace): (...inputs: Tensor[]) => Tensor[] {
  return (...inputs) => {
    const y = trace(...inputs);
    const by = inputs.filter(({ dtype }) => dtype === "f32");
    return [y, ...gradientsOf(weigh({ y, single: false }, 7), by)];
  };
}

export interface ParityOptions {
  steps?: readonly StepFields[];
  /** Whether the op has gradients to compare; default true. */
  gradient?: boolean;
  /** The op moves or chooses values: the same bits are expected. */
  exact?: boolean;
  /** Rounding that the other backends apply to their inputs: the reference is given inputs so rounded. */
  seen?: (input: Data) => Data;
}

/** Runs on every backend and compares results and gradients under the tolerance policy, CPU as reference. */
export async function expectParity(
  { cpu, all }: Pick<Devices, "cpu" | "all">,
  trace: Trace,
  inputs: readonly Data[],
  { steps, gradient = true, exact = false, seen = (input) => input }: ParityOptions = {},
): Promise<void> {
  // Traced once, so that all run the same graph.
  const variables = symbols(inputs);
  const traced = gradient ? withGradients(trace)(...variables) : [asFloats(trace(...variables))];
  const seenByOthers = await referenceOn(cpu, traced, valuesOf(variables, inputs.map(seen)), steps);
  const reference = { ...seenByOthers, values: valuesOf(variables, inputs) };
  for (const device of all.filter((other) => other !== cpu)) {
    const deviations = await compareOn(device, reference);
    expect(deviations.length).toBeGreaterThan(0);
    deviations.forEach(({ actual, expected, place, error, limit }, i) => {
      const what = `${device.backend}: ${i === 0 || !gradient ? "result" : `gradient ${i - 1}`}`;
      expect(actual.length, `${what}: elements`).toBe(expected.length);
      const allowed = exact && i === 0 ? 0 : limit;
      if (error <= allowed) return;
      expect.fail(`${what}: element ${place} is ${actual[place]}, expected ${expected[place]} within ${allowed}`);
    });
  }
}
