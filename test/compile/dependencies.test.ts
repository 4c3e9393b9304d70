import { describe, expect, test } from "vitest";
import { Dependencies } from "../../src/compile/dependencies.js";
import { hasHazard, hazardBetween } from "../../src/compile/hazards.js";
import { launchOrder } from "../../src/compile/order.js";
import { type Tensor, variable } from "../../src/graph/tensor.js";
import { record } from "../../src/ops/batch.js";
import { add, mul, neg } from "../../src/ops/elementwise.js";
import { reshape } from "../../src/ops/layout.js";
import { matmul } from "../../src/ops/matmul.js";
import { subtract } from "../../src/optimizers/subtract.js";

const matrix = (name: string) => variable(name, [4, 4]);

/** Dependencies of the graph of `outputs`, with launches of some of its tensors: what they need must come first. */
function grouped(outputs: readonly Tensor[], ...members: readonly (readonly Tensor[])[]) {
  const dependencies = new Dependencies(launchOrder(outputs));
  const groups = members.map(([root, ...chain]) => {
    const group = dependencies.begin(root);
    dependencies.join(group, chain);
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
    const update = subtract(p, slope, 0);
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

describe("a chain can join a launch", () => {
  const x = matrix("x");

  test("unless it needs, however indirectly, what needs that launch", () => {
    const a = matmul(x, x);
    const c = matmul(neg(a), x);
    const sum = add(a, c);
    const { dependencies, groups } = grouped([sum], [a, c.inputs[0]], [c]);
    expect(dependencies.canJoin(groups[0], [sum])).toBe(false);
    expect(dependencies.canJoin(groups[1], [sum])).toBe(true);
  });

  test("which then comes after all that the chain needs, and so do those that need it", () => {
    const early = matmul(x, x);
    const product = matmul(x, neg(x));
    const between = matmul(early, x);
    const late = add(early, product);
    const { dependencies, groups } = grouped([between, late], [early], [product.inputs[1]], [between], [product]);
    dependencies.join(groups[0], [late]);
    expect(dependencies.schedule(groups)).toEqual([groups[1], groups[3], groups[0], groups[2]]);
    // `product` has nothing to do with `early` but that it is launched before it, as `late` needs it.
    const user = neg(late);
    expect(dependencies.canJoin(groups[3], [user])).toBe(false);
  });

  test("and not by way of another chain that joined an early launch", () => {
    const early = matmul(x, x);
    const product = matmul(x, neg(x));
    const late = add(early, product);
    const user = add(product, matmul(x, early));
    const { dependencies, groups } = grouped([late, user], [early], [product.inputs[1]], [product], [user.inputs[1]]);
    expect(dependencies.canJoin(groups[2], [user])).toBe(true);
    dependencies.join(groups[0], [late]); // now `early`'s launch needs `product`, and `user` needs `early`
    expect(dependencies.canJoin(groups[2], [user])).toBe(false);
  });
});

describe("two launches are independent", () => {
  const x = matrix("x");
  const a = matmul(x, x);
  const b = neg(a);
  const c = matmul(b, x);
  const apart = matmul(x, reshape(x, [4, 4]));

  test("where neither needs the other, whichever came first", () => {
    const { dependencies, groups } = grouped([c, apart], [a], [b], [c], [apart]);
    expect(dependencies.areIndependent(groups[0], groups[1])).toBe(false);
    expect(dependencies.areIndependent(groups[2], groups[0])).toBe(false);
    expect(dependencies.areIndependent(groups[0], groups[3])).toBe(true);
    expect(dependencies.areIndependent(groups[3], groups[2])).toBe(true);
  });

  test("and may be paired: then both are needed by those that need one", () => {
    const { dependencies, groups } = grouped([c, apart], [a], [b], [c], [apart]);
    dependencies.pair(groups[3], groups[0]);
    expect(dependencies.schedule([groups[3], groups[1], groups[2]])).toEqual([groups[3], groups[1], groups[2]]);
    expect(dependencies.canJoin(groups[3], [neg(c)])).toBe(false);
  });
});

describe("in-place ops in a launch", () => {
  const [p, g] = [matrix("p"), matrix("g")];
  const update = (slope: Tensor) => subtract(p, slope, 0);

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
    expect(hazardBetween({ root: second, chain: [] }, changes)).toBe(true);
    expect(hazardBetween(changes, { root: first, chain: [] })).toBe(false);
  });
});
