// @module-tag slow
import { expect, test } from "vitest";
import type { Backend } from "../../src/backends/backend.js";
import { openOn } from "../../src/backends/open.js";
import type { BackendOptions } from "../../src/backends/options.js";
import type { Platform } from "../../src/backends/platform.js";
import type { WebgpuBackend } from "../../src/backends/webgpu/backend.js";
import { matmulKernels } from "../../src/backends/webgpu/matmul-kernels.js";
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

async function disposable(options: Parameters<typeof openDevice>[0]) {
  const device = await openDevice(options);
  return { device, [Symbol.dispose]: () => device.dispose() };
}
