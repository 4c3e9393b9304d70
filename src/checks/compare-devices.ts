import type { Backend } from "../backends/backend.js";
import type { Values } from "../core/dtype.js";
import type { Tensor } from "../graph/tensor.js";
import { conditioningsOf } from "./conditioning.js";
import { ONE_STEP } from "./evaluator.js";
import { type RunOptions, runTensors } from "./run.js";
import { furthest, limitFor } from "./tolerance.js";

/** Results of the reference for a graph, and the error bounds of other devices' results. */
export interface Reference {
  outputs: readonly Tensor[];
  values: ReadonlyMap<Tensor, Values>;
  steps: RunOptions["steps"];
  /** Arrays in the order of `runTensors`. */
  expected: readonly Values[];
  /** Error bound of each array, by the tolerance policy. */
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
  const conditionings = conditioningsOf(outputs, values, steps.at(-1)!);
  // The variables that an op writes to have the conditioning of its result.
  const limits = expected.map((array, i) => limitFor(array, conditionings[Math.min(i, conditionings.length - 1)]));
  return { outputs, values, steps, expected, limits };
}

/** An array of a device beside the reference's, and the element that differs most. */
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
