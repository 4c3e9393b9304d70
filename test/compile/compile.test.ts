import { describe, expect, test } from "vitest";
import { compile } from "../../src/compile/compile.js";
import { bindingsOf } from "../../src/compile/memory.js";
import { ArgumentError } from "../../src/core/errors.js";
import { gradients } from "../../src/graph/gradients.js";
import { constant, inScope, type Tensor, variable } from "../../src/graph/tensor.js";
import { collect, record } from "../../src/ops/batch.js";
import { add, mul, neg } from "../../src/ops/elementwise.js";
import { reshape, transpose } from "../../src/ops/layout.js";
import { matmul, productOf } from "../../src/ops/matmul.js";
import { sum } from "../../src/ops/reduce.js";
import { update } from "../../src/ops/update.js";
import { adamRule } from "../../src/optimizers/adam.js";
import { subtract } from "../../src/optimizers/subtract.js";

const opsOf = (...outputs: Tensor[]) => compile("test", outputs).launches.map(({ op }) => op);
const matrix = (name: string, ...shape: number[]) => variable(name, shape);

describe("transposes at a matrix product are absorbed", () => {
  test.each([
    ["left", (a: Tensor, b: Tensor) => matmul(transpose(a), b), [1, 5, 1, 5]],
    ["right", (a: Tensor, b: Tensor) => matmul(a, transpose(b)), [5, 1, 5, 1]],
    ["both", (a: Tensor, b: Tensor) => matmul(transpose(a), transpose(b)), [1, 5, 5, 1]],
  ])("%s", (_, trace, strides) => {
    const { launches } = compile("test", [trace(matrix("a", 5, 5), matrix("b", 5, 5))]);
    expect(launches.map(({ op }) => op)).toEqual(["matmul"]);
    const { a, b } = productOf([5, 5], [5, 5], launches[0].attributes);
    expect([a.own, a.inner, b.own, b.inner].map(([{ stride }]) => stride)).toEqual(strides);
  });

  test("in both gradients, whichever sides were transposed already", () => {
    for (const trace of [
      (a: Tensor, b: Tensor) => matmul(a, b),
      (a: Tensor, b: Tensor) => matmul(transpose(a), b),
      (a: Tensor, b: Tensor) => matmul(a, transpose(b)),
    ]) {
      const [a, b] = [matrix("a", 3, 5, 5), matrix("b", 3, 5, 5)];
      const weights = variable("weights", [3, 5, 5]);
      const [da, db] = gradients(sum(mul(trace(a, b), weights)), [a, b], add);
      // Where an input came in transposed, so does its gradient go out: that one is a real change of layout.
      const launches = opsOf(sum(da), sum(db)).filter((op) => op === "transpose");
      expect(launches.length).toBeLessThanOrEqual(1);
    }
    const [a, b] = [matrix("a", 3, 4), matrix("b", 4, 5)];
    expect(opsOf(...gradients(sum(mul(matmul(a, b), variable("w", [3, 5]))), [a, b], add))).not.toContain("transpose");
  });

  test("and those of other axes, where matrices remain", () => {
    const x = transpose(matrix("x", 4, 3, 5), [1, 0, 2]);
    expect(opsOf(matmul(x, matrix("y", 5, 2)))).toEqual(["matmul"]);
    const heads = reshape(transpose(matrix("z", 2, 3, 4), [1, 0, 2]), [3, 8]);
    expect(opsOf(matmul(heads, matrix("y", 8, 2)))).toEqual(["transpose", "matmul"]);
  });

  test("and one that others read as well stays for them", () => {
    const a = transpose(matrix("a", 4, 3));
    expect(opsOf(matmul(a, matrix("b", 4, 2)), neg(a)).sort()).toEqual(["matmul", "neg", "transpose"]);
  });
});

describe("what is launched", () => {
  test("reshapes aren't", () => {
    const x = variable("x", [4, 6]);
    expect(opsOf(neg(reshape(reshape(x, [24]), [2, 12])))).toEqual(["neg"]);
  });

  test("an op whose result nobody needs isn't", () => {
    const x = variable("x", [4]);
    mul(x, x);
    expect(opsOf(neg(x))).toEqual(["neg"]);
  });

  test("labels say where an op comes from, through rewrites", () => {
    const product = inScope("dense_1", () => matmul(transpose(matrix("a", 4, 3)), matrix("b", 4, 2)));
    expect(compile("test", [product]).launches[0].label).toBe("dense_1/matmul");
  });

  test("a constant is stored once, with its values", () => {
    const two = constant(new Float32Array([2, 2]), [2]);
    const x = variable("x", [2]);
    const { buffers } = compile("test", [add(mul(x, two), two)]);
    expect(buffers.filter(({ kind }) => kind === "constant")).toEqual([
      { kind: "constant", name: "constant", dtype: "f32", length: 2, values: new Float32Array([2, 2]) },
    ]);
  });

  test("a chain of any length runs in two scratch buffers", () => {
    let x = variable("x", [100]);
    for (let i = 0; i < 20; i++) x = neg(x);
    const { buffers, launches } = compile("test", [x]);
    expect(launches).toHaveLength(20);
    expect(buffers.filter(({ kind }) => kind === "scratch")).toHaveLength(2);
  });
});

test("a launch binds at most the 8 buffers that every WebGPU device takes: a longer chain takes another", () => {
  const variables = Array.from({ length: 12 }, (_, i) => matrix(`x${i}`, 3));
  const total = variables.reduce((sum, x) => add(sum, x));
  const { launches } = compile("test", [subtract(matrix("result", 3), total, 0)], { fused: true });
  expect(launches.map((launch) => bindingsOf(launch).length <= 8)).toEqual(launches.map(() => true));
  expect(launches).toHaveLength(2);
});

describe("an op that changes a variable in place comes after every reader of the old value", () => {
  const p = variable("p", [3]);
  const g = variable("g", [3]);
  const results = variable("results", [1, 3]);

  test("also those traced after it", () => {
    const updated = subtract(p, g, 0);
    const old = collect(results, reshape(mul(p, 2), [1, 3]));
    expect([...opsOf(updated, old)].sort()).toEqual(["collect", "mul", "update"]);
    expect(opsOf(updated, old).indexOf("mul")).toBeLessThan(opsOf(updated, old).indexOf("update"));
  });

  test("also those that read it through a reshape", () => {
    const updated = subtract(p, g, 0);
    const old = neg(reshape(p, [3, 1]));
    expect(opsOf(updated, old)).toEqual(["neg", "update"]);
  });

  test("and before readers of the new value", () => {
    const updated = subtract(p, g, 0);
    expect(opsOf(neg(p), neg(updated), updated)).toEqual(["neg", "update", "neg"]);
    const { launches, buffers } = compile("test", [neg(updated)]);
    expect(buffers[launches[1].inputs[0].buffer].name).toBe("p");
  });

  test("of its state too", () => {
    const state = variable("state", [2, 3]);
    const updated = update(p, g, state, { rule: adamRule, flags: {}, first: 0 });
    expect(opsOf(updated, neg(state))).toEqual(["neg", "update"]);
    expect(compile("test", [updated]).launches[0].writes).toEqual([0, 2]);
    expect(compile("test", [subtract(p, g, 0)]).launches[0].writes).toEqual([0]);
  });

  test("or is refused where one tensor needs both", () => {
    const updated = subtract(p, g, 0);
    expect(() => compile("test", [add(p, updated)])).toThrow(ArgumentError);
    expect(() => compile("test", [add(p, updated)])).toThrow(/add: needs what sgd leaves behind/);
  });

  test("and can't read what it changes as another input", () => {
    expect(() => compile("test", [subtract(p, reshape(p, [3]), 0)])).toThrow(/sgd: changes p in place/);
    expect(() => compile("test", [collect(results, results)])).toThrow(ArgumentError);
  });

  test("several records may write one variable", () => {
    const slots = variable("slots", [5, 2, 2]);
    const x = variable("x", []);
    expect(opsOf(record(slots, x, 0), record(slots, neg(x), 1)).sort()).toEqual(["neg", "record", "record"]);
  });
});
