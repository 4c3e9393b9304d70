// @module-tag slow
import { describe, expect, test } from "vitest";
import type { Backend } from "../../src/backends/backend.js";
import { type MatmulProblem, matmulKernelFor, matmulKernels } from "../../src/backends/webgpu/matmul-kernels.js";
import { openDevice } from "../../src/node.js";
import { useDevices } from "../devices/backends.js";
import { expectParity, runOp } from "../parity/run.js";
import { expectEpiloguesAlike, expectTrainsAlike, productCases } from "./matmul-cases.js";

/** Those that run everywhere; for the others see matmul-variants.test.ts. */
const KERNELS = ["direct", ...(Object.keys(matmulKernels) as (keyof typeof matmulKernels)[])] as const;

describe.each(KERNELS)("products by the kernel %s", (products) => {
  const device = useDevices({ guards: true, products });

  test.each(productCases)("%s", async (_, { trace, inputs }) => {
    const devices = { cpu: device("cpu"), all: [device("cpu"), device("webgpu")] };
    // Gradients are products like these, and part of the network below.
    await expectParity(devices, trace, inputs, { gradient: false });
  });

  test("what follows a product", () => expectEpiloguesAlike(device("cpu"), device("webgpu")));

  test("a network trains as on the CPU", () => expectTrainsAlike(device("cpu"), device("webgpu")));
});

test("the naive kernel gives the bits of the tiled one, for which it stands where the inner dimension is tiny", async () => {
  const [naive, tiled] = [
    await openDevice({ backend: "webgpu", products: "naive" }),
    await openDevice({ backend: "webgpu", products: "tiled" }),
  ];
  for (const [name, { trace, inputs }] of productCases) {
    const run = (device: Backend) => runOp(device, (...x) => [trace(...x)], inputs);
    expect(await run(naive), name).toEqual(await run(tiled));
  }
  naive.dispose();
  tiled.dispose();
});

describe("the kernel of a product is chosen by its sizes", () => {
  const product = (m: number, k: number, n: number, batch = 1): MatmulProblem => ({
    batch,
    m,
    k,
    n,
    aByRow: false,
    bByColumn: true,
    sums: false,
  });

  test.each([
    ["a large square", product(2048, 2048, 2048), "tiledLarge"],
    ["many matrices", product(64, 64, 64, 256), "tiledLarge"],
    ["few results, a long way to each", product(64, 784, 128), "split"],
    ["few results, few terms", product(64, 10, 64), "tiled"],
    ["a weight's gradient", product(784, 64, 128), "tiled"],
    ["a vector", product(1, 4096, 4096), "split"],
    ["few terms to each result", product(64, 4, 64), "naive"],
    ["one term to each of many", product(2048, 1, 2048), "naive"],
    ["a few more", product(64, 5, 64), "tiled"],
  ] as const)("on a GPU: %s", (_, sizes, kernel) => {
    expect(matmulKernelFor(sizes)).toBe(kernel);
  });

  test("an unknown one is refused", async () => {
    const products = "fast" as never;
    await expect(openDevice({ backend: "webgpu", products })).rejects.toThrow(
      /products can't be "fast".*tuned, naive, direct/,
    );
  });
});
