import { describe, expect, test } from "vitest";
import { Dependencies } from "../../src/compile/dependencies.js";
import type { Group } from "../../src/compile/groups.js";
import { hasHazard, hazardBetween } from "../../src/compile/hazards.js";
import { launchOrder } from "../../src/compile/order.js";
import { type Tensor, variable } from "../../src/graph/tensor.js";
import { record } from "../../src/ops/batch.js";
import { add, mul, neg } from "../../src/ops/elementwise.js";
import { reshape } from "../../src/ops/layout.js";
import { matmul } from "../../src/ops/matmul.js";
import { sgdUpdate } from "../../src/ops/update.js";

const PLAIN = { first: 0, momentum: false, nesterov: false };
const matrix = (name: string) => variable(name, [4, 4]);

/** Dependencies of the graph of `outputs`, with groups of some of its tensors. */
function grouped(outputs: readonly Tensor[], ...members: readonly (readonly Tensor[])[]) {
  const dependencies = new Dependencies(launchOrder(outputs));
  const groups = members.map(([root, ...chain]): Group => {
    const group: Group = { root, chain: [...chain] };
    for (const member of [root, ...chain]) dependencies.assign(member, group);
    return group;
  });
  return { dependencies, groups };
}

test("readers are found through views, each once", () => {
  const x = neg(matrix("x"));
  const y = add(reshape(x, [16]), reshape(x, [16]));
  const z = neg(x);
  expect(new Dependencies(launchOrder([y, z])).readersOf(reshape(x, [2, 8]))).toEqual([y, z]);
});

describe("a launch must come", () => {
  const [p, g] = [matrix("p"), matrix("g")];

  test("after its inputs, and after the readers of what it overwrites", () => {
    const old = neg(p);
    const slope = mul(g, 2);
    const update = sgdUpdate(p, slope, PLAIN);
    const { dependencies } = grouped([update, old]);
    expect(dependencies.needsOf(update)).toEqual([slope, old]);
  });

  test("but not after others that write to the same variable", () => {
    const results = variable("results", [1, 2, 2]);
    const [first, second] = [record(results, variable("a", []), 0), record(results, variable("b", []), 1)];
    const { dependencies } = grouped([first, second]);
    expect(dependencies.needsOf(second)).toEqual([]);
  });
});

describe("what needs a group, however indirectly,", () => {
  const x = matrix("x");
  const a = matmul(x, x);
  const b = neg(a);
  const c = matmul(b, x);
  const d = matmul(x, c);
  const apart = matmul(x, reshape(x, [4, 4]));

  test("is told from what doesn't", () => {
    const { dependencies, groups } = grouped([d, apart], [a, b], [c], [d], [apart]);
    expect(dependencies.reaches(groups[0], [d])).toBe(true);
    expect(dependencies.reaches(groups[1], [b])).toBe(false);
    expect(dependencies.reaches(groups[0], [apart])).toBe(false);
  });

  test("may stand before it: an early tensor whose launch makes a late one, too", () => {
    const early = matmul(x, x);
    const product = matmul(x, neg(x));
    const late = mul(product, 2);
    const { dependencies, groups } = grouped([early, late], [early, late], [product]);
    expect(dependencies.placeOf(early)).toBeLessThan(dependencies.placeOf(product));
    expect(dependencies.reaches(groups[1], [early])).toBe(true);
  });
});

describe("in-place ops in a launch", () => {
  const [p, g] = [matrix("p"), matrix("g")];
  const update = (slope: Tensor) => sgdUpdate(p, slope, PLAIN);

  test("may read their own element of what they change before the change", () => {
    const penalty = mul(p, 0.1);
    const slope = add(g, penalty);
    expect(hasHazard({ root: penalty, chain: [slope, update(slope)] })).toBe(true); // the root reads it from memory
    expect(hasHazard({ root: slope, chain: [update(slope)] })).toBe(false);
    const product = matmul(g, g);
    const sum = add(product, mul(p, 0.1));
    expect(hasHazard({ root: product, chain: [sum.inputs[1], sum, update(sum)] })).toBe(false);
  });

  test("may not change what the root reads, or what was changed already", () => {
    const product = matmul(p, g);
    expect(hasHazard({ root: product, chain: [update(product)] })).toBe(true);
    const apart = matmul(g, g);
    expect(hasHazard({ root: apart, chain: [update(apart), update(apart)] })).toBe(true);
  });

  test("may not change what the other part of the launch touches", () => {
    const [first, second] = [matmul(g, g), matmul(g, p)];
    const changes = { root: first, chain: [update(first)] };
    expect(hazardBetween(changes, { root: second, chain: [] })).toBe(true);
    expect(hazardBetween(changes, { root: first, chain: [] })).toBe(false);
  });
});
