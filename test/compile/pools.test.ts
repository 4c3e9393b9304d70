import fc from "fast-check";
import { expect, test } from "vitest";
import { runTensors } from "../../src/checks/run.js";
import { compile } from "../../src/compile/compile.js";
import { costOf } from "../../src/compile/cost.js";
import { ALL_PASSES, type Passes } from "../../src/compile/fuse.js";
import { poolsFirst } from "../../src/compile/pools.js";
import { workOf } from "../../src/compile/work.js";
import { inScope, type Tensor, variable } from "../../src/graph/tensor.js";
import { relu, tanh } from "../../src/ops/activations.js";
import { collect } from "../../src/ops/batch.js";
import { conv2d } from "../../src/ops/convolution.js";
import { add, mul } from "../../src/ops/elementwise.js";
import { maxPool } from "../../src/ops/pool.js";
import type { Pair } from "../../src/ops/unfold.js";
import { useVariants } from "../backends/wasm-devices.js";
import { windowOn } from "../parity/cases-images.js";
import { normal } from "../parity/data.js";
import { symbols, valuesOf } from "../parity/run.js";
import { expectEqual } from "../tolerance.js";
import { withFusion } from "./networks.js";

/* Products that keep the largest results of windows: the bits of a product, its functions and a pool one by one. */

const variant = useVariants();
const POOLED: Passes = { ...ALL_PASSES, pools: poolsFirst };

const opsOf = (output: Tensor, passes = POOLED) =>
  compile("test", [collect(variable("rows", output.shape), output)], {
    fused: passes,
  }).launches;

const pair = (least: number, most: number): fc.Arbitrary<Pair> =>
  fc.tuple(fc.integer({ min: least, max: most }), fc.integer({ min: least, max: most }));

const networks = fc.record({
  images: fc.integer({ min: 1, max: 3 }),
  size: pair(1, 13),
  channels: fc.integer({ min: 1, max: 5 }),
  filters: fc.integer({ min: 1, max: 17 }),
  kernel: pair(1, 3),
  stride: pair(1, 2),
  before: pair(0, 1),
  dilation: pair(1, 2),
  pool: pair(1, 4),
  apart: pair(0, 2),
  functions: fc.constantFrom("none", "bias", "relu", "both", "tanh", "scale"),
  special: fc.option(fc.tuple(fc.nat(), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -0)), { freq: 4 }),
});

test.each(["on one thread", "on three threads that share all"] as const)(
  "a random convolution and its pool are the same to the bit in one launch and in two, %s",
  { timeout: 60_000 },
  async (name) => {
    let pooled = 0;
    await fc.assert(
      fc.asyncProperty(networks, async (network) => {
        const { images, size, channels, filters, kernel, stride, before, dilation, pool, apart, special } = network;
        const window = windowOn(size, { kernel, stride, before, dilation });
        const poolStride = [0, 1].map((side) => pool[side] + apart[side]) as unknown as Pair;
        const pooling = windowOn(window.output, { kernel: pool, stride: poolStride });
        fc.pre([...window.output, ...pooling.output].every((count) => count > 0));
        const inputs = [normal(images, ...size, channels), normal(...kernel, channels, filters), normal(filters)];
        const data = inputs[0].values as Float32Array;
        if (special) data[special[0] % data.length] = special[1];
        const variables = symbols(inputs);
        const [x, weight, bias] = variables;
        const z = conv2d(x, weight, window);
        const y = {
          none: () => z,
          bias: () => add(z, bias),
          relu: () => relu(z),
          both: () => relu(add(bias, z)),
          tanh: () => tanh(add(z, bias)),
          scale: () => mul(z, bias),
        }[network.functions]();
        const output = maxPool(y, pooling);
        const rises = !["tanh", "scale"].includes(network.functions);
        expect(opsOf(output).filter(({ op }) => op === "maxPool")).toHaveLength(rises ? 0 : 1);
        pooled += Number(rises);
        const device = variant(name);
        const run = (passes: Passes) =>
          runTensors(withFusion(device, passes), [output], valuesOf(variables, inputs), { fused: true });
        const [[one], [two]] = [await run(POOLED), await run(ALL_PASSES)];
        expectEqual(one, two, JSON.stringify(network));
      }),
      { numRuns: 120, seed: 14 },
    );
    expect(pooled).toBeGreaterThan(50);
  },
);

const images = normal(2, 6, 6, 4);
const halves = windowOn([6, 6], { kernel: [2, 2], stride: [2, 2] });
const same = windowOn([6, 6], { before: [1, 1] });

test("names say which layers a launch is of, and the order in which functions follow", () => {
  const [x, weight, bias] = symbols([images, normal(3, 3, 4, 4), normal(4)]);
  const y = inScope("conv2d", () => relu(add(conv2d(x, weight, same), bias)));
  const pool = inScope("maxPool2d", () => maxPool(y, halves));
  expect(opsOf(pool).map(({ label }) => label)).toEqual(["conv2d + maxPool2d/matmul + add + relu", "collect"]);
});

test("what else is read, padded, overlapping, in groups or added place by place stays a pool of its own", () => {
  const padded = windowOn([6, 6], { kernel: [2, 2], stride: [2, 2], before: [1, 1] });
  const overlapping = windowOn([6, 6], { kernel: [3, 3], stride: [2, 2] });
  const traces: Record<string, (x: Tensor, weight: Tensor) => Tensor> = {
    padded: (x, weight) => maxPool(conv2d(x, weight, same), padded),
    overlapping: (x, weight) => maxPool(conv2d(x, weight, same), overlapping),
    residual: (x, weight) => maxPool(relu(add(conv2d(x, weight, same), x)), halves),
    "read twice": (x, weight) => {
      const y = relu(conv2d(x, weight, same));
      return add(maxPool(y, halves), maxPool(y, windowOn([6, 6], { kernel: [1, 1], stride: [2, 2] })));
    },
  };
  for (const [name, trace] of Object.entries(traces)) {
    const [x, weight] = symbols([images, normal(3, 3, 4, 4)]);
    expect(
      opsOf(trace(x, weight)).map(({ op }) => op),
      name,
    ).toContain("maxPool");
  }
  const [x, weight] = symbols([images, normal(3, 3, 2, 4)]);
  const grouped = maxPool(conv2d(x, weight, same, 2), halves);
  expect(opsOf(grouped).map(({ op }) => op)).toContain("maxPool");
});

test("every row that is computed counts as work, and none beside the windows does", () => {
  const window = windowOn([6, 6], {}); // leaves [4, 4]; a pool of 3 sees [3, 3] of it
  const [x, weight] = symbols([images, normal(3, 3, 4, 8)]);
  const output = maxPool(conv2d(x, weight, window), windowOn([4, 4], { kernel: [3, 3], stride: [3, 3] }));
  const [product] = opsOf(output);
  const terms = 2 * 9 * (9 * 4) * 8;
  expect(costOf(product).operations).toBe(2 * terms);
  expect(workOf({ label: "", buffers: [], launches: [product] })).toBe(1 + terms);
});
