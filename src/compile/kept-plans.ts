import type { Tensor } from "../graph/tensor.js";
import { compile } from "./compile.js";
import type { Measuring } from "./fastest.js";
import type { Plan } from "./plan.js";
import type { Template } from "./templates.js";

/** A graph that was compiled for a device. */
export interface Kept {
  label: string;
  outputs: readonly Tensor[];
  /** Of these outputs, where that was the first graph of its label. */
  plan?: Plan;
  /** Of graphs that differ from this one in numbers alone, once there was another graph. */
  template?: Template;
  /** Tensors, and elements of constants. */
  size?: number;
}

/** A device, or a part of one that models share: all parts have the plans of the whole. */
export interface Compiling extends Measuring {
  readonly whole?: Partial<Measuring>;
}

/** Graphs by the device that they were compiled for, those used last at the end. A device that is gone takes them along. */
const keptFor = new WeakMap<object, Kept[]>();

/**
 * The plan of a graph for a device: compiled once, however many trainers ask for the same graph, or for one that differs in
 * numbers alone, as long as it is among the last ones used.
 *
 * @param label - of the plan, for people
 * @param outputs - see `compile`
 * @throws ArgumentError when no order of the ops is right (see `launchOrder`)
 */
export async function planFor(device: Compiling, label: string, outputs: readonly Tensor[]): Promise<Plan> {
  const { whole = device } = device;
  const kept = keptFor.get(whole) ?? [];
  keptFor.set(whole, kept);
  // Models that share a device ask for the same graph; of others, the first has nothing to be compared with.
  if (device.whole || whole.fastest || kept.some((each) => each.label === label)) {
    return (await import("./templates.js")).planAmong(kept, { label, outputs }, device);
  }
  const plan = compile(label, outputs, device);
  kept.push({ label, outputs, plan });
  return plan;
}
