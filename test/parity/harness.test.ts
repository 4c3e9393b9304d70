import { describe, expect, test } from "vitest";
import type { Backend } from "../../src/backends/backend.js";
import type { Argument, Plan } from "../../src/compile/plan.js";
import { ModelStepTable } from "../../src/compile/steps.js";
import { activate } from "../../src/ops/activations.js";
import { BACKENDS } from "../devices/backends.js";
import { checkGradient } from "./check-gradient.js";
import { normal } from "./data.js";
import { expectParity, useGuardedDevices } from "./run.js";

// The tests of the tests: what would make every other one pass in vain.
const devices = useGuardedDevices();

const activation = (wgsl: { forward: string; gradient: string }) => ({
  name: "test",
  forward: (x: number) => x,
  gradient: () => 1,
  wgsl,
});
const argument = (buffer: number, size: number): Argument => ({ buffer, shape: [size], dtype: "f32" });

async function run(device: Backend, plan: Plan): Promise<number[]> {
  const y = device.create("y", "f32", 5);
  const program = await device.load(plan, new Map([["y", y]]), 1);
  const steps = new ModelStepTable(1);
  steps.set(0, { first: 0, rows: 5 });
  await program.run(steps);
  return [...(await device.read([y]))[0]];
}

describe("a comparison fails when", () => {
  test("a kernel is wrong by a hundred-thousandth", async () => {
    const wrong = activation({ forward: "x * 1.00001", gradient: "1.0" });
    await expect(expectParity(devices, (x) => activate(x, wrong), [normal(65)])).rejects.toThrow(/result: element/);
  });

  test("only the gradient is wrong", async () => {
    const wrong = activation({ forward: "x", gradient: "1.0001" });
    await expect(expectParity(devices, (x) => activate(x, wrong), [normal(65)])).rejects.toThrow(/gradient 0/);
  });

  test("a kernel writes past its output", async () => {
    const poke = "poke(x); }\nfn poke(x: f32) -> f32 { y[64u] = 1.0; return x";
    await expect(
      expectParity(devices, (x) => activate(x, activation({ forward: poke, gradient: "1.0" })), [normal(64)]),
    ).rejects.toThrow(/wrote outside the buffer/);
  });

  test("WGSL doesn't compile, with its line", async () => {
    const broken = activation({ forward: "x +* 2.0", gradient: "1.0" });
    await expect(expectParity(devices, (x) => activate(x, broken), [normal(4)])).rejects.toThrow(
      /line \d+: .*\n.*x \+\* 2\.0/,
    );
  });

  test.each(BACKENDS)("elements are left unwritten: they read as NaN on %s", async (name) => {
    const attributes = {};
    const plan: Plan = {
      label: "partial",
      buffers: [
        { kind: "scratch", name: "half", dtype: "f32", length: 5 },
        { kind: "variable", name: "y", dtype: "f32", length: 5 },
      ],
      launches: [
        { op: "rowWeights", label: "first 3", attributes, inputs: [], output: argument(0, 3), writes: [] },
        { op: "neg", label: "all 5", attributes, inputs: [argument(0, 5)], output: argument(1, 5), writes: [] },
      ],
    };
    expect(await run(devices[name], plan)).toEqual([-1, -1, -1, Number.NaN, Number.NaN]);
  });
});

describe("finite differences find", () => {
  // As an op of its own a wrong rule would need kernels; a custom activation brings its own.
  const rule = (slope: number) => ({ ...activation({ forward: "x", gradient: "1.0" }), gradient: () => slope });

  test("a gradient wrong by a hundred-thousandth", async () => {
    await checkGradient((x) => activate(x, rule(1)), [normal(9)]);
    await expect(checkGradient((x) => activate(x, rule(1.00001)), [normal(9)])).rejects.toThrow(/gradient of input0/);
  });

  test("one that is NaN", async () => {
    await expect(checkGradient((x) => activate(x, rule(Number.NaN)), [normal(9)])).rejects.toThrow(/NaN/);
  });
});
