import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Backend } from "../../src/backends/backend.js";
import { openOn } from "../../src/backends/open.js";
import type { BackendOptions } from "../../src/backends/options.js";
import type { WebgpuBackend } from "../../src/backends/webgpu/backend.js";
import type { MatmulKernel, MatmulProblem } from "../../src/backends/webgpu/matmul-kernels.js";
import { openDevice } from "../../src/node.js";
import { MATRIX_SIZES, nullPlatform } from "../devices/platform.js";
import { runOp } from "../parity/run.js";
import { expectEpiloguesAlike, productCases, variants } from "./matmul-cases.js";

/* Kernels of products by options, on an adapter that has everything and computes nothing: every one has to compile. */

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
    [{ precision: "f64" }, /precision can't be "f64"; use one of f32, f16/],
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

/** A product of [m, k] and [k, n], and nothing special about it. */
const problem = ([m, k, n]: readonly [number, number, number]): MatmulProblem => ({
  ...{ batch: 1, m, k, n },
  ...{ aByRow: false, bByColumn: true, sums: false },
});

/** The name of a kernel's file after "matmul", and its operands' type in workgroup memory, if any. */
function described({ parts }: MatmulKernel): [kernel: string | undefined, operands: string | undefined] {
  const text = parts.map((part) => part.text).join("\n");
  return [text.match(/^\/\/ --- shaders\/matmul-?([\w-]*)\.wgsl/m)?.[1], text.match(/^alias Operand = (\w+)/m)?.[1]];
}

describe("the kernel of a product is chosen", () => {
  const large = [2048, 2048, 2048] as const;
  const few = [64, 784, 128] as const; // results, a long way to each
  const tiny = [64, 4, 64] as const; // inner dimension

  test.each([
    ["by its sizes in half precision too", { precision: "f16" }, large, "tiled", "f16"],
    ["by its sizes in half precision too", { precision: "f16" }, few, "split", undefined],
    ["by its sizes in half precision too", { precision: "f16" }, tiny, "tiled", "f16"],
    ["for subgroup matrices where results are many", { experimental }, large, "subgroup-matrices", "f32"],
    ["for subgroup matrices where results are many", { experimental }, tiny, "subgroup-matrices", "f32"],
    ["for subgroup matrices where results are many", half, [784, 64, 128], "subgroup-matrices", "f16"],
    ["without them where results are few", half, few, "split", undefined],
    ["by the subgroups' feature only on request", {}, few, "split", undefined],
  ] as const)("%s: %j, %j", async (_, options, sizes, kernel, operands) => {
    const device = (await open(options)) as WebgpuBackend;
    expect(described(device.chooseMatmul(problem(sizes)))).toEqual([kernel, operands]);
    device.dispose();
  });

  test.each([
    ["quads", []],
    ["direct", ["subgroups"]],
  ])("on a software adapter for few reads: %s without %j", async (kernel, missing) => {
    const device = (await open({}, missing, [], true)) as WebgpuBackend;
    expect(described(device.chooseMatmul(problem([4, 2, 8])))[0]).toBe(""); // matmul.wgsl
    for (const sizes of [large, few, tiny, [4, 5, 8] as const])
      expect(described(device.chooseMatmul(problem(sizes)))[0]).toBe(kernel);
    device.dispose();
  });
});
