import { referenceKernels } from "../../backends/reference.js";
import { callOf, type Launch } from "../../compile/plan.js";
import type { Step } from "../../compile/read-step.js";
import type { Values } from "../../core/dtype.js";
import { isConstant, isVariable, type Tensor } from "../../graph/tensor.js";

/** The number that each tensor of a step holds. */
export type ValuesOf = (tensor: Tensor) => Values;

/** See `workWith`; with the reference's kernels. */
export const work = async (...graph: Graph): Promise<ValuesOf> => workWith(await referenceKernels(), ...graph);

type Graph = Parameters<typeof workWith> extends [unknown, ...infer Rest] ? Rest : never;

/**
 * Works a graph tensor by tensor, and keeps every result: no memory is shared, nothing is fused.
 *
 * @param kernels - the reference's
 * @param order - inputs before what is made of them, changes in place after other readers of the old value
 * @param variables - contents by name, changed in place by what writes to them
 * @param loweredOf - the tensor of `order` for one that the caller knows
 */
export function workWith(
  kernels: Awaited<ReturnType<typeof referenceKernels>>,
  order: readonly Tensor[],
  variables: ReadonlyMap<string, Values>,
  step: Step,
  loweredOf: (tensor: Tensor) => Tensor,
): ValuesOf {
  const results = new Map<Tensor, Values>();
  const valuesOf = (known: Tensor): Values => {
    const tensor = loweredOf(known);
    if (isVariable(tensor)) return variables.get(tensor.label)!;
    if (isConstant(tensor)) return tensor.attributes.values as Values;
    return tensor.op.view ? valuesOf(tensor.inputs[0]) : results.get(tensor)!;
  };
  for (const tensor of order) {
    const { op, label, shape, dtype, size } = tensor;
    const inputs = tensor.inputs.map(valuesOf);
    const place = (input: Tensor, buffer: number) => ({ buffer, shape: input.shape, dtype: input.dtype });
    const launch: Launch = {
      ...callOf(tensor, place),
      label,
      writes: [],
      output: { buffer: tensor.inputs.length, shape, dtype },
    };
    const result = op.writes ? inputs[op.writes[0]] : dtype === "f32" ? new Float32Array(size) : new Uint32Array(size);
    kernels[op.name](launch, inputs, result)(step);
    results.set(tensor, result);
  }
  return valuesOf;
}
