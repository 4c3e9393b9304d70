import { ArgumentError } from "../core/errors.js";
import { ancestors, isConstant, isVariable, type Tensor } from "../graph/tensor.js";
import { storageOf, viewBase, writtenInputs } from "../graph/views.js";

export const needsLaunch = (tensor: Tensor): boolean => !isVariable(tensor) && !isConstant(tensor) && !tensor.op.view;

/** Readers of each tensor, in order and each once, by what `keyOf` makes of an input: its storage, or its view's base. */
export function readersBy(keyOf: (input: Tensor) => Tensor, tensors: readonly Tensor[]): Map<Tensor, Tensor[]> {
  const readers = new Map<Tensor, Tensor[]>();
  for (const tensor of tensors) {
    for (const input of tensor.inputs) {
      const key = keyOf(input);
      const known = readers.get(key);
      if (!known) readers.set(key, [tensor]);
      else if (known.at(-1) !== tensor) known.push(tensor);
    }
  }
  return readers;
}

/**
 * The tensors to launch, in an order that keeps two promises: inputs come before what is made of them, and an op that
 * changes a tensor in place comes after every other reader of the old value. Otherwise the order of creation is kept.
 *
 * @throws ArgumentError when no order keeps them: a tensor is made of the old value and of what overwrote it, or an op
 * reads what it changes as another input
 */
export function launchOrder(outputs: readonly Tensor[]): Tensor[] {
  const tensors = ancestors(outputs);
  const readers = readersBy(storageOf, tensors);
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
      const old = viewBase(tensor.inputs[written]);
      for (const reader of readers.get(storageOf(old)) ?? []) {
        // Readers of the same value in this memory, not of its state after a change. Effects come in order of creation.
        if (reader.op.effects && isWriterOf(reader, old)) continue;
        if (reader !== tensor && reader.inputs.some((input) => viewBase(input) === old)) place(reader);
      }
    }
    if (needsLaunch(tensor)) order.push(tensor);
    done.add(tensor);
  };
  tensors.forEach(place);
  return order;
}

const isWriterOf = (tensor: Tensor, memory: Tensor) =>
  writtenInputs(tensor).some((input) => viewBase(tensor.inputs[input]) === memory);

/** Whether an input that the kernel changes is another of its inputs as well: no GPU binds memory both ways. */
const isReadToo = ({ inputs }: Tensor, written: number) =>
  inputs.some((input, i) => i !== written && storageOf(input) === storageOf(inputs[written]));

const alsoRead = ({ label, inputs }: Tensor, written: number) =>
  new ArgumentError(`${label}: changes ${inputs[written].label} in place and can't read it as another input as well.`);

const bothValues = ({ label }: Tensor, changed: Tensor) =>
  new ArgumentError(
    `${label}: needs what ${changed.label} leaves behind and, on the way, what it overwrites. Copy the old value first.`,
  );
