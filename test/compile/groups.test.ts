import { describe, expect, test } from "vitest";
import { compile } from "../../src/compile/compile.js";
import { chainReads, isLiteral, lengthOf, membersOf } from "../../src/compile/groups.js";
import { hasHazard } from "../../src/compile/hazards.js";
import { constant, type Tensor, variable } from "../../src/graph/tensor.js";
import { record } from "../../src/ops/batch.js";
import { add, mul, neg } from "../../src/ops/elementwise.js";
import { reshape, transpose } from "../../src/ops/layout.js";
import { matmul } from "../../src/ops/matmul.js";
import { sum } from "../../src/ops/reduce.js";
import { update } from "../../src/ops/update.js";
import { adamRule } from "../../src/optimizers/adam.js";
import { subtract } from "../../src/optimizers/subtract.js";

const x = variable("x", [6, 4]);

describe("a launch's group", () => {
  test("has its root, its chain, and the second result with its own", () => {
    const [root, chained, sums, more] = [neg(x), neg(x), sum(x), neg(x)];
    expect(membersOf({ root, chain: [chained] })).toEqual([root, chained]);
    expect(membersOf({ root, chain: [chained], second: { root: sums, chain: [more] } })).toEqual([
      ...[root, chained, sums, more],
    ]);
  });

  test("works on as many elements as its result has; in place on those of what comes in", () => {
    expect(lengthOf(neg(x))).toBe(24);
    expect(lengthOf(sum(x))).toBe(1);
    expect(lengthOf(subtract(x, neg(x), 0))).toBe(24);
    expect(lengthOf(record(variable("results", [9, 2, 2]), variable("loss", []), 0))).toBe(1);
  });

  test("takes constants of one element as numbers", () => {
    expect([constant(2), constant(Float32Array.of(2), [1, 1])].map(isLiteral)).toEqual([true, true]);
    expect([constant(Float32Array.of(2, 3), [2]), variable("one", []), neg(x)].map(isLiteral)).toEqual([
      ...[false, false, false],
    ]);
  });

  test("reads memory once, and neither its own values nor literals", () => {
    const bias = variable("bias", [4]);
    const table = constant(Float32Array.of(1, 2, 3, 4), [4]);
    const root = matmul(x, variable("w", [4, 4]));
    const shifted = add(root, reshape(bias, [1, 4]));
    const scaled = mul(mul(shifted, table), 2);
    const last = add(reshape(scaled, [6, 4]), bias);
    const chain = [shifted, scaled.inputs[0], scaled, last];
    expect(chainReads({ root, chain })).toEqual([bias, table]);
    expect(chainReads({ root: shifted, chain: [scaled.inputs[0]] })).toEqual([table]);
    expect(chainReads({ root, chain: [] })).toEqual([]);
  });

  test("reads the memory of what it changes in place", () => {
    const [p, state] = [variable("p", [6, 4]), variable("state", [2, 6, 4])];
    const root = neg(x);
    expect(chainReads({ root, chain: [update(p, root, state, { rule: adamRule, flags: {}, first: 0 })] })).toEqual([
      p,
      state,
    ]);
  });
});

describe("a launch has a hazard", () => {
  const p = variable("p", [6, 4]);
  const update = (slope: Tensor) => subtract(p, slope, 0);
  const root = neg(x);

  test("where a member reads what another changed before it", () => {
    const changed = update(root);
    expect(hasHazard({ root, chain: [changed, mul(root, p)] })).toBe(true);
    expect(hasHazard({ root, chain: [mul(root, p), changed] })).toBe(false);
  });

  test("where a member reads other elements than its own of what is changed", () => {
    const shifted = add(root, reshape(sum(p, 0), [1, 4]));
    expect(hasHazard({ root, chain: [shifted, update(shifted)] })).toBe(false); // of a sum, which is elsewhere
    const row = variable("row", [4]);
    const broadcast = add(root, row);
    expect(hasHazard({ root, chain: [broadcast, subtract(row, sum(broadcast, 0), 0)] })).toBe(true);
  });

  test("and none where nothing is changed", () => {
    expect(hasHazard({ root, chain: [mul(root, p), add(root, p)] })).toBe(false);
  });
});

/** Launches of a fused plan, with how many results each has beside plain ones' output. */
const launched = (...outputs: Tensor[]) =>
  compile("test", outputs, { fused: true }).launches.map(({ op, results = [] }) => [op, results.length] as const);

describe("a bias's gradient comes out of the product of its weight's", () => {
  const dy = () => matmul(variable("y", [6, 4]), variable("v", [4, 5]));
  const product = (slope: Tensor, features = x) => matmul(transpose(features), slope);

  test("where both are of the same rows", () => {
    const slope = dy();
    expect(launched(product(slope), sum(slope, 0))).toEqual([
      ["matmul", 0],
      ["matmul", 2],
    ]);
  });

  test("once: other sums of the same rows, and of other axes, are launched by themselves", () => {
    const slope = dy();
    expect(launched(product(slope), sum(slope, 0), sum(slope, 0)).map(([op]) => op)).toEqual([
      ...["matmul", "matmul", "sum"],
    ]);
    const other = dy();
    expect(launched(product(other), sum(other, 1)).map(([op]) => op)).toEqual(["matmul", "matmul", "sum"]);
  });

  test("not out of a product of another form", () => {
    const slope = dy();
    expect(launched(matmul(variable("a", [4, 6]), slope), sum(slope, 0)).map(([op]) => op)).toEqual([
      ...["matmul", "matmul", "sum"],
    ]);
  });

  test("not out of one whose rows are other parts of the same memory", () => {
    const slope = dy();
    expect(launched(product(slope), sum(reshape(slope, [3, 10]), 0)).map(([op]) => op)).toEqual([
      ...["matmul", "matmul", "sum"],
    ]);
  });

  test("not where a kernel couldn't bind all that both touch: eight buffers", () => {
    const updatesReading = (more: number) => {
      const slope = dy();
      const others = Array.from({ length: more }, (_, i) => variable(`other${i}`, [4, 5]));
      const changed = others.reduce((sofar, other) => add(sofar, other), product(slope));
      const update = (name: string, gradient: Tensor) => subtract(variable(name, gradient.shape), gradient, 0);
      return launched(update("weight", changed), update("bias", sum(slope, 0)));
    };
    expect(updatesReading(4).at(-1)).toEqual(["matmul", 2]); // the operands, two parameters and four more
    expect(updatesReading(5).map(([op]) => op)).toEqual(["matmul", "matmul", "sum"]);
  });

  test("not where the product needs the sums", () => {
    const slope = dy();
    const bias = sum(slope, 0);
    const features = add(x, sum(bias));
    expect(launched(product(slope, features), bias).at(-1)).toEqual(["matmul", 0]);
  });

  test("not where the one's update changes what the other reads", () => {
    const slope = dy();
    const weight = variable("weight", [4, 5]);
    const bias = variable("bias", [5]);
    const updates = (first: Tensor, second: Tensor) => launched(subtract(weight, first, 0), subtract(bias, second, 0));
    expect(updates(product(slope), sum(slope, 0))).toEqual([
      ["matmul", 0],
      ["matmul", 2],
    ]);
    const decayed = add(sum(slope, 0), sum(weight, 0)); // of the old weight
    expect(updates(product(slope), decayed).filter(([, results]) => results === 2)).toEqual([]);
  });

  test("not where both write to the same variable: no launch binds one twice", () => {
    const slope = dy();
    const results = variable("results", [1, 25, 2]);
    const recorded = launched(record(results, product(slope), 0), record(results, sum(slope, 0), 20));
    expect(recorded.map(([op]) => op)).toEqual(["matmul", "matmul", "sum"]);
  });
});
