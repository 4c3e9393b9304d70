import type { Tensor } from "../graph/tensor.js";
import { type CompileOptions, compile } from "./compile.js";
import { ALL_PASSES, type Passes } from "./fuse.js";
import type { Plan } from "./plan.js";

/** A device by what it wants of plans; some measure which is fastest. */
export interface Measuring {
  readonly fused: CompileOptions["fused"];
  fastest?(plans: readonly Plan[]): Promise<Plan>;
}

/**
 * Passes for a graph's plan on a device that measures: products walk over patches of images where these lie, or read them
 * laid out by a launch of their own, whichever is faster. Graphs without patches are not measured.
 */
export async function fastestPasses(
  { fused, fastest }: Required<Measuring>,
  { label, outputs }: { label: string; outputs: readonly Tensor[] },
): Promise<Measuring["fused"]> {
  if (!fused) return fused;
  const walked: Passes = fused === true ? ALL_PASSES : fused;
  const laid: Passes = { ...walked, patches: false };
  const plans = [walked, laid].map((passes) => compile(label, outputs, { fused: passes }));
  if (plans[0].launches.length === plans[1].launches.length) return walked;
  return (await fastest(plans)) === plans[1] ? laid : walked;
}
