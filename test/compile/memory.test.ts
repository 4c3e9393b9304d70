import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { assignMemory, bindingsOf, type Use } from "../../src/compile/memory.js";
import { launchOrder } from "../../src/compile/order.js";
import type { Argument, Launch } from "../../src/compile/plan.js";
import { constant, isConstant, isVariable, type Tensor, variable } from "../../src/graph/tensor.js";
import { storageOf } from "../../src/graph/views.js";
import { add, equal, mul, neg } from "../../src/ops/elementwise.js";
import { reshape } from "../../src/ops/layout.js";
import { asColumn } from "../../src/ops/one-hot.js";
import { sum } from "../../src/ops/reduce.js";
import { subtract } from "../../src/optimizers/subtract.js";
import { choices, randomGraph } from "./random-graph.js";

/** One launch for each tensor. */
const usesOf = (outputs: readonly Tensor[]): (Use & { tensor: Tensor })[] =>
  launchOrder(outputs).map((tensor) => ({
    tensor,
    reads: tensor.inputs,
    makes: tensor.op.writes ? [] : [tensor],
  }));

function assigned(...outputs: Tensor[]) {
  const { buffers, bufferOf } = assignMemory(usesOf(outputs));
  return { buffers, of: (tensor: Tensor) => buffers[bufferOf.get(storageOf(tensor))!] };
}

describe("buffers", () => {
  const x = variable("x", [2, 3]);

  test("a variable's and a constant's are their own, once, however often they are read", () => {
    const weights = constant(Float32Array.of(1, 2, 3), [3]);
    const { buffers } = assigned(add(mul(x, weights), mul(reshape(x, [2, 3]), weights)));
    expect(buffers.slice(0, 2)).toEqual([
      { kind: "variable", name: "x", dtype: "f32", length: 6 },
      { kind: "constant", name: "constant", dtype: "f32", length: 3, values: Float32Array.of(1, 2, 3) },
    ]);
    expect(buffers.slice(2).map(({ kind, length }) => [kind, length])).toEqual(Array(3).fill(["scratch", 6]));
  });

  test("a view lies in the buffer of what it shows, a changed variable in the variable's", () => {
    const gradient = neg(x);
    const updated = subtract(x, reshape(gradient, [2, 3]), 0);
    const { of } = assigned(neg(updated));
    expect(of(reshape(gradient, [6]))).toBe(of(gradient));
    expect(of(updated)).toBe(of(x));
    expect(of(gradient).kind).toBe("scratch");
  });

  test("tensors of different types share none", () => {
    const labels = variable("labels", [4], "u32");
    const column = asColumn(labels, 2);
    const other = neg(sum(equal(column, column)));
    const { of, buffers } = assigned(neg(other));
    for (const { dtype, kind } of buffers) if (kind === "scratch") expect(dtype).toBe("f32");
    expect(of(labels)).toMatchObject({ kind: "variable", dtype: "u32", length: 4 });
  });

  test("a small tensor takes the smallest that is free for as long as it is needed", () => {
    const large = neg(variable("large", [100]));
    const middle = neg(sum(reshape(large, [50, 2]), 1));
    const small = neg(sum(reshape(middle, [10, 5]), 1));
    // large: 0, its sums: 1 to 2, middle: 2, its sums ...; each finds room in what came two before.
    const { buffers, of } = assigned(small);
    expect(buffers.filter(({ kind }) => kind === "scratch").map(({ length }) => length)).toEqual([100, 50]);
    expect(of(middle).length).toBe(100);
    expect(of(small).length).toBeLessThanOrEqual(100);
  });

  test("of memory that nobody reads later, the launch that made it needs it", () => {
    const [a, b] = [neg(x), neg(x)];
    const uses = [{ reads: [x], makes: [a, b] }];
    const { bufferOf } = assignMemory(uses);
    expect(bufferOf.get(a)).not.toBe(bufferOf.get(b));
  });
});

test("in any graph, no tensor is overwritten before it was read for the last time, by the launch that reads it either", () => {
  fc.assert(
    fc.property(choices(30), (chosen) => {
      const { tensors, updates } = randomGraph(chosen);
      fc.pre(tensors.length > 0);
      const uses = usesOf([...tensors, ...updates]);
      const { buffers, bufferOf } = assignMemory(uses);
      /** The tensor that each buffer holds. */
      const holds = new Map<number, Tensor>();
      for (const { reads, makes } of uses) {
        for (const tensor of reads.map(storageOf)) {
          const buffer = bufferOf.get(tensor)!;
          if (isVariable(tensor) || isConstant(tensor)) expect(buffers[buffer].kind).not.toBe("scratch");
          else expect(holds.get(buffer)).toBe(tensor);
        }
        for (const tensor of makes) {
          const buffer = bufferOf.get(tensor)!;
          expect(buffers[buffer]).toMatchObject({ kind: "scratch", dtype: tensor.dtype });
          expect(buffers[buffer].length).toBeGreaterThanOrEqual(tensor.size);
          expect(reads.map((read) => bufferOf.get(storageOf(read)))).not.toContain(buffer);
          holds.set(buffer, tensor);
        }
      }
    }),
    { numRuns: 300, seed: 6 },
  );
});

test("a launch binds its inputs, its output, then what each result reads and stores", () => {
  const argument = (buffer: number): Argument => ({ buffer, shape: [1], dtype: "f32" });
  const plain: Launch = {
    ...{ op: "adam", label: "", attributes: {}, inputs: [0, 1, 2].map(argument), writes: [0, 2] },
    output: argument(3),
  };
  const written = (launch: Launch) => bindingsOf(launch).map((each) => [each.argument.buffer, each.written]);
  expect(written(plain)).toEqual([
    ...[
      [0, true],
      [1, false],
      [2, true],
    ],
    [3, true],
  ]);
  const result = (read: number, changed: number, output: number) => ({
    shape: [1],
    reads: [
      { argument: argument(read), written: false },
      { argument: argument(changed), written: true },
    ],
    chain: [],
    outputs: [{ value: 0, to: argument(output) }],
  });
  const fused: Launch = { ...plain, writes: [], output: undefined, results: [result(4, 5, 6), result(7, 8, 9)] };
  expect(written(fused)).toEqual([
    ...[
      [0, false],
      [1, false],
      [2, false],
    ],
    ...[
      [4, false],
      [5, true],
      [6, true],
    ],
    ...[
      [7, false],
      [8, true],
      [9, true],
    ],
  ]);
});
