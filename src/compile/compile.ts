import type { Tensor } from "../graph/tensor.js";
import { assignMemory } from "./memory.js";
import { launchOrder, ownerOf, writtenInputs } from "./order.js";
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
    writes: writtenInputs(tensor),
  }));
  return { label, buffers, launches };
}
