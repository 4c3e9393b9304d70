import { expect, test } from "vitest";
import { compile } from "../../src/compile/compile.js";
import { samePlan, shareable, sharedPlan } from "../../src/compile/numbers.js";
import type { Plan } from "../../src/compile/plan.js";
import { constant, variable } from "../../src/graph/tensor.js";
import { collect } from "../../src/ops/batch.js";
import { add, mul } from "../../src/ops/elementwise.js";
import { dropout, leakyRelu } from "../../src/ops/index.js";
import { matmul } from "../../src/ops/matmul.js";

/** A product followed by a factor for each number, all in one launch. */
const scaled = (...factors: number[]): Plan => {
  const product = matmul(variable("x", [4, 3]), variable("w", [3, 2]));
  const y = factors.reduce((made, factor) => mul(made, factor), product);
  return compile("plan", [collect(variable("all", [4, 2]), y)], { fused: true });
};

test("plans that differ in numbers have one plan, with a word for each number that differs", () => {
  const plans = [scaled(0.1, 2), scaled(0.2, 2), scaled(0.3, 2)];
  const { plan, first, words } = sharedPlan(plans)!;
  expect(first).toBe(0);
  expect(words).toEqual([0.1, 0.2, 0.3].map((factor) => new Float32Array([factor])));
  const operands = plan.launches
    .flatMap(({ results = [] }) => results.flatMap(({ chain }) => chain))
    .map((op) => op.operands[1]);
  expect(operands.slice(0, 2)).toEqual([{ number: { word: 0 } }, { number: 2 }]);
  expect(shareable([...plans, scaled(0.1), scaled(0.7, 3)])).toEqual([[0, 1, 2, 4], [3]]);
  expect(samePlan(plans[0], scaled(0.1, 2))).toBe(true);
  expect(samePlan(plans[0], plans[1])).toBe(false);
});

test("a rate that several ops have takes its words once; constants of several elements are given for each model", () => {
  const made = (rate: number, row: number[]) => {
    const x = matmul(variable("x", [4, 3]), variable("w", [3, 2]));
    const y = dropout(leakyRelu(dropout(add(x, constant(new Float32Array(row), [2])), rate, 1), rate), rate, 2);
    return compile("plan", [collect(variable("all", [4, 2]), y)], { fused: true });
  };
  const { plan, words } = sharedPlan([made(0.25, [1, 2]), made(0.5, [3, 4])])!;
  // 2^32 rate in two halves and 1 / (1 - rate) for dropout; the rate itself for the slope.
  expect(words[0]).toEqual(new Float32Array([0x4000, 0, 4 / 3, 0.25]));
  expect(words[1]).toEqual(new Float32Array([0x8000, 0, 2, 0.5]));
  expect(plan.buffers.filter(({ kind }) => kind === "constant")).toMatchObject([
    { length: 2, own: true, values: new Float32Array([1, 2, 3, 4]) },
  ]);
});

test("plans that differ in more numbers than a record has room for are parted by their numbers", () => {
  const factors = (from: number) => scaled(...Array.from({ length: 57 }, (_, i) => from + i));
  const plans = [factors(1), factors(2), factors(1)];
  expect(sharedPlan(plans)).toBeUndefined();
  expect(shareable(plans)).toEqual([[0, 2], [1]]);
});
