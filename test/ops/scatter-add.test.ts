import { describe, expect, test } from "vitest";
import { scatterAdd as kernel } from "../../src/backends/webgpu/layout.js";
import { runTensors } from "../../src/checks/run.js";
import { compile } from "../../src/compile/compile.js";
import type { Values } from "../../src/core/dtype.js";
import { constant, type Tensor, variable } from "../../src/graph/tensor.js";
import { collect } from "../../src/ops/batch.js";
import { scatterAdd } from "../../src/ops/indexing.js";
import { BACKENDS, useDevices } from "../devices/backends.js";
import { indices, normal } from "../parity/data.js";

/* The gradient of embeddings: sums of rows by their numbers. */

const device = useDevices();

/** Rows, size of a row, rows of the table: a tile of rows and one more; tables of many blocks; rows of several chunks. */
const sizes: [number, number, number][] = [
  [1, 1, 1],
  [1023, 2, 7],
  [1025, 3, 300],
  [2049, 1, 70_000],
  [70, 130, 1025],
  [5, 1025, 3],
  [12, 64, 100_000],
];

describe.each(BACKENDS)("sums of rows on %s", (backend) => {
  test.each(sizes)("%i rows of %i to %i, in order", async (n, size, count) => {
    const [given, numbers] = [normal(n, size), indices(count, n)];
    const [x, rows] = [variable("x", [n, size]), variable("rows", [n], "u32")];
    const inputs = new Map<Tensor, Values>([
      [x, given.values],
      [rows, numbers.values],
    ]);
    const [actual] = await runTensors(device(backend), [scatterAdd(x, rows, { count })], inputs);
    const expected = new Float32Array(count * size);
    numbers.values.forEach((row, i) => {
      for (let c = 0; c < size; c++) expected[row * size + c] += given.values[i * size + c];
    });
    // The CPU adds up in float64.
    const limit = backend === "cpu" ? 2e-6 : 0;
    const worst = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - actual[i])), 0);
    expect(worst).toBeLessThanOrEqual(limit * Math.max(...expected.slice(0, 1000).map(Math.abs), 1));
  });
});

test("of 768 ids in a vocabulary of 100,000, fewer row numbers are read than the table has elements", () => {
  const [n, size, count] = [768, 128, 100_000];
  const y = scatterAdd(constant(new Float32Array(n * size), [n, size]), variable("rows", [n], "u32"), { count });
  const [launch] = compile("test", [collect(variable("all", y.shape), y)]).launches;
  const { entry, constants } = kernel(launch, () => expect.fail("is no product"));
  const workgroups = (entry as { work: number }).work;
  expect(workgroups * n).toBeLessThan(count * size);
  expect(constants!.BLOCK * constants!.COLUMNS * workgroups).toBeLessThan(1.01 * count * size);
});
