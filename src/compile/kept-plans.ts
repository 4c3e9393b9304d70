import type { Tensor } from "../graph/tensor.js";
import { type CompileOptions, compile } from "./compile.js";
import type { Plan } from "./plan.js";
import type { Template } from "./templates.js";

/** A graph that was compiled for a device. */
export interface Kept {
  label: string;
  outputs: readonly Tensor[];
  /** Of these outputs, where that was the first graph of its label, and the passes that made it. */
  plan?: Plan;
  fused?: CompileOptions["fused"];
  /** Of graphs that differ from this one in numbers alone, once there was another graph. */
  template?: Template;
  /** Tensors, and elements of constants. */
  size?: number;
}

/** A device, or a part of one that models share: all parts have the plans of the whole. */
interface Compiling extends Measuring {
  readonly whole?: Partial<Measuring>;
}

/** A device by what it wants of plans; some measure which is fastest. */
export interface Measuring {
  readonly fused: CompileOptions["fused"];
  fastest?(plans: readonly Plan[]): Promise<Plan>;
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
  const { whole = device, fused } = device;
  const { fastest } = whole;
  const measured = async () =>
    (await import("./fastest.js")).fastestPasses({ fused, fastest: fastest! }, label, outputs);
  const passes = fastest ? measured : fused;
  const kept = keptFor.get(whole) ?? [];
  keptFor.set(whole, kept);
  // Models that share a device ask for the same graph; of others, the first has nothing to be compared with.
  if (device.whole || kept.some((each) => each.label === label)) {
    return (await import("./templates.js")).planAmong(kept, { label, outputs }, passes);
  }
  const made = { label, outputs, fused: typeof passes === "function" ? await passes() : passes };
  const plan = compile(label, outputs, made);
  kept.push({ ...made, plan });
  return plan;
}
