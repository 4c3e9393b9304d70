import type { Values } from "../core/dtype.js";
import { isConstant, isVariable, type Tensor } from "../graph/tensor.js";
import { ownerOf } from "./order.js";
import type { Argument, Launch, PlannedBuffer } from "./plan.js";

/** What a launch reads and makes; what it changes in place counts as read. */
export interface Use {
  reads: readonly Tensor[];
  makes: readonly Tensor[];
}

/**
 * Gives every tensor of an ordered plan a buffer. A scratch buffer is handed on as soon as the last launch that reads
 * its tensor is over, but never to an output of that same launch: a kernel may not write what it reads.
 *
 * @returns the buffers, and for each memory-owning tensor the index of its buffer
 */
export function assignMemory(launches: readonly Use[]): { buffers: PlannedBuffer[]; bufferOf: Map<Tensor, number> } {
  const lastUse = new Map<Tensor, number>();
  launches.forEach(({ reads }, at) => {
    for (const tensor of reads) lastUse.set(ownerOf(tensor), at);
  });

  const buffers: PlannedBuffer[] = [];
  const bufferOf = new Map<Tensor, number>();
  const free: number[] = [];

  const addLeaf = (tensor: Tensor): void => {
    const { dtype, size: length } = tensor;
    const name = tensor.label;
    bufferOf.set(tensor, buffers.length);
    if (isVariable(tensor)) buffers.push({ kind: "variable", name, dtype, length });
    else buffers.push({ kind: "constant", name, dtype, length, values: tensor.attributes.values as Values });
  };

  const addScratch = (tensor: Tensor): void => {
    const fitting = free.filter((buffer) => buffers[buffer].dtype === tensor.dtype);
    const chosen = bestFit(fitting, tensor.size, buffers);
    if (chosen === undefined) {
      bufferOf.set(tensor, buffers.length);
      buffers.push({ kind: "scratch", name: tensor.label, dtype: tensor.dtype, length: tensor.size });
      return;
    }
    free.splice(free.indexOf(chosen), 1);
    bufferOf.set(tensor, chosen);
    buffers[chosen].length = Math.max(buffers[chosen].length, tensor.size);
  };

  launches.forEach(({ reads, makes }, at) => {
    const owners = new Set(reads.map(ownerOf));
    for (const owner of owners) if (isVariable(owner) || isConstant(owner)) if (!bufferOf.has(owner)) addLeaf(owner);
    makes.forEach(addScratch);
    for (const tensor of makes) if (!lastUse.has(tensor)) free.push(bufferOf.get(tensor)!);
    for (const owner of owners) {
      const buffer = bufferOf.get(owner)!;
      if (lastUse.get(owner) === at && buffers[buffer].kind === "scratch") free.push(buffer);
    }
  });
  return { buffers, bufferOf };
}

/** The smallest free buffer that is large enough, else the largest, which then grows. */
function bestFit(free: readonly number[], length: number, buffers: readonly PlannedBuffer[]): number | undefined {
  const bySize = [...free].sort((a, b) => buffers[a].length - buffers[b].length);
  return bySize.find((buffer) => buffers[buffer].length >= length) ?? bySize.at(-1);
}

/** What a launch binds, in order: inputs, then each result's reads and outputs. */
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
