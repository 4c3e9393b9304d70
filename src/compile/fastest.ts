import type { Tensor } from "../graph/tensor.js";
import { compile } from "./compile.js";
import { ALL_PASSES, type Passes } from "./fuse.js";
import type { Measuring } from "./kept-plans.js";

/**
 * Passes for a graph's plan on a device that measures: products walk over patches of images where these lie, or read them
 * laid out by a launch of their own, whichever is faster. Graphs without patches are not measured.
 */
export async function fastestPasses(
  { fused, fastest }: Required<Measuring>,
  label: string,
  outputs: readonly Tensor[],
): Promise<Measuring["fused"]> {
  if (!fused) return fused;
  const walked: Passes = fused === true ? ALL_PASSES : fused;
  const laid: Passes = { ...walked, patches: false };
  const plans = [walked, laid].map((passes) => compile(label, outputs, { fused: passes }));
  if (plans[0].launches.length === plans[1].launches.length) return walked;
  return (await fastest(plans)) === plans[1] ? laid : walked;
}
