import { expect, test } from "vitest";
import { cli, cliJson } from "./command-line.js";

test("device tells what auto takes, and what else there is", async () => {
  const { code, stdout, stderr } = await cli("device");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^--backend auto takes (CPU|WebGPU)/);
  const json = JSON.parse((await cli("device", "--json")).stdout);
  expect(json).toMatchObject({ backend: expect.stringMatching(/^(wasm|webgpu)$/), adapter: expect.any(String) });
  expect(json.why).toBeTruthy();
});

test("device with webgpu shows limits and features", async () => {
  const json = JSON.parse((await cli("device", "--backend", "webgpu", "--json")).stdout);
  expect(json.backend).toBe("webgpu");
  expect(json.limits.maxBufferSize).toBeGreaterThan(0);
  expect(json.features).toContain("core-features-and-limits");
  const { stdout } = await cli("device", "--backend", "webgpu");
  expect(stdout).toMatch(/maxBufferSize +[\d,]+\n/);
});

test("device with the CPU", async () => {
  expect(await cliJson("device")).toMatchObject({ backend: "cpu", limits: null, features: null });
});

test.each(["webgpu", "wasm"])("train on %s", async (backend) => {
  const { code, stdout } = await cli("train", "iris", "--backend", backend, "--epochs", "2", "--json", "--seed", "1");
  expect(code).toBe(0);
  const fast = JSON.parse(stdout);
  expect(fast).toMatchObject({ backend, epochs: 2, steps: 14 });
  const cpu = await cliJson("train", "iris", "--epochs", "2", "--seed", "1");
  expect(fast.accuracy).toBeCloseTo(cpu.accuracy, 1);
  expect(fast.loss).toBeCloseTo(cpu.loss, 3);
});

test("compare trains on every backend", async () => {
  const { code, stdout } = await cli("compare-backends", "xor", "--epochs", "20", "--seed", "2");
  expect(code).toBe(0);
  expect(stdout).toMatch(/^xor: 2-6-1, 25 parameters; 4 rows to train, 20 epochs in batches of 4, seed 2\n/);
  expect(stdout).toMatch(/\ncpu .*\nwasm .*\nwebgpu .*\n/);
  const [, difference] = stdout.match(/parameters: (\S+) of the largest/)!;
  expect(Number(difference)).toBeLessThan(1e-4);
  const json = JSON.parse((await cli("compare-backends", "xor", "--epochs", "20", "--json")).stdout);
  expect(json.runs.map(({ backend }: { backend: string }) => backend)).toEqual(["cpu", "wasm", "webgpu"]);
  expect(json.largestDifference.relative).toBeLessThan(1e-4);
});

test("compare without WebGPU", async () => {
  expect(await cliJson("compare-backends", "xor", "--epochs", "2")).toMatchObject({
    runs: [{ backend: "cpu", steps: 2 }],
    largestDifference: null,
  });
});
