// @module-tag slow
import { describe, expect, test } from "vitest";
import type { Backend } from "../../src/backends/backend.js";
import { openOn } from "../../src/backends/open.js";
import type { BackendOptions } from "../../src/backends/options.js";
import type { Platform } from "../../src/backends/platform.js";
import type { WebgpuBackend } from "../../src/backends/webgpu/backend.js";
import { matmulKernels } from "../../src/backends/webgpu/matmul-kernels.js";
import { Dataset } from "../../src/data/index.js";
import {
  conv2d,
  crossValidate,
  dense,
  flatten,
  maxPool2d,
  sequential,
  sgd,
  softmaxCrossEntropy,
  Trainer,
} from "../../src/index.js";
import { openDevice } from "../../src/node.js";
import { transpose } from "../../src/ops/layout.js";
import { matmul } from "../../src/ops/matmul.js";
import { nullPlatform, platform } from "../devices/platform.js";
import { normal } from "../parity/data.js";
import { runOp } from "../parity/run.js";
import { expectClose } from "../tolerance.js";

/** A tuning cache in memory. */
function cacheOf(text?: string) {
  const pages = { text, writes: 0 };
  return {
    pages,
    read: async () => pages.text,
    async write(written: string) {
      pages.text = written;
      pages.writes++;
    },
  };
}

/** Opens a device that tunes, as if on an adapter of this name, and counts the kernels compiled for measurements. */
function open(name: string, pages: ReturnType<typeof cacheOf>) {
  const info = { vendor: "acme", architecture: "v1", description: name, device: "", isFallbackAdapter: false };
  return openTuned({ ...platform(() => ({ info })), tuningCache: pages });
}

async function openTuned(on: Platform, options: BackendOptions = {}) {
  const device = (await openOn(on, { ...options, backend: "webgpu", products: "tuned" })) as WebgpuBackend;
  const compiled: string[] = [];
  const compile = device.device.createComputePipelineAsync.bind(device.device);
  device.device.createComputePipelineAsync = (descriptor) => {
    compiled.push(descriptor.label ?? "");
    return compile(descriptor);
  };
  const subgroups = device.adapter.features.includes("subgroups") ? ["quads", "splitSubgroups"] : [];
  const kernels = Object.keys(matmulKernels).concat("direct", subgroups);
  return { device, kernels, measured: () => compiled.filter((label) => label.startsWith("tuning")).length };
}

const inputs = [normal(20, 9), normal(9, 3)];
const product = async (device: Backend) => (await runOp(device, (a, b) => [matmul(a, b)], inputs))[0];
const NAME = "1 x 20 x 9 x 3";

test("each kind of product is measured once, and the outcome written down", async () => {
  const pages = cacheOf();
  const { device, kernels, measured } = await open("Acme 1", pages);
  using cpu = await disposable({ backend: "cpu" });
  const tuned = await product(device);
  expectClose(tuned, await product(cpu.device), { terms: 9 });
  await product(device);
  expect(measured()).toBe(kernels.length);
  const { version, adapters } = JSON.parse(pages.pages.text!);
  expect(version).toBe(1);
  expect(Object.keys(adapters)).toEqual(["acme v1 Acme 1"]);
  expect(Object.keys(adapters["acme v1 Acme 1"])).toEqual([NAME]);
  expect(kernels).toContain(adapters["acme v1 Acme 1"][NAME]);
  expect(pages.pages.writes).toBe(1);

  // Another device of the process goes by them, and so gives the same bits.
  const second = await open("Acme 1", cacheOf());
  expect(await product(second.device)).toEqual(tuned);
  expect(second.measured()).toBe(0);
  device.dispose();
  second.device.dispose();
});

test("what an earlier process wrote down isn't measured again", async () => {
  const choices = { [NAME]: "split" };
  const pages = cacheOf(JSON.stringify({ version: 1, adapters: { "acme v1 Acme 2": choices, other: { a: "split" } } }));
  const { device, kernels, measured } = await open("Acme 2", pages);
  const split = await openDevice({ backend: "webgpu", products: "split" });
  expect(await product(device)).toEqual(await product(split));
  expect(measured()).toBe(0);
  // New results are added to the older ones.
  await runOp(device, (a, b) => [matmul(transpose(a), transpose(b))], [normal(9, 20), normal(3, 9)]);
  expect(measured()).toBe(kernels.length);
  const { adapters } = JSON.parse(pages.pages.text!);
  expect(Object.keys(adapters["acme v1 Acme 2"])).toEqual([NAME, "1 x 20 x 9t x 3t"]);
  expect(adapters.other).toEqual({ a: "split" });
  device.dispose();
  split.dispose();
});

test.each([
  ["not JSON", "{"],
  ["of another version", JSON.stringify({ version: 99, adapters: { "acme v1 Acme 3": 7 } })],
  ["of another shape", JSON.stringify({ version: 1, adapters: [null, 3] })],
  ["an unknown kernel", JSON.stringify({ version: 1, adapters: { "acme v1 Acme 6": { [NAME]: "magic" } } })],
])("a cache that is damaged is written anew: %s", async (what, text) => {
  const pages = cacheOf(text);
  const name = `Acme ${what === "an unknown kernel" ? 6 : what}`;
  const { device, kernels, measured } = await open(name, pages);
  await product(device);
  expect(measured()).toBe(kernels.length);
  expect(Object.keys(JSON.parse(pages.pages.text!).adapters)).toContain(`acme v1 ${name}`);
  device.dispose();
});

test("a cache that can't be read or written is done without", async () => {
  const broken = {
    pages: {},
    read: () => Promise.reject(new Error("no disk")),
    write: () => Promise.reject(new Error("no disk")),
  } as unknown as ReturnType<typeof cacheOf>;
  const { device } = await open("Acme 9", broken);
  expect((await product(device)).length).toBe(60);
  device.dispose();
});

test("what half precision and subgroup matrices make of it is measured and written down apart", async () => {
  const pages = cacheOf();
  const on = { ...nullPlatform(), tuningCache: pages };
  const options = { precision: "f16", experimental: ["subgroupMatrices"] } as const;
  const { device, kernels, measured } = await openTuned(on, options);
  await product(device);
  expect(measured()).toBe(kernels.length + 1); // and subgroup matrices
  const plain = await openTuned(on);
  await product(plain.device);
  expect(plain.measured()).toBe(plain.kernels.length);
  const { adapters } = JSON.parse(pages.pages.text!);
  expect(Object.keys(adapters)).toEqual(["acme null Acme f16 subgroupMatrices", "acme null Acme"]);
  device.dispose();
  plain.device.dispose();
});

describe("patches of images", () => {
  const images = (rows: number) =>
    Dataset.from({
      features: Float32Array.from({ length: rows * 64 }, (_, i) => Math.sin(i * i)),
      labels: Array.from({ length: rows }, (_, i) => i % 3),
      shape: [8, 8, 1],
    });
  const setup = (device: Backend, seed = 0) => {
    const layers = [conv2d(4, 3, { padding: "same" }), maxPool2d(2), flatten(), dense(3)];
    const model = sequential({ input: [8, 8, 1], seed }, layers);
    return new Trainer(model, { device, loss: softmaxCrossEntropy(), optimizer: sgd({ learningRate: 0.1 }) });
  };
  const launches = async (trainer: Trainer, data: Dataset) =>
    (await trainer.profile(data, { batchSize: 8, repeats: 1 })).launches.map(({ label }) => label);
  const trained = async (device: Backend) => {
    const data = images(24);
    using trainer = setup(device);
    await trainer.fit(data, { epochs: 2, batchSize: 8 });
    return { labels: await launches(trainer, data), values: trainer.model.parameters().get("conv2d.weight")!.values };
  };
  const plansIn = (text: string | undefined, adapter: string): [string, string][] =>
    Object.entries(JSON.parse(text!).adapters[adapter]).filter(([name]) => name.startsWith("plan ")) as never;

  test("are walked over or laid out, whichever is faster, as measured once", async () => {
    const pages = cacheOf();
    const first = await open("Acme 10", pages);
    const { labels, values } = await trained(first.device);
    const outcomes = plansIn(pages.pages.text, "acme v1 Acme 10");
    expect(outcomes.length).toBeGreaterThan(0);
    expect(outcomes.every(([, layout]) => layout === "walked" || layout === "laid")).toBe(true);
    const second = await open("Acme 10", cacheOf());
    expect(await trained(second.device)).toEqual({ labels, values });
    expect(second.measured()).toBe(0);
    using cpu = await disposable({ backend: "cpu" });
    expectClose(values, (await trained(cpu.device)).values, { terms: 512 });
    // An outcome in the cache decides; both ways have the same results but for rounding.
    for (const layout of ["walked", "laid"]) {
      const { adapters, version } = JSON.parse(pages.pages.text!);
      const chosen = {
        ...adapters["acme v1 Acme 10"],
        ...Object.fromEntries(outcomes.map(([name]) => [name, layout])),
      };
      const name = `Acme 10 ${layout}`;
      const text = JSON.stringify({ version, adapters: { [`acme v1 ${name}`]: chosen } });
      const other = await open(name, cacheOf(text));
      const found = await trained(other.device);
      expect(found.labels.some((label) => label.includes("unfold"))).toBe(layout === "laid");
      expectClose(found.values, values, { terms: 512 });
      other.device.dispose();
    }
    first.device.dispose();
    second.device.dispose();
  });

  test("are read alike by models side by side, to the bits of each alone", async () => {
    const { device } = await open("Acme 11", cacheOf());
    const data = images(24);
    const fit = { epochs: 2, batchSize: 8 };
    const both = await crossValidate(data, ({ fold }) => setup(device, fold), { folds: 3, together: true, fit });
    const alone = await crossValidate(data, ({ fold }) => setup(device, fold), { folds: 3, together: false, fit });
    expect(both.folds.map(({ scores }) => scores)).toEqual(alone.folds.map(({ scores }) => scores));
    device.dispose();
  });

  test("a plan without any isn't measured", async () => {
    const pages = cacheOf();
    const { device } = await open("Acme 12", pages);
    await product(device);
    expect(plansIn(pages.pages.text, "acme v1 Acme 12")).toEqual([]);
    device.dispose();
  });
});

async function disposable(options: Parameters<typeof openDevice>[0]) {
  const device = await openDevice(options);
  return { device, [Symbol.dispose]: () => device.dispose() };
}
