import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { launchOrder, needsLaunch, readersBy } from "../../src/compile/order.js";
import { ArgumentError } from "../../src/core/errors.js";
import { ancestors, constant, type Tensor, variable } from "../../src/graph/tensor.js";
import { storageOf, viewBase, writtenInputs } from "../../src/graph/views.js";
import { collect } from "../../src/ops/batch.js";
import { add, mul, neg, square } from "../../src/ops/elementwise.js";
import { reshape } from "../../src/ops/layout.js";
import { update } from "../../src/ops/update.js";
import { adamRule } from "../../src/optimizers/adam.js";
import { subtract } from "../../src/optimizers/subtract.js";
import { choices, randomGraph } from "./random-graph.js";

const [p, g] = [variable("p", [4]), variable("g", [4])];

test("variables, constants and views need no launch", () => {
  expect([p, constant(2), reshape(p, [2, 2]), neg(p), subtract(p, g, 0)].map(needsLaunch)).toEqual([
    ...[false, false, false, true, true],
  ]);
});

test("readers of a tensor come in order, each once, by its storage or its view's base", () => {
  const view = reshape(p, [2, 2]);
  const [first, second] = [mul(p, p), neg(view)];
  const update = subtract(p, g, 0);
  const third = neg(update);
  const byStorage = readersBy(storageOf, [view, first, second, update, third]);
  expect(byStorage.get(p)).toEqual([view, first, second, update, third]);
  const byBase = readersBy(viewBase, [view, first, second, update, third]);
  expect(byBase.get(p)).toEqual([view, first, second, update]);
  expect(byBase.get(update)).toEqual([third]);
});

describe("launches stand in the order of creation", () => {
  test("whatever order the outputs are given in, and without what nobody needs", () => {
    const a = neg(p);
    const b = square(p);
    neg(b);
    const c = add(a, b);
    expect(launchOrder([c, b])).toEqual([a, b, c]);
    expect(launchOrder([b, c])).toEqual([a, b, c]);
    expect(launchOrder([b])).toEqual([b]);
  });

  test("but what reads an old value comes before the change, with all that it needs", () => {
    const update = subtract(p, g, 0);
    const scale = neg(g);
    const late = mul(p, scale);
    expect(launchOrder([update, late])).toEqual([scale, late, update]);
  });

  test("of a state that is changed beside the parameter, too", () => {
    const state = variable("state", [2, 4]);
    const updated = update(p, g, state, { rule: adamRule, flags: {}, first: 0 });
    const late = neg(reshape(state, [8]));
    expect(launchOrder([updated, late])).toEqual([late, updated]);
  });

  test("one change after the other, each with the readers of its own value", () => {
    const first = subtract(p, g, 0);
    const second = subtract(first, g, 0);
    const [ofFirst, ofOld] = [neg(first), neg(p)];
    expect(launchOrder([second, ofFirst, ofOld])).toEqual([ofOld, first, ofFirst, second]);
  });
});

describe("there is no order", () => {
  test("where a tensor needs the old value and, by another, the new one", () => {
    const update = subtract(p, g, 0);
    const both = add(neg(update), p);
    expect(() => launchOrder([both])).toThrow(ArgumentError);
    expect(() => launchOrder([both])).toThrow(/^neg: needs what sgd leaves behind .* Copy the old value first\.$/);
  });

  test("where an op reads what it changes, by whatever view", () => {
    const read = subtract(reshape(p, [4]), reshape(p, [4]), 0);
    expect(() => launchOrder([read])).toThrow(
      /^sgd: changes .* in place and can't read it as another input as well\.$/,
    );
    const results = variable("results", [3, 4]);
    expect(() => launchOrder([collect(results, collect(results, neg(reshape(p, [1, 4]))))])).toThrow(/^collect: /);
  });
});

test("in any graph, inputs come before users, and every reader of an old value before the change", () => {
  fc.assert(
    fc.property(choices(30), (chosen) => {
      const { tensors, updates } = randomGraph(chosen);
      fc.pre(tensors.length > 0);
      const order = launchOrder([...tensors, ...updates]);
      const all = ancestors([...tensors, ...updates]);
      expect(new Set(order)).toEqual(new Set(all.filter(needsLaunch)));
      expect(order).toHaveLength(new Set(order).size);
      const placeOf = new Map(order.map((tensor, place) => [tensor, place]));
      const isBefore = (a: Tensor, b: Tensor) => (placeOf.get(a) ?? -1) < placeOf.get(b)!;
      for (const tensor of order) {
        expect(tensor.inputs.every((input) => isBefore(viewBase(input), tensor))).toBe(true);
        for (const input of writtenInputs(tensor)) {
          const old = viewBase(tensor.inputs[input]);
          const readers = order.filter((each) => each !== tensor && each.inputs.some((one) => viewBase(one) === old));
          expect(readers.every((reader) => isBefore(reader, tensor))).toBe(true);
        }
      }
    }),
    { numRuns: 300, seed: 5 },
  );
});
