import { beforeAll, describe, expect, test } from "vitest";
import type { Backend } from "../../src/backends/backend.js";
import { compileEngine, type Exports, instantiate } from "../../src/backends/wasm/engine.js";
import { runTensors } from "../../src/checks/run.js";
import type { StepFields } from "../../src/compile/steps.js";
import { takeBatch } from "../../src/ops/batch.js";
import { transpose } from "../../src/ops/layout.js";
import { matmul } from "../../src/ops/matmul.js";
import { type Data, draw, literal, words } from "../parity/data.js";
import { symbols, type Trace, useGuardedDevices, valuesOf } from "../parity/run.js";
import { expectClose } from "../tolerance.js";
import { useVariants, variantNames } from "./wasm-devices.js";

/*
 * Products of data leave out terms that are zeros in all six rows of a tile (assembly/zeros.ts): which ones is seen on the
 * lists themselves, since results have the same bits with and without.
 */

/** The engine's lists of terms: of six rows, whose addresses lie at `rows`, and of six columns of rows. */
interface Lists extends Exports {
  listAlong(rows: number, start: number, depth: number, to: number): number;
  listAcross(rows: number, offset: number, depth: number, to: number): number;
}

const TERM_WORDS = 2;
/** Bytes from one term to the next in a panel of the right side, of eight columns. */
const PITCH = 32;

describe("terms that are listed", () => {
  const memory = new WebAssembly.Memory({ initial: 4, maximum: 65536 });
  let lists: Lists;
  let heap: number;
  beforeAll(async () => {
    const { module } = await compileEngine(false);
    lists = (await instantiate(module, memory, () => {})) as Lists;
    heap = Math.ceil(lists.heapStart() / 64) * 64;
  });

  /** Lays rows into memory, one after the other behind a table of their addresses. @returns what the call lists, undefined where it lists nothing */
  function listed(matrix: number[][], list: (table: number, to: number) => number) {
    const width = matrix[0].length;
    const first = heap + 4 * matrix.length;
    const to = first + 4 * matrix.length * width + 64;
    new Uint32Array(memory.buffer, heap, matrix.length).set(matrix.map((_, i) => first + 4 * i * width));
    new Float32Array(memory.buffer, first, matrix.length * width).set(matrix.flat());
    new Uint8Array(memory.buffer, first + 4 * matrix.length * width, 64).fill(0x55); // numbers that aren't 0
    const end = list(heap, to);
    if (!end) return undefined;
    const found = new Uint32Array(memory.buffer, to, (end - to) / 4);
    return Array.from({ length: found.length / TERM_WORDS }, (_, i) => ({
      term: found[2 * i],
      place: found[2 * i + 1],
    }));
  }

  const sparse = (rows: number, columns: number, share: number): number[][] => {
    const { values } = draw([rows * columns], (random) =>
      Float32Array.from({ length: rows * columns }, () =>
        random.nextUniform() < share ? random.nextUniform() - 2 : 0,
      ),
    );
    return Array.from({ length: rows }, (_, i) => [...values.slice(i * columns, (i + 1) * columns)]);
  };

  test.each([
    [1, 0, 0.1],
    [3, 0, 0.1],
    [4, 0, 0.1],
    [5, 2, 0.1],
    [64, 0, 0.1],
    [65, 7, 0.3],
    [131, 100, 0.05],
    [40, 3, 0],
  ])("of %i from number %i on, %f of them kept, are those that aren't 0 in a row", (depth, start, share) => {
    const rows = sparse(6, start + depth, share);
    if (depth >= 4) rows[0][start] = 0; // a look at the first row finds a zero
    const kept = Array.from({ length: depth }, (_, i) => i).filter((i) => rows.some((row) => row[start + i] !== 0));
    const expected = kept.map((i) => ({ term: 4 * (start + i), place: PITCH * i }));
    const found = listed(rows, (table, to) => lists.listAlong(table, start, depth, to));
    expect(found).toEqual(depth >= 4 ? expected : undefined);
  });

  test("are none of -0 and every one of NaN, infinity and the smallest numbers", () => {
    const rows = Array.from({ length: 6 }, () => new Array(8).fill(-0));
    [rows[1][1], rows[2][3], rows[5][4], rows[0][6]] = [Number.NaN, -Infinity, 1e-45, -1e-45];
    const along = listed(rows, (table, to) => lists.listAlong(table, 0, 8, to));
    expect(along?.map(({ term }) => term / 4)).toEqual([1, 3, 4, 6]);
    const across = listed(rows, (table, to) => lists.listAcross(table, 0, 6, to));
    expect(across?.map(({ place }) => place / PITCH)).toEqual([1, 2, 5]);
  });

  test("aren't looked for where the first row has no zeros", () => {
    const rows = [new Array(64).fill(1), ...Array.from({ length: 5 }, () => new Array(64).fill(0))];
    expect(listed(rows, (table, to) => lists.listAlong(table, 0, 64, to))).toBeUndefined();
  });

  test.each([
    [1, 6, 0],
    [17, 6, 0],
    [64, 20, 9],
  ])("of %i rows of %i are those in which one of six columns from number %i on isn't 0", (depth, width, first) => {
    const rows = sparse(depth, width, 0.1);
    const kept = rows.flatMap((row, i) => (row.slice(first, first + 6).some(Boolean) ? [i] : []));
    const found = listed(rows, (table, to) => lists.listAcross(table, 4 * first, depth, to))!;
    expect(found.map(({ place }) => place / PITCH)).toEqual(kept);
    expect(found.map(({ term }) => (term - heap - 4 * depth) / (4 * width))).toEqual(kept);
  });
});

/** The result of a graph whose products read the batch where it lies in the data, as in training. */
async function fused(device: Backend, trace: Trace, inputs: readonly Data[], step?: StepFields) {
  const variables = symbols(inputs);
  const options = { fused: true, ...(step && { steps: [step] }) };
  return (await runTensors(device, [trace(...variables)], valuesOf(variables, inputs), options))[0];
}

/** Rows of data, of whose numbers some are zeros, most at both ends of a row. */
const data = (rows: number, width: number): Data =>
  draw([rows, width], (random) =>
    Float32Array.from({ length: rows * width }, (_, i) => {
      const isEdge = Math.abs((i % width) / width - 0.5) > 0.3;
      return random.nextUniform() < (isEdge ? 0.02 : 0.5) ? random.nextUniform() - 0.3 : 0;
    }),
  );

const SHAPES: [rows: number, width: number, units: number][] = [
  [64, 784, 24],
  [50, 330, 17],
  [7, 64, 9],
  [101, 65, 40],
];

const device = useVariants();

describe.each(variantNames)("products of data with zeros, %s,", (name) => {
  /** All numbers as JavaScript's: each term is multiplied and added in the order of k, in two roundings. */
  const sums = (
    m: number,
    n: number,
    k: number,
    a: (i: number, k: number) => number,
    b: (k: number, j: number) => number,
  ) =>
    Float32Array.from({ length: m * n }, (_, at) => {
      let sum = 0;
      for (let t = 0; t < k; t++) sum = Math.fround(sum + Math.fround(a(Math.floor(at / n), t) * b(t, at % n)));
      return sum;
    });
  const isPlain = name === "without fused multiply-add";

  test.each(SHAPES)(
    "%i rows of %i by %i: to the bit what the same product gives of rows that aren't data",
    async (rows, width, units) => {
      const [x, w, dy] = [data(rows, width), data(width, units), data(rows, units)];
      const order = words(...Array.from({ length: rows }, (_, i) => (i * 3) % rows));
      const taken = (i: number, k: number) => x.values[order.values[i] * width + k];
      const step = { first: 0, rows };
      const batch: Trace = (x, order) => takeBatch(x, order, { batch: rows });
      const forward = await fused(device(name), (x, order, w) => matmul(batch(x, order), w), [x, order, w], step);
      const backward = await fused(
        device(name),
        (x, order, dy) => matmul(transpose(batch(x, order)), dy),
        [x, order, dy],
        step,
      );
      const gathered = {
        shape: [rows, width],
        values: Float32Array.from({ length: rows * width }, (_, at) => taken(Math.floor(at / width), at % width)),
      };
      const plain = await fused(device(name), (x, w) => matmul(x, w), [gathered, w]);
      const across = await fused(device(name), (x, dy) => matmul(transpose(x), dy), [gathered, dy]);
      expect(forward).toEqual(plain);
      expect(backward).toEqual(across);
      if (!isPlain) return;
      expect(forward).toEqual(sums(rows, units, width, taken, (k, j) => w.values[k * units + j]));
      expect(backward).toEqual(
        sums(
          width,
          units,
          rows,
          (i, k) => taken(k, i),
          (k, j) => dy.values[k * units + j],
        ),
      );
    },
  );
});

describe("of infinite and missing numbers", () => {
  const devices = useGuardedDevices();
  const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;

  test.each([nan, infinity, -infinity])("0 times %f is NaN, on every backend", async (bad) => {
    for (const [width, units, at] of [
      [64, 16, 0],
      [70, 20, 69 * 20 + 19],
      [330, 17, 100],
    ] as const) {
      // biome-ignore format: short
      const x = literal(new Array(8 * width).fill(0), 8, width);
      const w = literal(new Array(width * units).fill(1), width, units);
      w.values[at] = bad;
      const order = words(0, 1, 2, 3, 4, 5, 6, 7);
      for (const device of devices.all) {
        const trace: Trace = (x, order, w) => matmul(takeBatch(x, order, { batch: 8 }), w);
        const y = await fused(device, trace, [x, order, w], { first: 0, rows: 8 });
        expect([...y].map(Number.isNaN), device.backend).toEqual(
          Array.from({ length: 8 * units }, (_, i) => i % units === at % units),
        );
      }
    }
  });

  test("a short batch is as on the CPU", async () => {
    const inputs = [data(20, 100), words(...Array(20).keys()), data(100, 24)];
    const trace: Trace = (x, order, w) => matmul(takeBatch(x, order, { batch: 16 }), w);
    const [expected, ...others] = await Promise.all(
      devices.all.map((device) => fused(device, trace, inputs, { first: 16, rows: 4 })),
    );
    for (const y of others) expectClose(y, expected, { terms: 100 });
  });
});
