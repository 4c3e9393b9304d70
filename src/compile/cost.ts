import { sizeOf } from "../core/shape.js";
import { matmul, productOf } from "../ops/matmul.js";
import { bindingsOf } from "./memory.js";
import type { Launch } from "./plan.js";
import { termsOf } from "./work.js";

/** Work of a launch: arithmetic, and bytes of memory if each element is moved once. */
export interface Cost {
  /** Additions and multiplications; two for each term of a product, one for each element of anything else. */
  operations: number;
  bytes: number;
}

export function costOf(launch: Launch): Cost {
  const { op, inputs, results = [] } = launch;
  const bytes = 4 * bindingsOf(launch).reduce((sum, { argument }) => sum + sizeOf(argument.shape), 0);
  const chained = results.reduce((sum, { shape, chain }) => sum + sizeOf(shape) * chain.length, 0);
  if (op !== matmul.op.name) return { operations: termsOf(launch) + chained, bytes };
  // Of a data set that a product reads its batch from, the batch's rows and their numbers only.
  const { order, rows, elements } = gathered(launch);
  const spared = order ? 4 * (sizeOf(inputs[0].shape) + order.shape[0] - elements - rows) : 0;
  return { operations: 2 * termsOf(launch) + chained, bytes: bytes - Math.max(spared, 0) };
}

/** The order by which a product finds its batch, the number of rows in that, and the elements that are read of them. */
function gathered({ inputs: [a, b, order], attributes }: Launch) {
  const walk = productOf(a.shape, b.shape, attributes).a;
  const rows = [...walk.own, ...walk.inner].find(({ ordered }) => ordered)?.size ?? 0;
  return { order, rows, elements: (rows * sizeOf(a.shape)) / a.shape[0] };
}
