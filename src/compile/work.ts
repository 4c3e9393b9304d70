import { sizeOf } from "../core/shape.js";
import { matmul, productOf } from "../ops/matmul.js";
import { type Launch, type Plan, resultShape } from "./plan.js";

/** Work of one step, roughly: the terms of all its launches, at least 1. */
export const workOf = (plan: Plan): number => plan.launches.reduce((work, launch) => work + termsOf(launch), 1);

/** Terms of a launch's own kernel: multiply-adds of a product, or of an op that says how many `terms` it adds up; elements of any other. */
export function termsOf(launch: Launch): number {
  const { op, attributes, inputs, output, results } = launch;
  const elements = sizeOf(output || results ? resultShape(launch) : inputs.at(-1)!.shape); // in place: as it is given
  if (op !== matmul.op.name) return elements * ((attributes.terms as number) || 1);
  const { k, largest = 1 } = productOf(inputs[0].shape, inputs[1].shape, attributes);
  return elements * k * largest;
}
