import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { planFor } from "../../src/compile/kept-plans.js";
import type { Plan } from "../../src/compile/plan.js";
import { constant, type Tensor, variable } from "../../src/graph/tensor.js";
import { collect } from "../../src/ops/batch.js";
import { add, mul } from "../../src/ops/elementwise.js";
import { clamp } from "../../src/ops/index.js";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

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

test("plans that were not used for long are dropped, large ones sooner", async () => {
  const device = { fused: true };
  const scaled = (factor: number) => graph(mul(x(), factor));
  const first = await planFor(device, "plan", scaled(0));
  for (let i = 1; i < 32; i++) await planFor(device, "plan", scaled(i));
  expect(await planFor(device, "plan", scaled(0))).toBe(first);
  await planFor(device, "plan", scaled(32)); // in place of the one with 1
  expect(await planFor(device, "plan", scaled(0))).toBe(first);
  const huge = () => [collect(variable("all", [2 ** 20, 1]), constant(new Float32Array(2 ** 20), [2 ** 20, 1]))];
  const unkept = await planFor(device, "plan", huge());
  expect(Object.is(await planFor(device, "plan", huge()), unkept)).toBe(false); // too large by itself
  expect(Object.is(await planFor(device, "plan", scaled(0)), first)).toBe(false); // and it took the others' room
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
