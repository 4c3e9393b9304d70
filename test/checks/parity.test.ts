import { describe, expect, test } from "vitest";
import type { Backend } from "../../src/backends/backend.js";
import {
  activations,
  type CustomActivation,
  checkParity as checkInBrowser,
  DeviceLostError,
  dense,
  dropout,
  type LayerFunction,
  lossFromConfig,
  lossNames,
  ops,
  sequential,
} from "../../src/index.js";
import { checkParity } from "../../src/node.js";
import { useDevices } from "../devices/backends.js";

const device = useDevices();
const all = () => ({ devices: [device("webgpu"), device("wasm")] });

const cube: CustomActivation = {
  name: "cube",
  forward: (x) => x ** 3,
  gradient: (x) => 3 * x * x,
  wgsl: { forward: "x * x * x", gradient: "3.0 * x * x" },
};
const residual: LayerFunction = (x) => ops.add(x, ops.tanh(x));

describe("backends agree", () => {
  test("on a model with everything: result, parameters, input, and its activation alone", async () => {
    const layers = [
      dense(33, { activation: cube }),
      dropout(0.3),
      residual,
      dense(17, { activation: "gelu" }),
      dense(5),
    ];
    const report = await checkParity(sequential({ input: [70], seed: 2 }, layers), all());
    expect(String(report)).toContain("Parity of the model with the plain CPU: ok, webgpu compared, wasm compared.");
    expect(report.ok).toBe(true);
    const names = [
      "result",
      ...[
        "dense.weight",
        "dense.bias",
        "dense_1.weight",
        "dense_1.bias",
        "dense_2.weight",
        "dense_2.bias",
        "input",
      ].map((name) => `gradient by ${name}`),
      "dense/cube: result",
      "dense/cube: gradient",
      "cube: result",
      "cube: gradient",
    ];
    expect(report.parts.map(({ device, name }) => [device, name])).toEqual(
      ["webgpu", "wasm"].flatMap((backend) => names.map((name) => [backend, name])),
    );
    // Backends add up in other orders: not all bits can be equal.
    expect(report.parts.filter(({ device, error }) => device === "webgpu" && error > 0).length).toBeGreaterThan(3);
    for (const { error, limit } of report.parts) expect(error).toBeLessThan(limit);
  });

  test("on deep models of large weights", async () => {
    const layers = Array.from({ length: 8 }, () => dense(24, { activation: "elu", initializer: "heUniform" }));
    for (const seed of [0, 1, 2]) {
      const report = await checkParity(sequential({ input: [24], seed }, layers), { ...all(), seed });
      expect(String(report)).toContain(": ok, ");
    }
  });

  test.each(lossNames)("on a loss: %s", async (name) => {
    const report = await checkParity(lossFromConfig({ loss: name }), all());
    expect(String(report)).toContain(": ok, ");
    expect(report.parts.map(({ name }) => name).slice(0, 2)).toEqual(["result", "gradient by outputs"]);
  });

  test("on every activation", async () => {
    for (const name of Object.keys(activations) as (keyof typeof activations)[]) {
      const report = await checkParity(name, all());
      expect(String(report)).toContain(": ok, ");
    }
  });

  test("on an activation of one's own whose WGSL calls inexact functions", async () => {
    const wgsl = { forward: "exp(-x * x) / (1.0 + tanh(x) * tanh(x))", gradient: "0.0" };
    const forward = (x: number) => Math.exp(-x * x) / (1 + Math.tanh(x) ** 2);
    const report = await checkParity({ name: "bell", forward, gradient: () => 0, wgsl }, all());
    expect(String(report)).toContain(": ok, ");
    expect(report.parts[0].limit).toBeLessThan(1e-3);
  });

  test("on what has no gradient: the result alone is compared", async () => {
    const report = await checkParity((a, b) => ops.greater(a, b), { ...all(), inputs: [[7], [7]] });
    expect(report.ok).toBe(true);
    expect(report.parts.map(({ device, name }) => `${device} ${name}`)).toEqual(["webgpu result", "wasm result"]);
  });

  test("on every backend that opens here, where none is given", async () => {
    const report = await checkParity("softplus");
    expect(report.devices.map(({ backend, state }) => [backend, state])).toEqual([
      ["webgpu", "compared"],
      ["wasm", "compared"],
    ]);
    expect(report.ok).toBe(true);
  });

  test("on a layer and a function, on one device", async () => {
    const one = { device: device("wasm") };
    expect((await checkParity(residual, { ...one, input: [3] })).devices).toHaveLength(1);
    const lookUp = await checkParity(ops.gather, { ...one, inputs: [[5, 3], { shape: [4], below: 5 }] });
    expect(lookUp.parts.map(({ name, shape }) => [name, shape])).toEqual([
      ["result", [4, 3]],
      ["gradient by inputs[0]", [5, 3]],
    ]);
  });
});

describe("a difference is found", () => {
  test("in WGSL that says something else than forward: by the activation, its element, and both values", async () => {
    const wrong = { ...cube, wgsl: { forward: "select(x * x * x, 3.4, x == 1.5)", gradient: "3.0 * x * x" } };
    const report = await checkParity(wrong, all());
    expect(report.ok).toBe(false);
    expect(report.worst).toMatchObject({ device: "webgpu", name: "result", index: [60], expected: 3.375 });
    expect(report.worst!.actual).toBeCloseTo(3.4, 6);
    expect(report.worst!.error).toBeCloseTo(0.025, 6);
    expect(report.parts.filter(({ verdict }) => verdict !== "ok")).toHaveLength(1);
    expect(String(report)).toMatch(/Worst: result \[60\] on webgpu: 3\.40+\d*, on the plain CPU 3\.375\./);
  });

  test("in WGSL's gradient, in a model: the activation is named, and the parameters before it differ", async () => {
    const wrong = { ...cube, wgsl: { forward: "x * x * x", gradient: "3.0 * x * abs(x)" } };
    const layers = [dense(6, { name: "first" }), dense(6, { activation: wrong, name: "hidden" }), dense(2)];
    const report = await checkParity(sequential({ input: [5], seed: 1 }, layers), all());
    expect(report.ok).toBe(false);
    expect(report.worst).toMatchObject({ device: "webgpu", name: "hidden/cube: gradient", verdict: "differs" });
    expect(report.worst!.actual).toBeCloseTo(-report.worst!.expected, 5);
    expect(report.parts.filter(({ verdict }) => verdict === "differs").map(({ name }) => name)).toEqual([
      "gradient by first.weight",
      "gradient by first.bias",
      "gradient by hidden.weight",
      "gradient by hidden.bias",
      "gradient by input",
      "hidden/cube: gradient",
      "cube: gradient",
    ]);
  });

  test("in WGSL that doesn't compile: the device failed, with the line; the others are compared", async () => {
    const broken = { ...cube, wgsl: { forward: "x * oops", gradient: "1.0" } };
    const report = await checkParity(broken, all());
    expect(report.ok).toBe(false);
    expect(report.devices.map(({ state }) => state)).toEqual(["failed", "compared"]);
    expect(String(report)).toMatch(
      /NOT OK, webgpu failed, wasm compared\.\nwebgpu: .* line \d+: unresolved value 'oops'/,
    );
    expect(report.parts.map(({ device }) => device)).toEqual(["wasm", "wasm"]);
  });

  /** A device whose readbacks are changed. */
  const tampered = (change: (values: Float32Array<ArrayBuffer>) => Float32Array<ArrayBuffer>): Backend =>
    new Proxy(device("wasm"), {
      get(target, name: keyof Backend) {
        const value = Reflect.get(target, name, target);
        if (name !== "read") return typeof value === "function" ? value.bind(target) : value;
        return async (...args: Parameters<Backend["read"]>) =>
          (await target.read(...args)).map((each) => change(each as Float32Array<ArrayBuffer>));
      },
    });
  const f = { inputs: [[3, 4]] as const };

  test("in one element that is NaN, infinite or off by a hundred-thousandth", async () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 10.0001]) {
      const change = (values: Float32Array<ArrayBuffer>) => values.map((each, i) => (i === 7 ? value : each));
      const inputs = [{ shape: [3, 4], values: new Float32Array(12).fill(5) }];
      const report = await checkParity((x) => ops.mul(2, x), { device: tampered(change), inputs });
      expect(report.ok).toBe(false);
      const verdict = value === 10.0001 ? "differs" : "not finite";
      expect(report.parts[0]).toMatchObject({ index: [1, 3], expected: 10, actual: Math.fround(value), verdict });
    }
  });

  test("where float32 overflows on the way, too: the limit stays that of the result", async () => {
    const saturated = (x: ops.Tensor) => ops.sigmoid(ops.add(ops.square(ops.mul(x, 1e25)), 1));
    const change = (values: Float32Array<ArrayBuffer>) => values.map((each) => each * 0.999);
    const right = await checkParity(saturated, { device: device("wasm"), ...f });
    const wrong = await checkParity(saturated, { device: tampered(change), ...f });
    expect(right.parts[0]).toMatchObject({ name: "result", expected: 1, verdict: "ok" });
    expect(wrong.parts[0]).toMatchObject({ name: "result", expected: 1, verdict: "differs" });
  });

  test("in an element that is missing", async () => {
    const change = (values: Float32Array<ArrayBuffer>) => values.slice(0, -1);
    const report = await checkParity((x) => ops.neg(x), { device: tampered(change), ...f });
    expect(report.ok).toBe(false);
    expect(report.parts.map(({ verdict }) => verdict)).toEqual(["missing", "missing"]);
  });

  test("in a result that isn't finite on the reference either", async () => {
    const inputs = [{ shape: [2], values: [1, -1] }];
    const report = await checkParity((x) => ops.log(x), { ...all(), inputs });
    expect(report.ok).toBe(false);
    expect(report.parts[0]).toMatchObject({ name: "result", verdict: "not finite", index: [1] });
  });

  test("in a device that is lost meanwhile", async () => {
    const lost = new Proxy(device("wasm"), {
      get: (target, name) =>
        name === "load"
          ? () => Promise.reject(new DeviceLostError("gone"))
          : (Reflect.get(target, name, target)?.bind?.(target) ?? Reflect.get(target, name, target)),
    });
    const report = await checkParity("relu", { device: lost });
    expect([report.ok, report.devices[0].state, report.devices[0].description]).toEqual([false, "failed", "gone"]);
    expect(report.worst).toBeUndefined();
  });
});

test("a GPU that isn't found is named as absent, in the first line too", async () => {
  const report = await checkInBrowser("relu"); // in Node there is no navigator.gpu
  expect(report.ok).toBe(true);
  expect(String(report)).toMatch(
    /^Parity of the activation "relu" with the plain CPU: ok, webgpu absent, wasm compared\.\n/,
  );
  expect(report.devices[0].description).toMatch(/No WebGPU adapter was found/);
});
