import { describe, expect, test } from "vitest";
import type { Tensor } from "../../src/graph/tensor.js";
import { activations, relu, sigmoid, softplus, tanh } from "../../src/ops/activations.js";
import { countNonFinite, record } from "../../src/ops/batch.js";
import * as ops from "../../src/ops/elementwise.js";
import { reshape } from "../../src/ops/layout.js";
import { matmul } from "../../src/ops/matmul.js";
import { max, sum } from "../../src/ops/reduce.js";
import { logSoftmax, softmax } from "../../src/ops/softmax.js";
import { literal } from "../parity/data.js";
import { runOp, useGuardedDevices } from "../parity/run.js";
import { expectClose, expectEqual } from "../tolerance.js";

const devices = useGuardedDevices();
const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;

/** Runs f on every backend. */
async function onAll(f: (x: Tensor) => Tensor, values: number[]): Promise<[string, ArrayLike<number>][]> {
  const results: [string, ArrayLike<number>][] = [];
  for (const device of devices.all) {
    results.push([device.backend, (await runOp(device, (x) => [f(x)], [literal(values)]))[0]]);
  }
  return results;
}

describe.each([
  ["NaN", nan],
  ["+infinity", infinity],
  ["-infinity", -infinity],
])("%s is found", (_, bad) => {
  test.each([1, 63, 64, 65, 257])("in any position of %i elements", async (size) => {
    const positions = size < 65 ? [0, size - 1] : [0, 63, 64, size - 1];
    for (const position of positions) {
      const values = new Array(size).fill(3e38);
      values[position] = bad;
      for (const [backend, count] of await onAll((x) => countNonFinite(x), values)) {
        expectEqual(count, [1], `count on ${backend} at ${position}`);
      }
    }
  });

  test("by record, in its step's row and slot", async () => {
    for (const device of devices.all) {
      const results = literal(new Array(8).fill(5), 2, 2, 2);
      const [rows] = await runOp(
        device,
        (all, x) => [record(all, ops.add(x, 0), 1)],
        [results, literal([bad], 1)],
        [
          { first: 0, rows: 1 },
          { first: 0, rows: 1 },
        ],
      );
      expect([rows[2], rows[3], rows[6], rows[7]], device.backend).toEqual([bad, 1, bad, 1]);
      expect([rows[0], rows[1], rows[4], rows[5]], device.backend).toEqual([5, 5, 5, 5]);
    }
  });
});

test("finite numbers, the largest and subnormal ones too, are not counted", async () => {
  for (const [backend, count] of await onAll((x) => countNonFinite(x), [0, -0, 3.4028234e38, -3.4028234e38, 1e-45])) {
    expectEqual(count, [0], backend);
  }
});

/** Every op that can be applied to one tensor, on numbers around 0 with a NaN among them. */
const applied: Record<string, (x: Tensor) => Tensor> = {
  ...activations,
  ...ops,
  pow: (x) => ops.pow(x, 2),
  "pow as exponent": (x) => ops.pow(2, x),
  maximum: (x) => ops.maximum(x, 0.5),
  "maximum, second": (x) => ops.maximum(0.5, x),
  minimum: (x) => ops.minimum(x, 0.5),
  "minimum, second": (x) => ops.minimum(0.5, x),
  add: (x) => ops.add(x, 1),
  sub: (x) => ops.sub(1, x),
  mul: (x) => ops.mul(x, 2),
  div: (x) => ops.div(x, 2),
  clamp: (x) => ops.clamp(x, { low: -1, high: 1 }),
  broadcastTo: (x) => ops.broadcastTo(x, [2, 3]),
  select: (x) => ops.select(1, x, 0),
  max: (x) => max(x),
  "max of long rows": (x) => max(ops.broadcastTo(x, [200, 3])),
  sum: (x) => sum(x),
  softmax: (x) => softmax(x),
  logSoftmax: (x) => logSoftmax(x),
  matmul: (x) => matmul(reshape(x, [1, 3]), reshape(x, [3, 1])),
};
// Comparisons answer yes or no; the others take a second tensor and stand above.
const names = Object.keys(applied).filter((name) => !["greater", "equal"].includes(name));

test.each(names)("a NaN doesn't disappear in %s", async (name) => {
  for (const [backend, y] of await onAll((x) => ops.add(applied[name](x), 0), [0.5, nan, 0.25])) {
    const found = Array.from(y).filter((value) => !Number.isFinite(value));
    expect(found.length, `${backend}: ${Array.from(y)}`).toBeGreaterThan(0);
  }
});

describe("the ends of the range", () => {
  test.each([
    ["relu", relu, [-infinity, infinity, -3e38, 3e38], [0, infinity, 0, Math.fround(3e38)]],
    ["tanh", tanh, [-1e4, -100, 100, 1e4], [-1, -1, 1, 1]],
    ["sigmoid", sigmoid, [-1e4, -104, 104, 1e4], [0, 0, 1, 1]],
    ["softplus", softplus, [-1e4, -104, 104, 1e4], [0, 0, 104, 1e4]],
    ["exp", ops.exp, [89, 1e4, -104, -1e4], [infinity, infinity, 0, 0]],
    ["log", ops.log, [0, -0, -1, 1, infinity], [-infinity, -infinity, nan, 0, infinity]],
    ["sqrt", ops.sqrt, [0, -1, 4], [0, nan, 2]],
  ] as const)("of %s", async (name, f, x, expected) => {
    for (const [backend, y] of await onAll((value) => (f as (x: Tensor) => Tensor)(value), [...x])) {
      expectClose(y, expected, { what: `${name} on ${backend}` });
    }
  });

  test("of a division by zero", async () => {
    for (const [backend, y] of await onAll((x) => ops.div(x, ops.mul(x, 0)), [1, -1, 0])) {
      expectEqual(y, [infinity, infinity, nan], backend);
    }
  });
});

test.each([3, 300])("the largest of %i times -infinity is -infinity", async (length) => {
  for (const [backend, y] of await onAll((x) => max(ops.broadcastTo(x, [length])), [-infinity])) {
    expectEqual(y, [-infinity], backend);
  }
});

describe("powers", () => {
  test("of negative bases", async () => {
    for (const [backend, y] of await onAll((x) => ops.pow(-2, x), [0, 1, 2, 3, -1, -2, 0.5, 2.5])) {
      expectClose(y, [1, -2, 4, -8, -0.5, 0.25, nan, nan], { functions: ["power"], argument: 3, what: backend });
    }
  });

  test("of zero", async () => {
    for (const [backend, y] of await onAll((x) => ops.pow(0, x), [0, 1, 2, -1])) {
      expectEqual(y, [1, 0, 0, infinity], backend);
    }
  });
});
