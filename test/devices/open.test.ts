import { afterEach, describe, expect, test, vi } from "vitest";
import type { Backend } from "../../src/backends/backend.js";
import { openOn } from "../../src/backends/open.js";
import type { Platform } from "../../src/backends/platform.js";
import type { WebgpuBackend } from "../../src/backends/webgpu/backend.js";
import { iris } from "../../src/data/index.js";
import { adam, dense, openDevice as openInBrowser, sequential, softmaxCrossEntropy, Trainer } from "../../src/index.js";
import { dawn } from "../../src/node/dawn.js";
import { openDevice } from "../../src/node.js";
import { expectClose } from "../tolerance.js";
import { platform } from "./platform.js";

const first = await dawn.gpu(true, false);

const opened: Backend[] = [];
afterEach(() => {
  for (const device of opened.splice(0)) device.dispose();
});
async function open(...args: Parameters<typeof openOn>): Promise<Backend> {
  const device = await openOn(...args);
  opened.push(device);
  return device;
}

describe("opening a device", () => {
  test("webgpu is there: this machine's GPU, or the software adapter that npm ci brings", async () => {
    const device = await openDevice({ backend: "webgpu" });
    opened.push(device);
    expect(device.backend).toBe("webgpu");
    expect(device.description).toMatch(/^WebGPU on /);
    expect(device.adapter!.limits.maxBufferSize).toBeGreaterThanOrEqual(2 ** 28);
  });

  test("the second is made by the same instance of Dawn as the first of the process", async () => {
    expect(await dawn.gpu(true, false)).toBe(first);
  });

  test("cpu is there, and says that it was asked for", async () => {
    const device = await open(dawn, { backend: "cpu" });
    expect([device.backend, device.description]).toEqual(["cpu", "CPU, as asked for"]);
  });

  test("auto takes a hardware GPU", async () => {
    const info = { vendor: "acme", architecture: "v1", description: "Acme GPU", device: "", isFallbackAdapter: false };
    const device = await open(platform(() => ({ info })));
    expect([device.backend, device.description]).toEqual(["webgpu", "WebGPU on Acme GPU (GPU)"]);
  });

  test("auto passes over a software adapter, and says why", async () => {
    const info = { vendor: "google", architecture: "swiftshader", description: "SwiftShader", isFallbackAdapter: true };
    const device = await open(platform(() => ({ info })));
    expect(device.backend).toBe("wasm");
    expect(device.description).toMatch(/only WebGPU adapter is a software one \(SwiftShader\)/);
  });

  test("without an adapter, auto takes WebAssembly and webgpu is an error with the remedy", async () => {
    const none: Platform = { gpu: async () => undefined, remedy: dawn.remedy };
    const device = await open(none);
    expect(device.backend).toBe("wasm");
    expect(device.description).toMatch(/^CPU \(WebAssembly.*\), because no WebGPU adapter was found$/);
    const failure = await open(none, { backend: "webgpu" }).catch((error) => error);
    expect(failure.name).toBe("DeviceError");
    expect(failure.message).toMatch(/No WebGPU adapter was found.*npm install webgpu.*libvulkan1.*backend: "cpu"/);
  });

  test("what a platform lacks is said where the CPU is taken, and in the error where it isn't", async () => {
    const without: Platform = { gpu: async () => undefined, lack: () => "the package webgpu is not installed" };
    const device = await open(without);
    expect(device.description).toMatch(/no WebGPU adapter was found \(the package webgpu is not installed\)$/);
    await expect(open(without, { backend: "webgpu" })).rejects.toThrow(
      /^No WebGPU adapter was found: the package webgpu is not installed\. /,
    );
  });

  test("where there is no WebAssembly, auto takes the plain CPU", async () => {
    vi.stubGlobal("WebAssembly", undefined);
    try {
      const device = await open({ gpu: async () => undefined, remedy: "" });
      expect(device.backend).toBe("cpu");
      expect(device.description).toMatch(/^CPU, because no WebGPU adapter was found; This platform has no WebAssembly/);
    } finally {
      vi.unstubAllGlobals();
    }
  });

  test("the browser's openDevice, called in Node, names the right import", async () => {
    await expect(openInBrowser({ backend: "webgpu" })).rejects.toThrow(
      /in Node import openDevice from "neuromotor\/node"/,
    );
  });

  test("limits that are too small are named", async () => {
    const limits = {
      maxComputeInvocationsPerWorkgroup: 32,
      maxStorageBuffersPerShaderStage: 8,
      maxComputeWorkgroupStorageSize: 16384,
    };
    await expect(
      open(
        platform(() => ({ limits })),
        { backend: "webgpu" },
      ),
    ).rejects.toThrow(/too small: maxComputeInvocationsPerWorkgroup is 32, at least 64 is needed. Update its driver/);
  });

  test("an adapter that gives no device is an error with the reason", async () => {
    const requestDevice = async () => {
      throw new Error("out of memory");
    };
    await expect(
      open(
        platform(() => ({ requestDevice })),
        { backend: "webgpu" },
      ),
    ).rejects.toThrow(/gave no device \(out of memory\). Close other programs/);
  });
});

describe("trouble while at work", () => {
  const network = () => sequential({ input: [4] }, [dense(8, { activation: "relu" }), dense(3)]);
  const gpu = async () => {
    const device = (await openDevice({ backend: "webgpu" })) as WebgpuBackend;
    opened.push(device);
    return device;
  };
  const setup = { loss: softmaxCrossEntropy(), optimizer: adam() };

  test("losing a device that can't be had again ends training with an error that says what to do", async () => {
    let devices = 0;
    const requestDevice = (adapter: GPUAdapter) => async (options: GPUDeviceDescriptor) => {
      if (++devices > 1) throw new Error("no more");
      return adapter.requestDevice(options);
    };
    const once = platform((adapter) => ({ requestDevice: requestDevice(adapter) }));
    const device = (await open(once, { backend: "webgpu" })) as WebgpuBackend;
    const model = network();
    const trainer = new Trainer(model, { device, ...setup });
    const onEpoch = () => device.device.destroy();
    const failure = await trainer.fit(await iris(), { epochs: 3, callbacks: [{ onEpoch }] }).catch((error) => error);
    expect(failure.name).toBe("DeviceLostError");
    expect(failure.message).toMatch(/device was lost.*openDevice\(\)/);
    expect(trainer.epoch).toBe(1);
    const another = await gpu();
    using again = new Trainer(model, { device: another, ...setup });
    expect((await again.fit(await iris(), { epochs: 1 })).epochs).toHaveLength(1);
  });

  test("a disposed device says so", async () => {
    const device = await gpu();
    const trainer = new Trainer(network(), { device, ...setup });
    device.dispose();
    device.dispose();
    await expect(trainer.evaluate(await iris())).rejects.toThrow(/was disposed. Open another/);
  });

  test("WGSL that doesn't compile is an error with its line", async () => {
    const wgsl = { forward: "x * oops", gradient: "1.0" };
    const broken = { name: "broken", forward: (x: number) => x, gradient: () => 1, wgsl };
    const model = sequential({ input: [4] }, [dense(3, { activation: broken })]);
    using trainer = new Trainer(model, { device: await gpu(), ...setup });
    await expect(trainer.evaluate(await iris())).rejects.toThrow(
      /kernel of dense\/matmul \+ add \+ customActivation doesn't compile: line \d+: unresolved value 'oops'\s+return x \* oops;/,
    );
  });

  test("an activation of one's own trains alike on both backends", async () => {
    const wgsl = { forward: "x * x * x", gradient: "3.0 * x * x" };
    const cube = { name: "cube", forward: (x: number) => x ** 3, gradient: (x: number) => 3 * x * x, wgsl };
    const losses = [];
    for (const device of [await gpu(), await open(dawn, { backend: "cpu" })]) {
      const model = sequential({ input: [4], seed: 1 }, [dense(3, { activation: cube }), dense(3)]);
      using trainer = new Trainer(model, { device, ...setup });
      losses.push((await trainer.fit(await iris(), { epochs: 2 })).epochs[1].loss);
    }
    expectClose([losses[0]], [losses[1]], { terms: 10 * 4, what: "loss after 10 steps" });
  });

  test("data too large for one buffer are refused with the sizes", async () => {
    const device = await gpu();
    const limit = device.device.limits.maxStorageBufferBindingSize;
    expect(() => device.create("features", "f32", limit / 4 + 1)).toThrow(
      /^features: \d+ MiB don't fit into one buffer of this device, which holds \d+ MiB. Use a smaller batchSize/,
    );
  });
});
