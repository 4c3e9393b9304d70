import { ancestors, isConstant, type Tensor } from "../graph/tensor.js";
import { compile } from "./compile.js";
import type { Plan } from "./plan.js";
import type { Listed } from "./same-graph.js";

/** The most plans that are kept for a device, and the most tensors and elements of constants in all of their graphs. */
const MOST_PLANS = 32;
const MOST_SIZE = 2 ** 20;

interface Kept {
  label: string;
  outputs: readonly Tensor[];
  /** Its list, once it was compared with another. */
  graph?: Listed;
  size: number;
  plan: Plan;
}

/** A device, or a part of one that models share: all parts have the plans of the whole. */
interface Compiling {
  readonly fused: boolean;
  readonly whole?: object;
}

/** Plans by the device that they were compiled for, those used last at the end. A device that is gone takes them along. */
const keptFor = new WeakMap<object, Kept[]>();

/**
 * The plan of a graph for a device: compiled once, however many trainers ask for the same graph, as long as it is among
 * the last ones used.
 *
 * @param label - of the plan, for people
 * @param outputs - see `compile`
 * @throws ArgumentError when no order of the ops is right (see `launchOrder`)
 */
export async function planFor(device: Compiling, label: string, outputs: readonly Tensor[]): Promise<Plan> {
  const { whole = device } = device;
  const kept = keptFor.get(whole) ?? [];
  keptFor.set(whole, kept);
  const isAlike = (each: Kept) => each.label === label;
  const known = kept.some(isAlike) ? await import("./same-graph.js") : undefined;
  // Another trainer may have compiled the same graph while that file was loaded.
  const found = known?.graphAmong(kept.filter(isAlike), outputs);
  const place = found ? kept.indexOf(found) : -1;
  if (place >= 0) kept.splice(place, 1);
  const entry = found ?? { label, outputs, size: sizeOf(outputs), plan: compile(label, outputs, device) };
  kept.push(entry);
  let size = kept.reduce((sum, each) => sum + each.size, 0);
  while (kept.length > MOST_PLANS || size > MOST_SIZE) {
    const oldest = kept.shift();
    if (!oldest) break;
    size -= oldest.size;
  }
  return entry.plan;
}

const sizeOf = (outputs: readonly Tensor[]): number =>
  ancestors(outputs).reduce((sum, tensor) => sum + 1 + (isConstant(tensor) ? tensor.size : 0), 0);
