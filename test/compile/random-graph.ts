import fc from "fast-check";
import type { Shape } from "../../src/core/shape.js";
import { constant, type Tensor, variable } from "../../src/graph/tensor.js";
import * as ops from "../../src/ops/elementwise.js";
import { concatenate, slice } from "../../src/ops/indexing.js";
import { reshape, transpose } from "../../src/ops/layout.js";
import { matmul } from "../../src/ops/matmul.js";
import { max, sum } from "../../src/ops/reduce.js";
import { subtract } from "../../src/optimizers/subtract.js";

/** One choice: which op, applied to which of the tensors made so far. */
export type Choice = readonly [op: number, a: number, b: number];

export const choices = (length: number): fc.Arbitrary<Choice[]> =>
  fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat()), { minLength: 1, maxLength: length });

/** All tensors of a random graph are [4, 4] of small whole numbers, which float32 holds exactly. */
export const SHAPE: Shape = [4, 4];
export const VARIABLES = ["x0", "x1", "x2"];

export const wholeNumbers = (seed: number): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length: 16 }, (_, i) => ((i * 7 + seed * 5) % 11) - 5);

const small = (x: Tensor) => ops.clamp(x, { low: -9, high: 9 });

const TABLE: ((a: Tensor, b: Tensor) => Tensor)[] = [
  (a, b) => small(ops.add(a, b)),
  (a, b) => small(ops.mul(a, b)),
  (a, b) => ops.maximum(a, ops.neg(b)),
  (a) => transpose(a),
  (a) => transpose(reshape(a, [2, 2, 2, 2]), [2, 3, 0, 1]),
  (a, b) => small(matmul(a, b)),
  (a, b) => small(matmul(transpose(a), transpose(b))),
  (a, b) => small(ops.add(sum(a, 0, { keepAxes: true }), max(b, 1, { keepAxes: true }))),
  (a, b) => concatenate([slice(a, [0, 0], [1, 4]), slice(b, [1, 0], [3, 4])], 0),
  (a, b) => ops.select(ops.greater(a, 0), b, constant(wholeNumbers(9), SHAPE)),
];

/**
 * A graph of the chosen ops. A choice of the last kind changes a variable in place, each at most once, and goes on with
 * the new value; the old one is then read by no op that depends on a change, so that there is an order for all of them.
 */
export function randomGraph(chosen: readonly Choice[]): { variables: Tensor[]; tensors: Tensor[]; updates: Tensor[] } {
  const variables = VARIABLES.map((name) => variable(name, SHAPE));
  const made: { tensor: Tensor; changed: boolean }[] = variables.map((tensor) => ({ tensor, changed: false }));
  const updates: Tensor[] = [];
  const updated = new Set<Tensor>();
  for (const [op, first, second] of chosen) {
    const a = made[first % made.length];
    const b = made[second % made.length];
    const kind = op % (TABLE.length + 5);
    if (kind >= TABLE.length) {
      const target = variables[first % variables.length];
      if (updated.has(target) || variables.includes(b.tensor)) continue;
      const result = subtract(target, b.tensor, 0);
      updated.add(target);
      updates.push(result);
      made.push({ tensor: result, changed: true });
      continue;
    }
    const changed = a.changed || b.changed;
    if (changed && [a, b].some(({ tensor }) => variables.includes(tensor))) continue;
    const tensor = reshape(TABLE[kind](a.tensor, b.tensor), SHAPE);
    made.push({ tensor, changed });
  }
  return { variables, tensors: made.slice(variables.length).map(({ tensor }) => tensor), updates };
}
