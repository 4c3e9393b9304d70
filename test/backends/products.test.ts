import { describe, expect, test } from "vitest";
import type { Backend } from "../../src/backends/backend.js";
import { PRODUCT_KERNELS } from "../../src/backends/backend.js";
import { openOn } from "../../src/backends/open.js";
import { dawn } from "../../src/backends/webgpu/dawn.js";
import { type Product, productKernelFor } from "../../src/backends/webgpu/products.js";
import { Dataset } from "../../src/data/index.js";
import { dense, sequential, sgd, softmaxCrossEntropy, Trainer } from "../../src/index.js";
import { transpose } from "../../src/ops/layout.js";
import { matmul } from "../../src/ops/matmul.js";
import { useDevices } from "../devices/backends.js";
import { matmulCases } from "../parity/cases-layout.js";
import { type Data, normal } from "../parity/data.js";
import { expectParity, type Trace } from "../parity/run.js";
import { expectClose } from "../tolerance.js";

interface Case {
  name: string;
  trace: Trace;
  inputs: readonly Data[];
}

const times = (m: number, k: number, n: number): Case[] => [
  { name: `${m} × ${k} × ${n}`, trace: (a, b) => matmul(a, b), inputs: [normal(m, k), normal(k, n)] },
  {
    name: `${m} × ${k} × ${n}, both transposed`,
    trace: (a, b) => matmul(transpose(a), transpose(b)),
    inputs: [normal(k, m), normal(n, k)],
  },
];

/** Transposes and leading axes; the plain shapes of the parity suite are covered by those around the edges. */
const layouts: Case[] = matmulCases.matmul.filter(
  ({ name, inputs }) => /transposed|itself/.test(name) || inputs.some(({ shape }) => shape.length > 2),
);

/** Around the 64 of the large tile, the 16 of the direct one, and the depths and slices of the inner dimension. */
const edges: Case[] = [
  ...times(63, 7, 65),
  ...times(65, 9, 64),
  ...times(17, 64, 15),
  ...times(8, 65, 9),
  ...times(1, 130, 67),
  ...times(67, 130, 1),
  ...times(4, 31, 33),
  {
    name: "a batch, one side repeated",
    trace: (a, b) => matmul(a, b),
    inputs: [normal(3, 9, 65), normal(65, 70)],
  },
];

const data = Dataset.from({
  features: Float32Array.from({ length: 45 * 37 }, (_, i) => Math.sin(i * 1.7)),
  labels: Uint32Array.from({ length: 45 }, (_, row) => (row * row) % 3),
});

/** A step with everything that is fused into products: batches by the order, sums, chains and updates. */
async function train(device: Backend) {
  const model = sequential({ input: [37], seed: 4 }, [dense(67, { activation: "tanh" }), dense(70), dense(3)]);
  using trainer = new Trainer(model, {
    device,
    loss: softmaxCrossEntropy(),
    optimizer: sgd({ learningRate: 0.05, momentum: 0.9 }),
  });
  const { stepLosses } = await trainer.fit(data, { epochs: 2, batchSize: 20, recordSteps: true });
  return { losses: stepLosses!, parameters: model.parameters() };
}

describe.each(PRODUCT_KERNELS)("products by the kernel %s", (products) => {
  const device = useDevices({ guards: true, products });

  test.each([...layouts, ...edges].map((each) => [each.name, each] as const))("%s", async (_, each) => {
    const devices = { cpu: device("cpu"), all: [device("cpu"), device("webgpu")] };
    // Gradients are products like these, and part of the network below.
    await expectParity(devices, each.trace, each.inputs, { gradient: false });
  });

  test("a network trains as on the CPU", async () => {
    const [expected, actual] = [await train(device("cpu")), await train(device("webgpu"))];
    await device("webgpu").checkGuards();
    const terms = 6 * 70; // steps, and what each adds up
    expectClose(actual.losses, expected.losses, { terms, functions: ["hyperbolic"], what: "losses" });
    for (const [name, { values }] of expected.parameters) {
      expectClose(actual.parameters.get(name)!.values, values, { terms, functions: ["hyperbolic"], what: name });
    }
  });
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
    expect(productKernelFor(sizes, false)).toBe(kernel);
    expect(productKernelFor(sizes, true)).toBe("direct");
  });

  test("an unknown one is refused", async () => {
    const products = "fast" as never;
    await expect(openOn(dawn, { backend: "webgpu", products })).rejects.toThrow(
      /products can't be "fast".*tuned, direct/,
    );
  });
});
