import type { Tensor } from "../graph/tensor.js";
import { viewBase } from "../graph/views.js";
import { matmul, productOf } from "../ops/matmul.js";
import { type ReduceAttributes, sumOp } from "../ops/sum.js";
import type { Dependencies } from "./dependencies.js";
import type { Group } from "./groups.js";
import { hazardBetween } from "./hazards.js";

/**
 * Makes the launch of a bias's gradient a second result of the launch of its weight's. The one is the sum of dy over the
 * rows, the other is xᵀ dy: the sum is what one more row of ones in xᵀ would give.
 */
export function pairColumnSums(
  groups: readonly Group[],
  dependencies: Dependencies,
  fits: (group: Group) => boolean,
): Group[] {
  const products = new Map<Tensor, Group[]>();
  for (const group of groups.filter(({ root }) => isWeightGradient(root))) {
    const dy = viewBase(group.root.inputs[1]);
    products.set(dy, [...(products.get(dy) ?? []), group]);
  }
  const paired = new Set<Group>();
  for (const sums of groups.filter(({ root }) => isColumnSum(root))) {
    const product = products
      .get(viewBase(sums.root.inputs[0]))
      ?.find((each) => !each.sums && hasColumnsOf(each.root, sums.root));
    if (!product) continue;
    if (!dependencies.areIndependent(product, sums) || hazardBetween(product, sums)) continue;
    if (!fits({ ...product, sums })) continue;
    dependencies.pair(product, sums);
    paired.add(sums);
  }
  return groups.filter((group) => !paired.has(group));
}

const isColumnSum = ({ op, attributes }: Tensor) => op === sumOp.op && (attributes as ReduceAttributes).outer === 1;

/** Whether this is a product xᵀ dy of two matrices, of which x may be patches of images. */
function isWeightGradient({ op, inputs: [a, b], attributes }: Tensor): boolean {
  if (op !== matmul.op) return false;
  const { batch, n, a: x, b: dy } = productOf(a.shape, b.shape, attributes);
  const isTransposed = x.own.length > 1 || x.own[0].bound !== undefined || x.own[0].stride === 1;
  const isRows = dy.own.length === 1 && dy.inner.length === 1 && dy.inner[0].stride === n;
  return batch === 1 && isTransposed && isRows && dy.bounds.length === 0 && (dy.own[0].stride === 1 || n === 1);
}

/** Whether the rows that `sum` adds up are those of the product's second operand. */
function hasColumnsOf(product: Tensor, sum: Tensor): boolean {
  const [a, b] = product.inputs;
  const { k, n } = productOf(a.shape, b.shape, product.attributes);
  const { length, inner } = sum.attributes as ReduceAttributes;
  return k === length && n === inner;
}
