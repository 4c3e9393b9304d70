import { sizeOf } from "../core/shape.js";
import { type MatmulAttributes, matmulSizes } from "../ops/matmul.js";
import { bindingsOf } from "./memory.js";
import type { Launch } from "./plan.js";

/** What a launch has to do: arithmetic, and memory read and written if each element were moved just once. */
export interface Cost {
  /** Additions and multiplications; two for each term of a product, one for each element of anything else. */
  operations: number;
  bytes: number;
}

export function costOf(launch: Launch): Cost {
  const { op, attributes, inputs, output, results = [] } = launch;
  const bytes = 4 * bindingsOf(launch).reduce((sum, { argument }) => sum + sizeOf(argument.shape), 0);
  const chained = results.reduce((sum, { shape, chain }) => sum + sizeOf(shape) * chain.length, 0);
  if (op !== "matmul") {
    return { operations: sizeOf(output?.shape ?? results[0]?.shape ?? inputs.at(-1)!.shape) + chained, bytes };
  }
  const { m, k, n } = matmulSizes(inputs[0].shape, inputs[1].shape, attributes);
  const { gather } = attributes as MatmulAttributes;
  const batches = sizeOf((output?.shape ?? results[0].shape).slice(0, -2));
  // A product that reads its batch from the data set touches the batch's rows and numbers only.
  const spared = gather === undefined ? 0 : 4 * (sizeOf(inputs[0].shape) + inputs[2].shape[0] - m * k - gather);
  return { operations: 2 * m * k * n * batches + chained, bytes: bytes - Math.max(spared, 0) };
}
