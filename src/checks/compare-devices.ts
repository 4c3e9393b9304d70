import type { Backend } from "../backends/backend.js";
import type { Values } from "../core/dtype.js";
import type { Tensor } from "../graph/tensor.js";
import { ONE_STEP } from "./evaluator.js";
import { makingsOf } from "./making.js";
import { type RunOptions, runTensors } from "./run.js";
import { furthest, limitFor } from "./tolerance.js";

/** What the reference gives for a graph, and how far others may be from it. */
export interface Reference {
  outputs: readonly Tensor[];
  values: ReadonlyMap<Tensor, Values>;
  steps: RunOptions["steps"];
  /** As `runTensors` gives them. */
  expected: readonly Values[];
  /** For each of them, under the tolerance policy. */
  limits: readonly number[];
}

/** Runs a graph on the plain CPU backend, one op at a time. */
export async function referenceOn(
  cpu: Backend,
  outputs: readonly Tensor[],
  values: ReadonlyMap<Tensor, Values>,
  steps: RunOptions["steps"] = [ONE_STEP],
): Promise<Reference> {
  const expected = await runTensors(cpu, outputs, values, { steps });
  const makings = makingsOf(outputs, values, steps.at(-1)!);
  // What an op writes to several variables is made like its own result.
  const limits = expected.map((array, i) => limitFor(array, makings[Math.min(i, makings.length - 1)]));
  return { outputs, values, steps, expected, limits };
}

/** An array of a device and the reference's, and the element that is furthest off. */
export interface Deviation {
  actual: Values;
  expected: Values;
  place: number;
  error: number;
  limit: number;
}

/**
 * Runs the same graph on another device.
 *
 * @returns for each of the reference's arrays where it deviates most
 * @throws DeviceError when a kernel doesn't compile or memory is short
 */
export async function compareOn(
  device: Backend,
  { outputs, values, steps, expected, limits }: Reference,
  fused = false,
): Promise<Deviation[]> {
  const actual = await runTensors(device, outputs, values, { steps, fused });
  return expected.map((array, i) => ({
    actual: actual[i],
    expected: array,
    ...furthest(actual[i], array),
    limit: limits[i],
  }));
}
