import { ArgumentError } from "../core/errors.js";
import { ancestors, isConstant, isVariable, type Tensor } from "../graph/tensor.js";

/** Follows views and in-place results to the tensor that owns the memory. */
export function ownerOf(tensor: Tensor): Tensor {
  if (tensor.op.view) return ownerOf(tensor.inputs[0]);
  if (tensor.op.writes) return ownerOf(tensor.inputs[tensor.op.writes[0]]);
  return tensor;
}

export const needsLaunch = (tensor: Tensor): boolean => !isVariable(tensor) && !isConstant(tensor) && !tensor.op.view;

/** Inputs that the kernel changes in place. An update without state has fewer inputs than its rules name. */
export const writtenInputs = ({ op, inputs }: Tensor): number[] =>
  [...(op.writes ?? []), ...(op.effects ?? [])].filter((input) => input < inputs.length);

/**
 * The tensors to launch, in an order that keeps two promises: inputs come before what is made of them, and an op that
 * changes a tensor in place comes after every other reader of the old value. Otherwise the order of creation is kept.
 *
 * @throws ArgumentError when no order keeps them: a tensor is made of the old value and of what overwrote it, or an op
 * reads what it changes as another input
 */
export function launchOrder(outputs: readonly Tensor[]): Tensor[] {
  const tensors = ancestors(outputs);
  const readersOf = new Map<Tensor, Tensor[]>();
  for (const tensor of tensors) {
    for (const input of tensor.inputs) {
      const owner = ownerOf(input);
      readersOf.set(owner, [...(readersOf.get(owner) ?? []), tensor]);
    }
  }
  const order: Tensor[] = [];
  const begun = new Set<Tensor>();
  const done = new Set<Tensor>();
  const place = (tensor: Tensor): void => {
    if (begun.has(tensor)) return;
    begun.add(tensor);
    for (const input of tensor.inputs) {
      place(input);
      if (!done.has(input)) throw bothValues(tensor, input);
    }
    for (const written of writtenInputs(tensor)) {
      if (isReadToo(tensor, written)) throw alsoRead(tensor, written);
      const old = tensor.inputs[written];
      for (const reader of readersOf.get(ownerOf(old)) ?? []) {
        if (reader !== tensor && reader.inputs.some((input) => readsSameValue(input, old))) place(reader);
      }
    }
    if (needsLaunch(tensor)) order.push(tensor);
    done.add(tensor);
  };
  tensors.forEach(place);
  return order;
}

/** Whether an input that the kernel changes is another of its inputs as well: no GPU binds memory both ways. */
const isReadToo = ({ inputs }: Tensor, written: number) =>
  inputs.some((input, i) => i !== written && ownerOf(input) === ownerOf(inputs[written]));

const alsoRead = ({ label, inputs }: Tensor, written: number) =>
  new ArgumentError(`${label}: changes ${inputs[written].label} in place and can't read it as another input as well.`);

const bothValues = ({ label }: Tensor, changed: Tensor) =>
  new ArgumentError(
    `${label}: needs what ${changed.label} leaves behind and, on the way, what it overwrites. Copy the old value first.`,
  );

/** Whether two tensors are the same value of the same memory: views of one tensor, not its state after a change. */
function readsSameValue(a: Tensor, b: Tensor): boolean {
  const base = (tensor: Tensor): Tensor => (tensor.op.view ? base(tensor.inputs[0]) : tensor);
  return base(a) === base(b);
}
