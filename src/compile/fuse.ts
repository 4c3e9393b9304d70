import type { Tensor } from "../graph/tensor.js";
import { type MatmulAttributes, matmulSizes } from "../ops/matmul.js";
import type { ReduceAttributes } from "../ops/reduce.js";
import {
  baseOf,
  countBindings,
  Dependencies,
  type Group,
  lengthOf,
  membersOf,
  schedule,
  spoilEachOther,
  spoilsReads,
} from "./groups.js";

/** Storage buffers that a kernel may bind: the least that WebGPU promises. */
const MAX_BINDINGS = 8;

/** The steps of fusion, each of which can be left out: what a test compares. */
export interface Passes {
  /** Products read their batch straight from the data set. */
  batches: boolean;
  /** Softmax cross-entropy's loss, hits and gradient are one op. */
  head: boolean;
  /** Elementwise ops follow each other in one launch. */
  chains: boolean;
  /** Elementwise ops are worked off on the results of products, reductions and other kernels. */
  epilogues: boolean;
  /** Optimizer updates end the launch that makes their gradient; a bias's comes with its weight's. */
  updates: boolean;
}

export const ALL_PASSES: Passes = { batches: true, head: true, chains: true, epilogues: true, updates: true };

/** One launch per tensor, in order. */
export const unfused = (order: readonly Tensor[]): Group[] => order.map((root) => ({ root, chain: [] }));

/**
 * Groups tensors into launches:
 *
 * 1. a chain of elementwise ops is one launch;
 * 2. a chain that follows a product, a reduction or any other kernel is worked off on its results before they are stored;
 * 3. an optimizer update is such a chain's end, and the bias's gradient comes out of the same pass as the weight's.
 *
 * A tensor joins a launch only if nothing it needs comes after that launch, so that an order remains.
 */
export function fuse(order: readonly Tensor[], passes: Passes): Group[] {
  const dependencies = new Dependencies(order);
  const groups: Group[] = [];
  const begin = (root: Tensor): Group => {
    const group: Group = { root, chain: [] };
    groups.push(group);
    dependencies.assign(root, group);
    return group;
  };
  const place = (chain: readonly Tensor[]): void => {
    const joined = groupFor(chain, dependencies, passes);
    const fits = joined ? chain.length : fitting(chain, dependencies);
    if (fits < chain.length) {
      place(chain.slice(0, fits));
      place(chain.slice(fits));
      return;
    }
    const [root, ...rest] = chain;
    const group = joined ?? begin(root);
    for (const member of joined ? chain : rest) {
      group.chain.push(member);
      dependencies.assign(member, group);
    }
  };
  for (const tensor of order) {
    if (!tensor.op.elementwise) {
      begin(tensor);
      continue;
    }
    const chain = passes.chains ? withWaiting(tensor, dependencies) : [tensor];
    const mayWait = passes.chains && waits(tensor, dependencies);
    const isHeldUp = () => dependencies.needsLater(dependencies.readersOf(tensor)[0], tensor);
    // Where another launch must come first, what the tensor is made of would be kept until then.
    if (!mayWait || (isHeldUp() && groupFor(chain, dependencies, passes))) place(chain);
  }
  return schedule(passes.updates ? pairColumnSums(groups, dependencies) : groups, dependencies);
}

/** Whether a tensor is placed together with its only reader: an elementwise op that takes its elements one by one. */
function waits(tensor: Tensor, dependencies: Dependencies): boolean {
  const readers = dependencies.readersOf(tensor);
  const [reader] = readers;
  return (
    readers.length === 1 && !tensor.op.writes && reader.op.elementwise === true && lengthOf(reader) === tensor.size
  );
}

/** A tensor after those of its inputs that waited for it. */
function withWaiting(tensor: Tensor, dependencies: Dependencies): Tensor[] {
  const before = [...new Set(tensor.inputs.map(baseOf))].filter(
    (input) => input.op.elementwise && !dependencies.groupOf(input) && waits(input, dependencies),
  );
  return [...new Set([...before.flatMap((input) => withWaiting(input, dependencies)), tensor])];
}

/**
 * How many of a chain's first ops make a launch: it must be able to bind all that it reads and leaves, and an in-place op
 * can't change what the chain begins with. The others need another.
 */
function fitting(chain: readonly Tensor[], dependencies: Dependencies): number {
  const fits = (count: number) => {
    const group = { root: chain[0], chain: chain.slice(1, count) };
    return countBindings(group, dependencies) <= MAX_BINDINGS && !spoilsReads(group);
  };
  let count = chain.length;
  while (count > 1 && !fits(count)) count--;
  return count;
}

/** The last launch that the chain can join: one of those that make its operands. */
function groupFor(chain: readonly Tensor[], dependencies: Dependencies, passes: Passes): Group | undefined {
  if (!passes.updates && chain.some(({ op }) => op.writes)) return undefined;
  const own = new Set(chain);
  const length = lengthOf(chain[0]);
  const operands = chain.flatMap((member) => member.inputs).filter((input) => !own.has(baseOf(input)));
  const candidates = new Set(
    operands
      .filter((operand) => operand.size === length)
      .map((operand) => dependencies.groupOf(operand))
      .filter((group) => group !== undefined),
  );
  const allowed = ({ root }: Group) => (root.op.elementwise ? passes.chains : passes.epilogues);
  return [...candidates]
    .sort((a, b) => dependencies.placeOf(b.root) - dependencies.placeOf(a.root))
    .find((group) => allowed(group) && canJoin(group, chain, operands, length, dependencies));
}

function canJoin(
  group: Group,
  chain: readonly Tensor[],
  operands: readonly Tensor[],
  length: number,
  dependencies: Dependencies,
): boolean {
  const inside = (tensor: Tensor) => dependencies.groupOf(tensor) === group;
  if (group.root.op.writes || group.root.size !== length || group.root.dtype !== "f32") return false;
  // Of the launch's own values only this element's are at hand, and not what was written in place.
  const unusable = (operand: Tensor) => operand.size !== length || baseOf(operand).op.writes;
  if (operands.some((operand) => inside(operand) && unusable(operand))) return false;
  if (spoilsReads({ root: group.root, chain: [...group.chain, ...chain] })) return false;
  const needs = chain.flatMap((member) => dependencies.needsOf(member)).filter((tensor) => !chain.includes(tensor));
  if (
    dependencies.reaches(
      group,
      needs.filter((tensor) => !inside(tensor)),
    )
  )
    return false;
  return countBindings({ root: group.root, chain: [...group.chain, ...chain] }, dependencies) <= MAX_BINDINGS;
}

/**
 * A bias's gradient is the sum of dy over the rows, a weight's is xᵀ dy: the first is what one more row of ones in xᵀ
 * would give. So the sum's launch becomes a second result of the product's.
 */
function pairColumnSums(groups: readonly Group[], dependencies: Dependencies): Group[] {
  const paired = new Set<Group>();
  for (const sums of groups) {
    const product = isColumnSum(sums.root) && groups.find((group) => isProductWith(group.root, sums.root));
    if (!product || product.sums || sums === product) continue;
    const needs = (group: Group) => membersOf(group).flatMap((member) => dependencies.needsOf(member));
    const apart = (a: Group, b: Group) =>
      !dependencies.reaches(
        a,
        needs(b).filter((t) => dependencies.groupOf(t) !== b),
      );
    if (!apart(product, sums) || !apart(sums, product)) continue;
    if (spoilEachOther(product, sums)) continue;
    if (countBindings({ ...product, sums }, dependencies) > MAX_BINDINGS) continue;
    product.sums = sums;
    for (const member of membersOf(sums)) dependencies.assign(member, product);
    paired.add(sums);
  }
  return groups.filter((group) => !paired.has(group));
}

const isColumnSum = ({ op, attributes }: Tensor) => op.name === "sum" && (attributes as ReduceAttributes).outer === 1;

/** Whether this is the product xᵀ dy of just the matrix that `sum` adds up row by row. */
function isProductWith(product: Tensor, sum: Tensor): boolean {
  if (product.op.name !== "matmul" || product.shape.length !== 2) return false;
  const [a, b] = product.inputs;
  const { transposeA, transposeB } = product.attributes as MatmulAttributes;
  const { k, n } = matmulSizes(a.shape, b.shape, product.attributes);
  const { length, inner } = sum.attributes as ReduceAttributes;
  return transposeA === true && !transposeB && baseOf(b) === baseOf(sum.inputs[0]) && k === length && n === inner;
}
