import { describe, expect, test } from "vitest";
import { openOn } from "../../src/backends/open.js";
import { type Product, productKernelFor, productKernels } from "../../src/backends/webgpu/products.js";
import { dawn } from "../../src/node/dawn.js";
import { useDevices } from "../devices/backends.js";
import { expectParity } from "../parity/run.js";
import { expectEpiloguesAlike, expectTrainsAlike, productCases } from "./product-cases.js";

/** Those that run everywhere; for the others see product-variants.test.ts. */
const KERNELS = ["direct", ...(Object.keys(productKernels) as (keyof typeof productKernels)[])] as const;

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

describe("the kernel of a product is chosen by its sizes", () => {
  const product = (m: number, k: number, n: number, batch = 1): Product => ({
    batch,
    m,
    k,
    n,
    transposeA: false,
    transposeB: false,
    gathered: false,
    sums: false,
  });

  test.each([
    ["a large square", product(2048, 2048, 2048), "tiledLarge"],
    ["many matrices", product(64, 64, 64, 256), "tiledLarge"],
    ["few results, a long way to each", product(64, 784, 128), "split"],
    ["few results, few terms", product(64, 10, 64), "tiled"],
    ["a weight's gradient", product(784, 64, 128), "tiled"],
    ["a vector", product(1, 4096, 4096), "split"],
  ] as const)("on a GPU: %s", (_, sizes, kernel) => {
    expect(productKernelFor(sizes)).toBe(kernel);
  });

  test("an unknown one is refused", async () => {
    const products = "fast" as never;
    await expect(openOn(dawn, { backend: "webgpu", products })).rejects.toThrow(
      /products can't be "fast".*tuned, direct/,
    );
  });
});
