import { type DType, type Values, wordsOf } from "../core/dtype.js";
import { isConstant, isVariable, type Tensor } from "../graph/tensor.js";
import { storageOf } from "../graph/views.js";
import type { Argument, Launch, PlannedBuffer } from "./plan.js";
import { type Lifetime, Scratch } from "./scratch.js";

/** Tensors that a launch reads, those that it changes in place among them, and tensors that it makes. */
export interface Use {
  reads: readonly Tensor[];
  makes: readonly Tensor[];
}

/**
 * Gives every tensor of an ordered plan a buffer. Tensors that are never needed at the same time share scratch: the
 * largest are placed first, each in the smallest buffer that is free for as long as it is needed (greedy by size: Pisarchyk,
 * Lee, Efficient memory management for deep neural net inference, 2020). No launch makes a tensor in a buffer that it
 * reads: WebGPU refuses kernels that do.
 *
 * @returns the buffers, and for each memory-owning tensor the index of its buffer
 */
export function assignMemory(launches: readonly Use[]): { buffers: PlannedBuffer[]; bufferOf: Map<Tensor, number> } {
  const buffers: PlannedBuffer[] = [];
  const bufferOf = new Map<Tensor, number>();
  for (const { reads } of launches) {
    for (const tensor of reads.map(storageOf)) {
      if (!(isVariable(tensor) || isConstant(tensor)) || bufferOf.has(tensor)) continue;
      const { dtype, length } = wordsOf(tensor.dtype, tensor.size);
      const name = tensor.label;
      bufferOf.set(tensor, buffers.length);
      if (isVariable(tensor)) buffers.push({ kind: "variable", name, dtype, length });
      else buffers.push({ kind: "constant", name, dtype, length, values: tensor.attributes.values as Values });
    }
  }

  const sharing = new Map<DType, { scratch: Scratch; numbers: number[] }>();
  const tensors = lifetimes(launches);
  for (const lifetime of tensors) {
    const { dtype, length } = wordsOf(lifetime.tensor.dtype, lifetime.size);
    const { scratch, numbers } = sharing.get(dtype) ?? { scratch: new Scratch(tensors.length), numbers: [] };
    sharing.set(dtype, { scratch, numbers });
    const place = scratch.place(lifetime);
    if (place === numbers.length)
      numbers.push(buffers.push({ kind: "scratch", name: lifetime.tensor.label, dtype, length }) - 1);
    bufferOf.set(lifetime.tensor, numbers[place]);
  }
  return { buffers, bufferOf };
}

/** Lifetimes of all tensors that launches make: the largest first, those of one size in the order in which they are made. */
function lifetimes(launches: readonly Use[]): (Lifetime & { tensor: Tensor })[] {
  const lastUse = new Map<Tensor, number>();
  launches.forEach(({ reads }, at) => {
    for (const tensor of reads) lastUse.set(storageOf(tensor), at);
  });
  return launches
    .flatMap(({ makes }, from) =>
      makes.map((tensor) => ({ tensor, from, to: lastUse.get(tensor) ?? from, size: tensor.size })),
    )
    .sort((a, b) => b.size - a.size);
}

/** Buffers that a launch binds, in order: inputs, then each result's reads and outputs. */
export function bindingsOf({
  inputs,
  writes,
  output,
  results = [],
}: Launch): { argument: Argument; written: boolean }[] {
  return [
    ...inputs.map((argument, i) => ({ argument, written: writes.includes(i) })),
    ...(output ? [{ argument: output, written: true }] : []),
    ...results.flatMap(({ reads, outputs }) => [
      ...reads,
      ...outputs.map(({ to }) => ({ argument: to, written: true })),
    ]),
  ];
}
