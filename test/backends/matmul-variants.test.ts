// @module-tag slow
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Backend } from "../../src/backends/backend.js";
import { openOn } from "../../src/backends/open.js";
import type { BackendOptions } from "../../src/backends/options.js";
import { Dataset } from "../../src/data/index.js";
import { dense, meanSquaredError, sequential, sgd, Trainer } from "../../src/index.js";
import { openDevice } from "../../src/node.js";
import { withMatrices } from "../devices/emulated-matrices.js";
import { toHalf } from "../half.js";
import type { Data } from "../parity/data.js";
import { expectParity } from "../parity/run.js";
import { expectEqual } from "../tolerance.js";
import { expectEpiloguesAlike, expectTrainsAlike, productCases, variants } from "./matmul-cases.js";

/*
 * Products by what only some adapters have, held against the CPU on those that have it; the test's name says which they are.
 * That all of them compile is seen in special-matmul.test.ts, wherever it runs.
 */

/** Whether the adapter at hand can run it. @throws what else is wrong */
async function runsHere(options: BackendOptions): Promise<boolean> {
  try {
    (await openDevice({ ...options, backend: "webgpu" })).dispose();
    return true;
  } catch (error) {
    const { name, message } = error as Error;
    if (name === "DeviceError" && message.includes(" has no ")) return false;
    throw error;
  }
}

const names = Object.keys(variants);
const here: string[] = [];
for (const name of names) if (await runsHere(variants[name])) here.push(name);

test(`${here.length} of ${names.length} variants of products run here: ${here.join(", ")}`, async () => {
  const device = await openDevice({ backend: "webgpu" });
  const { features } = device.adapter!;
  device.dispose();
  for (const name of ["quads", "splitSubgroups"]) expect(here.includes(name)).toBe(features.includes("subgroups"));
  expect(here.includes("tiled in f16")).toBe(features.includes("shader-f16"));
  expect(here.includes("tiledLarge in f16")).toBe(features.includes("shader-f16"));
  // Subgroup matrices are listed only where they are asked for.
});

describe.each(here)("products by %s", (name) => {
  const options = variants[name];
  const half = options.precision === "f16";
  let cpu: Backend;
  let webgpu: Backend;
  beforeAll(async () => {
    cpu = await openDevice({ backend: "cpu", guards: true });
    webgpu = await openDevice({ ...options, backend: "webgpu", guards: true });
  });
  afterAll(() => {
    cpu.dispose();
    webgpu.dispose();
  });
  /** Operands as the product rounds them. */
  const seen = ({ shape, values }: Data): Data => ({
    shape,
    values: half ? Float32Array.from(values, toHalf) : values,
  });

  test.each(productCases)("%s", async (_, { trace, inputs }) => {
    await expectParity({ cpu, all: [cpu, webgpu] }, trace, inputs, { gradient: false, seen });
  });

  test("what follows a product", () => expectEpiloguesAlike(cpu, webgpu, seen));

  test("a network trains as on the CPU", async () => {
    // Three products forward and three backward; what differs in the last bit may be rounded to another half.
    const rounded = half ? (Array(6).fill("half") as "half"[]) : [];
    await expectTrainsAlike(cpu, webgpu, rounded);
  });

  test.each(half ? [70_000] : [])("an operand of %i, past what a half holds, ends a training", async (large) => {
    const data = Dataset.from({ features: [[1], [large]], labels: [[1], [2]] });
    const model = sequential({ input: [1], seed: 1 }, [dense(1)]);
    const setup = { loss: meanSquaredError(), optimizer: sgd({ learningRate: 1e-12 }) };
    using trainer = new Trainer(model, { ...setup, device: webgpu });
    await expect(trainer.fit(data, { epochs: 1 })).rejects.toThrow(/epoch 1/);
  });
});

/*
 * Subgroup matrices of sizes that aren't square, and of f32, with the matrices written out as plain WGSL: so that what the
 * kernel does with them is held against the CPU on any adapter that has subgroups.
 */
const EMULATED: [m: number, n: number, k: number][] = [[16, 8, 4], [8, 16, 8]]; // biome-ignore format: short
describe.each(here.includes("splitSubgroups") ? EMULATED : [])(
  "products by emulated subgroup matrices of %i × %i × %i",
  (m, n, k) => {
    let cpu: Backend;
    let webgpu: Backend;
    beforeAll(async () => {
      const options = { ...variants.subgroupMatrices, guards: true };
      cpu = await openDevice({ backend: "cpu", guards: true });
      webgpu = await openOn(withMatrices(m, n, k), { ...options, backend: "webgpu" });
    });
    afterAll(() => {
      cpu.dispose();
      webgpu.dispose();
    });

    const some = productCases.filter(([name]) => /^65 × 9 × 64, both|^17 × 64 × 15$|^a batch/.test(name));
    test.each(some)("%s", async (_, { trace, inputs }) => {
      await expectParity({ cpu, all: [cpu, webgpu] }, trace, inputs, { gradient: false });
    });

    test("what follows a product", () => expectEpiloguesAlike(cpu, webgpu));
  },
);

test("halves are IEEE 754's, by which those products are judged", () => {
  const numbers = [
    1,
    -0.1,
    1 / 3,
    1 + 2 ** -11,
    1 + 3 * 2 ** -11,
    65519,
    65520,
    -1e9,
    2 ** -14,
    2 ** -25,
    3 * 2 ** -26,
    0,
  ];
  const halves = [1, -0.0999755859375, 0.333251953125, 1, 1 + 2 ** -9, 65504, 1 / 0, -1 / 0, 2 ** -14, 0, 2 ** -24, 0];
  expectEqual(Float32Array.from(numbers, toHalf), halves);
});
