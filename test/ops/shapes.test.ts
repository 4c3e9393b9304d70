import { describe, expect, test } from "vitest";
import { ArgumentError, ShapeError } from "../../src/core/errors.js";
import { type Tensor, variable } from "../../src/graph/tensor.js";
import { activate } from "../../src/ops/activations.js";
import { batchMean, collect, takeBatch } from "../../src/ops/batch.js";
import { softmaxCrossEntropy } from "../../src/ops/cross-entropy.js";
import { dropout } from "../../src/ops/dropout.js";
import { add, broadcastTo } from "../../src/ops/elementwise.js";
import { concatenate, gather, pad, slice } from "../../src/ops/indexing.js";
import { reshape, transpose } from "../../src/ops/layout.js";
import { matmul } from "../../src/ops/matmul.js";
import { max, mean, sum } from "../../src/ops/reduce.js";
import { update } from "../../src/ops/update.js";
import { adamRule } from "../../src/optimizers/adam.js";

const f32 = (...shape: number[]) => variable("x", shape);
const ADAM = { rule: adamRule, flags: {}, first: 0 };
const u32 = (...shape: number[]) => variable("n", shape, "u32");

describe("results have the shape", () => {
  test.each<[string, Tensor, number[]]>([
    ["of broadcasting", add(f32(3, 1), f32(2, 1, 5)), [2, 3, 5]],
    ["of a product", matmul(f32(7, 1, 2, 3), f32(4, 3, 5)), [7, 4, 2, 5]],
    ["without the reduced axes", sum(f32(2, 3, 4), [0, -1]), [3]],
    ["with them, where kept", max(f32(2, 3, 4), [0, -1], { keepAxes: true }), [1, 3, 1]],
    ["of a scalar, with all reduced", mean(f32(2, 3)), []],
    ["with two axes swapped", transpose(f32(2, 3, 4)), [2, 4, 3]],
    ["with axes in another order", transpose(f32(2, 3, 4), [1, 2, 0]), [3, 4, 2]],
    ["joined", concatenate([f32(2, 3), f32(2, 4), f32(2, 1)], 1), [2, 8]],
    ["of as many rows as were asked for", gather(f32(9, 2, 3), u32(5)), [5, 2, 3]],
    ["of a batch", takeBatch(u32(9), u32(9), { batch: 4 }), [4]],
  ])("%s", (_, tensor, shape) => {
    expect(tensor.shape).toEqual(shape);
  });

  test("and u32 data stay u32", () => {
    for (const tensor of [takeBatch(u32(9), u32(9), { batch: 4 }), gather(u32(9), u32(2)), reshape(u32(4), [2, 2])]) {
      expect(tensor.dtype).toBe("u32");
    }
  });
});

describe("wrong shapes are refused with op, shapes and reason", () => {
  test.each<[string, () => unknown, RegExp]>([
    ["add", () => add(f32(3), f32(4)), /add: shapes \[3\] and \[4\] don't broadcast: sizes 3 and 4/],
    ["broadcastTo", () => broadcastTo(f32(3), [4]), /broadcastTo/],
    ["matmul", () => matmul(f32(2, 3), f32(4, 5)), /matmul: inner sizes 3 and 4 differ/],
    ["matmul of a vector", () => matmul(f32(3), f32(3, 5)), /at least two axes, got \[3\] and \[3, 5\]/],
    ["matmul's leading axes", () => matmul(f32(2, 4, 3), f32(5, 3, 4)), /matmul: shapes \[2\] and \[5\]/],
    ["sum", () => sum(f32(2, 3), 2), /sum: axis 2 doesn't exist in a tensor of 2 axes; use -2 to 1/],
    ["reshape", () => reshape(f32(2, 3), [4]), /reshape: \[2, 3\] has 6 elements, \[4\] doesn't/],
    ["transpose", () => transpose(f32(2, 3), [0, 0]), /must name each of 0 to 1 once/],
    ["transpose of a vector", () => transpose(f32(3)), /no two to swap/],
    ["slice", () => slice(f32(4, 4), [2, 0], [3, 4]), /a block of \[3, 4\] at \[2, 0\] doesn't lie within \[4, 4\]/],
    ["slice of no rows", () => slice(f32(4), [1], [0]), /doesn.t lie within/],
    ["pad", () => pad(f32(3), [2], [4]), /pad: a block of \[3\]/],
    ["concatenate", () => concatenate([f32(2, 3), f32(3, 3)], 1), /differ outside axis 1/],
    ["concatenate of nothing", () => concatenate([]), /at least one/],
    ["gather", () => gather(f32(3, 2), f32(4)), /row numbers of u32, got .* of f32/],
    ["softmaxCrossEntropy", () => softmaxCrossEntropy(f32(4, 3), u32(5)), /need class indices \[4\] of u32, got \[5\]/],
    ["softmaxCrossEntropy's labels", () => softmaxCrossEntropy(f32(4, 3), f32(4)), /of f32/],
    ["batchMean", () => batchMean(f32(4, 3)), /one value per row, \[batch\], got \[4, 3\]/],
    ["collect", () => collect(f32(9, 3), f32(4, 2)), /collect/],
    ["an update", () => update(f32(3), f32(4), f32(2, 3), ADAM), /\[3\] and gradient \[4\]/],
    ["an update's state", () => update(f32(3), f32(3), f32(2, 4), ADAM), /adam: state must be \[2, 3\], got \[2, 4\]/],
  ])("%s", (_, trace, message) => {
    expect(trace).toThrow(ShapeError);
    expect(trace).toThrow(message);
  });
});

describe("wrong arguments are refused", () => {
  test.each<[string, () => unknown, RegExp]>([
    ["a dropout rate of 1", () => dropout(f32(3), 1), /rate must be in \[0, 1\), got 1/],
    ["a negative one", () => dropout(f32(3), -0.1), /got -0.1/],
    ["NaN", () => dropout(f32(3), Number.NaN), /got NaN/],
    ["smoothing of 1", () => softmaxCrossEntropy(f32(4, 3), u32(4), 1), /smoothing must be in \[0, 1\), got 1/],
    ["an unknown activation", () => activate(f32(3), "rulu" as never), /there is no "rulu"; use one of linear, relu/],
    ["a name of every object", () => activate(f32(3), "toString" as never), /there is no "toString"/],
    ["half an activation", () => activate(f32(3), { name: "x", forward: Math.abs } as never), /of your own needs/],
  ])("%s", (_, trace, message) => {
    expect(trace).toThrow(ArgumentError);
    expect(trace).toThrow(message);
  });

  test("no dropout is no op", () => {
    const x = f32(3);
    expect(dropout(x, 0)).toBe(x);
  });
});
