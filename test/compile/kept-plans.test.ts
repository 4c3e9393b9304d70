import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test, vi } from "vitest";
import { planFor } from "../../src/compile/kept-plans.js";
import type { Plan } from "../../src/compile/plan.js";
import { constant, type Tensor, variable } from "../../src/graph/tensor.js";
import { batchMeanGradientOp, collect } from "../../src/ops/batch.js";
import { add, mul } from "../../src/ops/elementwise.js";
import { clamp, dropout } from "../../src/ops/index.js";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Calls of `compile`. */
const compiled = vi.hoisted(() => ({ count: 0 }));
vi.mock("../../src/compile/compile.js", async (original) => {
  const module = await original<typeof import("../../src/compile/compile.js")>();
  const compile: typeof module.compile = (...given) => {
    compiled.count++;
    return module.compile(...given);
  };
  return { ...module, compile };
});

const x = () => variable("x", [4, 2]);
const graph = (value: Tensor) => [collect(variable("all", [4, 2]), value)];

test("a graph that is the same node by node has the same plan, another has its own", async () => {
  const device = { fused: true };
  const scaled = (factor: number) => graph(mul(x(), factor));
  const first = await planFor(device, "plan", scaled(2));
  expect(await planFor(device, "plan", scaled(2))).toBe(first);
  const others: [string, Tensor[]][] = [
    ["plan", scaled(3)],
    ["plan", scaled(-2)],
    ["plan", graph(add(x(), 2))],
    ["plan", graph(mul(variable("y", [4, 2]), 2))],
    ["plan", graph(mul(mul(x(), 2), 2))],
    ["plan", graph(clamp(x(), { low: -1, high: 2 }))],
    ["plan", graph(clamp(x(), { low: -2, high: 2 }))],
    ["plan", graph(mul(x(), constant(new Float32Array(2).fill(2), [2])))],
    ["plan", [collect(variable("all", [8, 2]), mul(x(), 2))]],
    ["another", scaled(2)],
  ];
  const plans: Plan[] = [];
  for (const [label, outputs] of others) plans.push(await planFor(device, label, outputs));
  expect(new Set([first, ...plans]).size).toBe(1 + others.length);
  expect(await planFor({ fused: false }, "plan", scaled(2))).not.toBe(first);
});

test("the same tensor read twice is another graph than two that look alike", async () => {
  const device = { fused: true };
  const a = mul(x(), 2);
  const twice = await planFor(device, "plan", graph(add(a, a)));
  const inputs = x();
  const alike = await planFor(device, "plan", graph(add(mul(inputs, 2), mul(inputs, 2))));
  expect(alike).not.toBe(twice);
});

test("zero and minus zero are two numbers, constants are compared to the bit", async () => {
  const device = { fused: true };
  const times = (values: number[]) => graph(mul(x(), constant(Float32Array.from(values), [2])));
  const plan = await planFor(device, "plan", times([1, 0]));
  expect(await planFor(device, "plan", times([1, -0]))).not.toBe(plan);
  expect(await planFor(device, "plan", times([1, 0]))).toBe(plan);
});

test("graphs that differ in numbers are compiled once, to the plan that each has alone", async () => {
  const row = (number: number) => constant(Float32Array.of(number, -number), [2]);
  const made = (factor: number, rate: number) =>
    graph(clamp(dropout(mul(mul(x(), row(factor)), factor), rate, 1), { low: -factor, high: rate }));
  const some: [number, number][] = [
    [2, 0.25],
    [-0, 0.5],
    [0, 0.5],
    [0.5, 0.5],
  ];
  for (const fused of [true, false]) {
    const plans: Plan[] = [];
    for (const numbers of some) plans.push(await planFor({ fused }, "plan", made(...numbers)));
    const whole = {};
    const kept: Plan[] = [];
    compiled.count = 0;
    for (const numbers of [...some, ...some]) {
      kept.push(await planFor({ fused, whole }, "plan", made(...numbers)));
    }
    expect(compiled.count).toBe(1);
    expect(kept.slice(0, 4)).toEqual(plans);
    expect(kept.slice(4).map((plan) => kept.indexOf(plan))).toEqual([0, 1, 2, 3]);
  }
});

test("a plan that was compiled before there was another graph is kept as it is", async () => {
  const device = { fused: true };
  const scaled = (factor: number) => graph(mul(x(), factor));
  compiled.count = 0;
  const first = await planFor(device, "plan", scaled(2));
  for (const factor of [3, 4, 2, 5, 3]) await planFor(device, "plan", scaled(factor));
  expect(compiled.count).toBe(2); // the first graph, and the one with places for numbers
  expect(await planFor(device, "plan", scaled(2))).toBe(first);
});

test("a constant that an op reads which is made of others belongs to the graph", async () => {
  const device = { fused: true, whole: {} };
  const meaned = (seed: number) =>
    graph(mul(x(), batchMeanGradientOp(constant(seed), variable("weights", [2]), constant(4))));
  compiled.count = 0;
  for (const seed of [1, 0.5, 1]) await planFor(device, "plan", meaned(seed));
  expect(compiled.count).toBe(2);
});

test("plans that were not used for long are dropped, large ones sooner", async () => {
  const device = { fused: true };
  const scaled = (times: number) =>
    graph(Array.from({ length: times }, () => 2).reduce((made, factor) => mul(made, factor), x()));
  const first = await planFor(device, "plan", scaled(1));
  for (let i = 2; i <= 32; i++) await planFor(device, "plan", scaled(i));
  expect(await planFor(device, "plan", scaled(1))).toBe(first);
  const second = await planFor(device, "plan", scaled(2));
  await planFor(device, "plan", scaled(33)); // in place of the third
  await planFor(device, "plan", scaled(34)); // and of the fourth
  expect(await planFor(device, "plan", scaled(1))).toBe(first);
  expect(Object.is(await planFor(device, "plan", scaled(2)), second)).toBe(true);
  compiled.count = 0;
  await planFor(device, "plan", scaled(3));
  expect(compiled.count).toBe(1);
  const huge = () => [collect(variable("all", [2 ** 20, 1]), constant(new Float32Array(2 ** 20), [2 ** 20, 1]))];
  const unkept = await planFor(device, "plan", huge());
  expect(Object.is(await planFor(device, "plan", huge()), unkept)).toBe(false); // too large by itself
  expect(Object.is(await planFor(device, "plan", scaled(1)), first)).toBe(false); // and it took the others' room
});

test("plans go with their device", async () => {
  let device: { fused: boolean } | undefined = { fused: true };
  const plan = new WeakRef(await planFor(device, "plan", graph(mul(x(), 2))));
  await new Promise((resolve) => setTimeout(resolve));
  collectGarbage();
  expect(plan.deref()).toBeDefined();
  expect(device.fused).toBe(true);
  device = undefined;
  await new Promise((resolve) => setTimeout(resolve));
  collectGarbage();
  expect(plan.deref()).toBeUndefined();
});
