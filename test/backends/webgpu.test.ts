import { describe, expect, test } from "vitest";
import type { WebgpuBackend } from "../../src/backends/webgpu/backend.js";
import { indexExpression } from "../../src/backends/webgpu/indexing.js";
import { literal } from "../../src/backends/webgpu/kernel.js";
import { matmulKernels } from "../../src/backends/webgpu/matmul-kernels.js";
import { Pipelines } from "../../src/backends/webgpu/pipelines.js";
import type { Launch } from "../../src/compile/plan.js";
import { stridesOf } from "../../src/core/shape.js";
import { constant, variable } from "../../src/graph/tensor.js";
import { openDevice } from "../../src/node.js";
import { add } from "../../src/ops/elementwise.js";
import { runTensors } from "../parity/run.js";

const launch = (size: number): Launch => ({
  op: "neg",
  label: "neg",
  attributes: {},
  inputs: [{ buffer: 0, shape: [size], dtype: "f32" }],
  output: { buffer: 1, shape: [size], dtype: "f32" },
  writes: [],
});

/** A device that compiles nothing, with few workgroups along an axis. */
function pipelinesWithLimit(maxComputeWorkgroupsPerDimension: number) {
  let compiled = 0;
  const device = {
    limits: { maxComputeWorkgroupsPerDimension },
    createBindGroupLayout: () => ({}),
    createPipelineLayout: () => ({}),
    createShaderModule: () => ({}),
    pushErrorScope: () => {},
    popErrorScope: async () => null,
    createComputePipelineAsync: async () => ({ compiled: ++compiled }),
  } as unknown as GPUDevice;
  return { pipelines: new Pipelines(device, matmulKernels.tiled, (work) => work), compiled: () => compiled };
}

describe("a grid longer than an axis allows is folded over x and y", () => {
  test.each([1, 4, 5, 6, 11, 12, 20, 25])("%i workgroups, at most 5 along an axis", async (workgroups) => {
    const { pipelines } = pipelinesWithLimit(5);
    const [x, y] = (await pipelines.get(launch(workgroups * 64))).workgroups;
    expect(Math.max(x, y)).toBeLessThanOrEqual(5);
    expect(x * y).toBeGreaterThanOrEqual(workgroups);
    expect(x * y - workgroups).toBeLessThan(y);
  });

  test("one that fits isn't", async () => {
    const { pipelines } = pipelinesWithLimit(65535);
    expect((await pipelines.get(launch(65535 * 64))).workgroups).toEqual([65535, 1]);
    expect((await pipelines.get(launch(65535 * 64 + 1))).workgroups).toEqual([32768, 2]);
  });
});

test("a kernel is compiled once for launches of one kind", async () => {
  const { pipelines, compiled } = pipelinesWithLimit(65535);
  await Promise.all([pipelines.get(launch(64)), pipelines.get(launch(64)), pipelines.get(launch(65))]);
  expect(compiled()).toBe(2);
});

test("literals are decimals that hold a float32 to the bit", async () => {
  const values = Float32Array.from([
    1,
    -0.1,
    0,
    1 / 3,
    1e-30,
    3.4028234663852886e38,
    -1.1754943508222875e-38,
    16777217,
  ]);
  expect(literal(-0.1)).toBe("-0.10000000149011612f");
  const device = (await openDevice({ backend: "webgpu" })) as WebgpuBackend;
  try {
    const x = variable("x", [1]);
    // A kernel that writes the literals is one that adds them to zero.
    const sums = Array.from(values, (value) => add(x, constant(value)));
    const written = await runTensors(device, sums, [x], [{ shape: [1], values: new Float32Array(1) }]);
    expect(written.map(([value]) => value)).toEqual([...values]);
  } finally {
    device.dispose();
  }
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, -1e39])("%f has no literal", (value) => {
  expect(() => literal(value)).toThrow(/WGSL has no infinity and no NaN. Use a finite float32/);
});

describe("index expressions walk over", () => {
  const at = (expression: string, i: number) => new Function("i", `return ${integers(expression)};`)(i) as number;
  const integers = (wgsl: string) => wgsl.replace(/i \/ (\d+)u/g, "Math.floor(i / $1)").replace(/(\d+)u/g, "$1");

  test.each([
    ["all of [4, 5]", [4, 5], [5, 1], 0],
    ["its transpose", [5, 4], [1, 5], 0],
    ["a repeated row", [4, 5], [0, 1], 0],
    ["a repeated column", [4, 5], [1, 0], 0],
    ["a block of a larger tensor", [2, 3, 4], [99, 9, 1], 7],
    ["a middle axis that is repeated", [2, 3, 4], [4, 0, 1], 0],
    ["an axis of one", [2, 1, 4], [4, 4, 1], 0],
    ["a scalar", [], [], 3],
  ])("%s", (_, shape, strides, start) => {
    const own = stridesOf(shape);
    const size = shape.reduce((product, axis) => product * axis, 1);
    const expression = indexExpression("i", shape, strides, start);
    for (let i = 0; i < size; i++) {
      const expected = shape.reduce((sum, axis, k) => sum + (Math.floor(i / own[k]) % axis) * strides[k], start);
      expect(at(expression, i), expression).toBe(expected);
    }
  });

  test("neighbours without a division", () => {
    expect(indexExpression("i", [3, 4, 5], [20, 5, 1])).toBe("i");
  });
});

test("kernels name their sizes as constants, so that the text of one kind is the same", async () => {
  const { pipelines } = pipelinesWithLimit(65535);
  const [one, other] = [await pipelines.get(launch(64)), await pipelines.get(launch(65))];
  expect(one.wgsl).toBe(other.wgsl);
  expect(one.wgsl).toContain("override UNITS: u32;");
});

test("done hands over what was collected and waits for it; a lost device is for the next command to report", async () => {
  const backend = (await openDevice({ backend: "webgpu" })) as WebgpuBackend;
  const { queue } = backend.device;
  const events: string[] = [];
  const note = <K extends "submit" | "onSubmittedWorkDone">(name: K) => {
    const call = queue[name].bind(queue) as (...args: unknown[]) => never;
    queue[name] = ((...args: unknown[]) => {
      events.push(name);
      return call(...args);
    }) as GPUQueue[K];
  };
  note("submit");
  note("onSubmittedWorkDone");
  const [from, to] = [backend.create("from", "f32", 3, Float32Array.of(1, 2, 3)), backend.create("to", "f32", 3)];
  backend.copy([[from, to]]);
  await backend.done();
  expect(events).toEqual(["submit", "onSubmittedWorkDone"]);
  expect(await backend.read([to])).toEqual([Float32Array.of(1, 2, 3)]);
  backend.device.destroy();
  await backend.done();
  await backend.device.lost;
  await expect(backend.read([to])).rejects.toThrow(/The GPU device was lost/);
  backend.dispose();
});
