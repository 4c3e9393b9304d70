import type { Tensor } from "../graph/tensor.js";
import { assignMemory } from "./memory.js";
import { launchOrder, ownerOf } from "./order.js";
import type { Argument, Plan } from "./plan.js";
import { absorbTransposes, rewrite } from "./rewrite.js";

/**
 * Compiles the graph of `outputs` to a plan: rewrite, order, assign memory. Outputs must be in-place results (updates,
 * `record`, `collect`): what a plan leaves behind is what it wrote to variables.
 *
 * Fusion takes its place among the rewrites.
 */
export function compile(label: string, outputs: readonly Tensor[]): Plan {
  const order = launchOrder(rewrite(outputs, [absorbTransposes]));
  const { buffers, bufferOf } = assignMemory(order);
  const argument = (tensor: Tensor): Argument => ({
    buffer: bufferOf.get(ownerOf(tensor))!,
    shape: tensor.shape,
    dtype: tensor.dtype,
  });
  const launches = order.map((tensor) => ({
    op: tensor.op.name,
    label: tensor.label,
    attributes: tensor.attributes,
    inputs: tensor.inputs.map(argument),
    ...(tensor.op.writes ? {} : { output: argument(tensor) }),
    // An update without state has fewer inputs than its rules name.
    writes: (tensor.op.writes ?? []).filter((input) => input < tensor.inputs.length),
  }));
  return { label, buffers, launches };
}
