import { describe, expect, test } from "vitest";
import type { WebgpuBackend } from "../../src/backends/webgpu/backend.js";
import { costOf } from "../../src/compile/cost.js";
import type { Launch } from "../../src/compile/plan.js";
import { iris } from "../../src/data/index.js";
import { adam, dense, sequential, softmaxCrossEntropy, Trainer } from "../../src/index.js";
import { BACKENDS, useDevices } from "../devices/backends.js";

const device = useDevices();
const network = () => sequential({ input: [4], seed: 1 }, [dense(16, { activation: "relu" }), dense(3)]);

describe.each(BACKENDS)("profiling on %s", (backend) => {
  test("times every launch and leaves the training as it was", async () => {
    const data = await iris();
    const train = async (profiled: boolean) => {
      const model = network();
      const setup = { device: device(backend), loss: softmaxCrossEntropy(), optimizer: adam() };
      using trainer = new Trainer(model, setup);
      await trainer.fit(data, { epochs: 1 });
      const profile = profiled ? await trainer.profile(data, { batchSize: 16, repeats: 2 }) : undefined;
      await trainer.fit(data, { epochs: 1 });
      return { parameters: model.parameters(), profile };
    };
    const { parameters, profile } = await train(true);
    expect(parameters).toEqual((await train(false)).parameters);
    expect(profile!.stepMilliseconds).toBeGreaterThan(0);
    expect(profile!.launches.length).toBeGreaterThanOrEqual(6);
    for (const { label, milliseconds, operations, bytes } of profile!.launches) {
      expect(label).toMatch(/\w/);
      expect(milliseconds).toBeGreaterThanOrEqual(0);
      expect(Math.min(operations, bytes)).toBeGreaterThan(0);
    }
    expect(profile!.launches.reduce((sum, { milliseconds }) => sum + milliseconds, 0)).toBeGreaterThan(0);
  });

  test("refuses bad options and data", async () => {
    using trainer = new Trainer(network(), { device: device(backend), loss: softmaxCrossEntropy(), optimizer: adam() });
    const data = await iris();
    await expect(trainer.profile(data, { repeats: 0 })).rejects.toThrow(/repeats must be a positive integer/);
    await expect(trainer.profile(data, { batchSize: 0.5 })).rejects.toThrow(/batchSize must be a positive integer/);
    await expect(trainer.profile(undefined as never)).rejects.toThrow(/needs a Dataset/);
  });
});

describe("kernels", () => {
  const setup = (backend: (typeof BACKENDS)[number]) =>
    new Trainer(network(), { device: device(backend), loss: softmaxCrossEntropy(), optimizer: adam() });

  test("are those of the step that is profiled, in order, and training goes on", async () => {
    using trainer = setup("webgpu");
    const data = await iris();
    const kernels = await trainer.kernels(data, { batchSize: 16 });
    const { launches } = await trainer.profile(data, { batchSize: 16, repeats: 1 });
    expect(kernels.map(({ label }) => label)).toEqual(launches.map(({ label }) => label));
    const texts = kernels.map(({ wgsl }) => wgsl).join("\n");
    for (const file of ["shaders/functions/adam.wgsl", "shaders/fused-softmax-cross-entropy.wgsl"]) {
      expect(texts).toContain(`// --- ${file}\n`);
    }
    for (const { wgsl, workgroups } of kernels) {
      expect(wgsl).toMatch(/^(enable \w+;\n)*\/\/ --- /); // no line before the first origin
      expect(Math.min(...workgroups)).toBeGreaterThan(0);
    }
    expect((await trainer.fit(data, { epochs: 1 })).epochs).toHaveLength(1);
  });

  test("of a microBatch are more", async () => {
    using trainer = setup("webgpu");
    const data = await iris();
    const whole = await trainer.kernels(data);
    expect((await trainer.kernels(data, { batchSize: 32, microBatchSize: 16 })).length).toBeGreaterThan(whole.length);
  });

  test.each(["wasm", "cpu"] as const)("of %s are none, said with the remedy", async (backend) => {
    using trainer = setup(backend);
    await expect(trainer.kernels(await iris())).rejects.toThrow(
      `the ${backend} backend runs no WGSL. Use openDevice({ backend: "webgpu" })`,
    );
  });
});

test("a GPU without a clock is an error that says so, and training goes on", async () => {
  const gpu = (device("webgpu") as WebgpuBackend).device;
  using trainer = new Trainer(network(), { device: device("webgpu"), loss: softmaxCrossEntropy(), optimizer: adam() });
  Object.defineProperty(gpu, "features", { configurable: true, value: new Set() });
  try {
    await expect(trainer.profile(await iris())).rejects.toThrow(/no clock for launches.*timestamp-query/);
  } finally {
    delete (gpu as unknown as Record<string, unknown>).features;
  }
  expect((await trainer.fit(await iris(), { epochs: 1 })).epochs).toHaveLength(1);
});

test("the cost of a product: two operations a term, and of the data set only the batch's rows", () => {
  const argument = (...shape: number[]) => ({ buffer: 0, shape, dtype: "f32" as const });
  const product: Launch = {
    op: "matmul",
    label: "",
    attributes: {},
    inputs: [argument(16, 4), argument(4, 8)],
    output: argument(16, 8),
    writes: [],
  };
  expect(costOf(product)).toEqual({ operations: 2 * 16 * 4 * 8, bytes: 4 * (64 + 32 + 128) });
  const gathered = {
    ...product,
    attributes: {
      walks: {
        a: { batch: [], own: [{ size: 16, stride: 4, ordered: true }], inner: [{ size: 4, stride: 1 }], bounds: [] },
        b: { batch: [], own: [{ size: 8, stride: 1 }], inner: [{ size: 4, stride: 8 }], bounds: [] },
        y: { batch: [], own: [{ size: 16, stride: 8 }], inner: [{ size: 8, stride: 1 }], bounds: [] },
      },
    },
    inputs: [argument(1000, 4), argument(4, 8), argument(1000)],
  };
  expect(costOf(gathered)).toEqual({ operations: 2 * 16 * 4 * 8, bytes: 4 * (64 + 32 + 128 + 16) });
  const sum = { ...product, op: "neg", inputs: [argument(10)], output: argument(10) };
  expect(costOf(sum)).toEqual({ operations: 10, bytes: 80 });
});
