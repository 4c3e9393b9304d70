import type { Tensor } from "../graph/tensor.js";
import { viewBase } from "../graph/views.js";
import { matmul, productOf } from "../ops/matmul.js";
import { type ReduceAttributes, sumOp } from "../ops/sum.js";
import type { Dependencies } from "./dependencies.js";
import type { Group } from "./groups.js";
import { hazardBetween } from "./hazards.js";

/**
 * Makes one launch of two where a kernel can make both results. The launch of a bias's gradient is a second result of that of
 * its weight's: the one is the sum of dy over the rows, the other is xᵀ dy, and the sum is what one more row of ones in xᵀ
 * would give. Other kernels' ops say it themselves (`secondOf` in graph/op.ts).
 */
export function pairResults(
  groups: readonly Group[],
  dependencies: Dependencies,
  fits: (group: Group) => boolean,
): Group[] {
  for (const second of groups) {
    const { root } = second;
    const isMadeBy = isColumnSum(root) ? isOfProduct : root.op.secondOf;
    const first = isMadeBy && groups.find((each) => !each.second && isMadeBy(root, each.root));
    if (!first || !dependencies.areIndependent(first, second) || hazardBetween(first, second)) continue;
    if (fits({ ...first, second })) dependencies.pair(first, second);
  }
  return groups.filter((group) => dependencies.groupOf(group.root) === group);
}

const isColumnSum = ({ op, attributes }: Tensor) => op === sumOp.op && (attributes as ReduceAttributes).outer === 1;

/** Whether a sum's columns are those of the second operand of a product, as of a weight's gradient. */
const isOfProduct = (sums: Tensor, product: Tensor) =>
  product.op === matmul.op &&
  viewBase(product.inputs[1]) === viewBase(sums.inputs[0]) &&
  isWeightGradient(product) &&
  hasColumnsOf(product, sums);

/** Whether a product is xᵀ dy of two matrices, of which x may be patches of images. */
function isWeightGradient({ inputs: [a, b], attributes }: Tensor): boolean {
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
