import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Backend, BackendOptions } from "../../src/backends/backend.js";
import { openOn } from "../../src/backends/open.js";
import type { WebgpuBackend } from "../../src/backends/webgpu/backend.js";
import { openDevice } from "../../src/node.js";
import { MATRIX_SIZES, nullPlatform } from "../devices/platform.js";
import { runOp } from "../parity/run.js";
import { expectEpiloguesAlike, productCases, variants } from "./product-cases.js";

/* What options make of products, on an adapter that has everything and computes nothing: every kernel has to compile. */

const open = (options: BackendOptions, ...adapter: Parameters<typeof nullPlatform>) =>
  openOn(nullPlatform(...adapter), { ...options, backend: "webgpu" });

describe.each(Object.keys(variants))("products by %s compile", (name) => {
  let device: Backend;
  let cpu: Backend;
  beforeAll(async () => {
    device = await open(variants[name]);
    cpu = await openDevice({ backend: "cpu" });
  });
  afterAll(() => {
    device.dispose();
    cpu.dispose();
  });

  test.each(productCases)("%s", async (_, { trace, inputs }) => {
    expect(await runOp(device, (...x) => [trace(...x)], inputs)).toHaveLength(1);
  });

  test("what follows a product", async () => {
    // Compiled it is; what is found in memory is not what was to be computed.
    await expect(expectEpiloguesAlike(cpu, device)).rejects.toThrow(/^output \d: element \d+ is /);
  });
});

const experimental = ["subgroupMatrices"] as const;
const half = { precision: "f16", experimental } as const;

describe("openDevice refuses, and says what to do:", () => {
  const matrices = "chromium-experimental-subgroup-matrix";
  test.each([
    ["half precision", half, ["shader-f16"], MATRIX_SIZES, /Acme has no half precision.* Leave out precision: "f16"/],
    ["subgroups", { products: "splitSubgroups" }, ["subgroups"], [], /Acme has no subgroups .* Use products: "split"/],
    ["subgroups", { products: "quads" }, ["subgroups"], [], /Acme has no subgroups .* Use products: "direct"/],
    ["subgroup matrices", half, [matrices], [], /has no subgroup matrices .*--enable-unsafe-webgpu.* Leave out exp/],
    ["subgroup matrices of f32", { experimental }, [], MATRIX_SIZES.slice(1), /matrices of f32.* Use precision: "f16"/],
    ["sums in f32", half, [], MATRIX_SIZES.slice(1, 2), /matrices of f16 with sums in f32.* Leave out experimental/],
  ] as const)("an adapter without %s", async (_, options, missing, sizes, message) => {
    const failure = await open(options, missing, sizes).catch((error) => error);
    expect(failure.name).toBe("DeviceError");
    expect(failure.message).toMatch(message);
  });

  test.each([
    [{ precision: "f64" }, /precision can't be "f64"; use f32 or f16/],
    [{ experimental: ["magic"] }, /experimental can't be "magic"; there is subgroupMatrices/],
    [{ products: "split", precision: "f16" }, /"split" rounds no operands\. Leave out precision: "f16", or use tiled/],
    [{ products: "subgroupMatrices" }, /needs experimental: \["subgroupMatrices"\] beside it/],
  ])("%j", async (options, message) => {
    await expect(open(options as BackendOptions)).rejects.toThrow(message);
  });
});

test("a device that was lost and is opened again can do the same", async () => {
  const device = (await open(half)) as WebgpuBackend;
  const features = [...device.device.features].sort();
  expect(features).toContain("shader-f16");
  device.device.destroy();
  await device.device.lost;
  await device.reopen();
  expect([...device.device.features].sort()).toEqual(features);
  device.dispose();
});

describe("the kernel of a product is chosen", () => {
  const large = [2048, 2048, 2048] as const;
  const few = [64, 784, 128] as const; // results, a long way to each

  test.each([
    ["by its sizes in half precision too", { precision: "f16" }, large, "f16", "tiled"],
    ["by its sizes in half precision too", { precision: "f16" }, few, "f16", "split"],
    ["for subgroup matrices where results are many", { experimental }, large, "f32", "subgroup-matrices"],
    ["for subgroup matrices where results are many", half, [784, 64, 128], "f16", "subgroup-matrices"],
    ["without them where results are few", half, few, "f16", "split"],
    ["by the subgroups' feature only on request", {}, few, undefined, "split"],
  ] as const)("%s: %j, %j", async (_, options, [m, k, n], operands, kernel) => {
    const device = (await open(options)) as WebgpuBackend;
    const sides = { transposeA: false, transposeB: false, gathered: false, sums: false };
    const { head = "", shader } = device.products.source({ batch: 1, m, k, n, ...sides });
    expect(head.match(/alias Operand = (\w+)/)?.[1]).toBe(operands);
    expect((await shader).match(/^\/\/ matmul-([\w-]+)\.wgsl/)?.[1]).toBe(kernel);
    device.dispose();
  });

  test.each([
    ["quads", []],
    ["direct", ["subgroups"]],
  ])("on a software adapter for few reads: %s without %j", async (kernel, missing) => {
    const device = (await open({}, missing, [], true)) as WebgpuBackend;
    for (const [m, k, n] of [large, few]) {
      const sides = { transposeA: false, transposeB: false, gathered: false, sums: false };
      const { shader } = device.products.source({ batch: 1, m, k, n, ...sides });
      expect((await shader).match(/^\/\/ matmul-([\w-]+)\.wgsl/)?.[1]).toBe(kernel);
    }
    device.dispose();
  });
});
