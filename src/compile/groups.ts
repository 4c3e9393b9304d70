import { isConstant, type Tensor } from "../graph/tensor.js";
import { storageOf, viewBase } from "../graph/views.js";

/** Tensors that one launch computes: a root, which has a kernel, and the elementwise ops that follow it. */
export interface Group {
  readonly root: Tensor;
  /** In order; each needs only its own element of the root and of those before it. */
  readonly chain: Tensor[];
  /** Another result of the root's kernel (see pairs.ts). */
  second?: Group;
}

/** Every tensor that the group's launch computes. */
export const membersOf = ({ root, chain, second }: Group): Tensor[] => [
  root,
  ...chain,
  ...(second ? membersOf(second) : []),
];

/** Number of elements that an op works on; of an in-place op, those of its second input. */
export const lengthOf = (tensor: Tensor): number => (tensor.op.writes ? tensor.inputs[1].size : tensor.size);

/** Constants of one element become numbers in the kernel's text, and are bound nowhere. */
export const isLiteral = (tensor: Tensor): boolean => isConstant(tensor) && tensor.size === 1;

/** The number of a literal; in a template, the place of one (see templates.ts). */
export function literalOf({ attributes }: Tensor): number {
  const values = attributes.values as Float32Array;
  return ArrayBuffer.isView(values) ? values[0] : (values as number);
}

/** Memory that a chain's members read besides the chain's own values, each once. */
export function chainReads({ root, chain }: Group): Tensor[] {
  const own = new Set([root, ...chain]);
  const reads = new Set<Tensor>();
  for (const { inputs } of chain) {
    for (const input of inputs) if (!own.has(viewBase(input)) && !isLiteral(input)) reads.add(storageOf(input));
  }
  return [...reads];
}
