import { sizeOf } from "../core/shape.js";
import { type MatmulAttributes, matmul, matmulSizes } from "../ops/matmul.js";
import { bindingsOf } from "./memory.js";
import { type Launch, type Plan, resultShape } from "./plan.js";

/** Work of a launch: arithmetic, and bytes of memory if each element is moved once. */
export interface Cost {
  /** Additions and multiplications; two for each term of a product, one for each element of anything else. */
  operations: number;
  bytes: number;
}

export function costOf(launch: Launch): Cost {
  const { op, attributes, inputs, results = [] } = launch;
  const bytes = 4 * bindingsOf(launch).reduce((sum, { argument }) => sum + sizeOf(argument.shape), 0);
  const chained = results.reduce((sum, { shape, chain }) => sum + sizeOf(shape) * chain.length, 0);
  if (op !== matmul.op.name) return { operations: terms(launch) + chained, bytes };
  const { m, k } = matmulSizes(inputs[0].shape, inputs[1].shape, attributes);
  const { gather } = attributes as MatmulAttributes;
  // A product that reads its batch from the data set touches the batch's rows and numbers only.
  const spared = gather === undefined ? 0 : 4 * (sizeOf(inputs[0].shape) + inputs[2].shape[0] - m * k - gather);
  return { operations: 2 * terms(launch) + chained, bytes: bytes - Math.max(spared, 0) };
}

/** Work of one step, roughly: the terms of all its launches, at least 1. */
export const workOf = (plan: Plan): number => plan.launches.reduce((work, launch) => work + terms(launch), 1);

/** Terms of a launch's own kernel: multiply-adds of a product, elements of any other. */
function terms(launch: Launch): number {
  const { op, attributes, inputs, output, results } = launch;
  const elements = sizeOf(output || results ? resultShape(launch) : inputs.at(-1)!.shape); // in place: as it is given
  return op === matmul.op.name ? elements * matmulSizes(inputs[0].shape, inputs[1].shape, attributes).k : elements;
}
