import type { Tensor } from "./tensor.js";

/** The tensor whose elements a chain of views (reshape) shows; a tensor that isn't a view is its own base. */
export const viewBase = (tensor: Tensor): Tensor => (tensor.op.view ? viewBase(tensor.inputs[0]) : tensor);

/** The tensor whose memory holds this one: views share their input's, in-place ops that of the input they change. */
export function storageOf(tensor: Tensor): Tensor {
  const { op, inputs } = tensor;
  if (op.view) return storageOf(inputs[0]);
  return op.writes ? storageOf(inputs[op.writes[0]]) : tensor;
}

/** Inputs that the kernel changes in place, by number. An update without state has fewer inputs than its rules name. */
export const writtenInputs = ({ op, inputs }: Tensor): number[] =>
  [...(op.writes ?? []), ...(op.effects ?? [])].filter((input) => input < inputs.length);
