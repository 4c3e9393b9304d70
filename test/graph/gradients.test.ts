import { describe, expect, test } from "vitest";
import { Evaluator } from "../../src/checks/evaluator.js";
import { ArgumentError, ShapeError } from "../../src/core/errors.js";
import { gradients } from "../../src/graph/gradients.js";
import { defineOp } from "../../src/graph/op.js";
import { constant, inScope, Tensor, variable } from "../../src/graph/tensor.js";
import { countNonFinite } from "../../src/ops/batch.js";
import { conv2d, convTranspose2d } from "../../src/ops/convolution.js";
import { depthwiseConv2d } from "../../src/ops/depthwise.js";
import { add, greater, mul, square } from "../../src/ops/elementwise.js";
import { normalise } from "../../src/ops/normalise.js";
import { averagePool, maxPool } from "../../src/ops/pool.js";
import { sum } from "../../src/ops/reduce.js";
import { windowOn } from "../parity/cases-images.js";
import { checkGradient } from "../parity/check-gradient.js";
import { normal } from "../parity/data.js";

const x = variable("x", [3]);

function evaluated(tensor: Tensor, at: number[]): number[] {
  const evaluator = new Evaluator([tensor]);
  evaluator.of(x).set(at);
  evaluator.run();
  return [...evaluator.of(tensor)];
}

describe("gradients", () => {
  test("add up what reaches a tensor from several users", async () => {
    const [dx] = gradients(sum(add(mul(x, x), mul(3, x))), [x], add);
    expect(evaluated(dx, [1, 2, -4])).toEqual([5, 7, -5]);
    await checkGradient((a) => mul(add(a, square(a)), a), [normal(5)]);
  });

  test("of a tensor in between: the graph below it isn't touched", () => {
    const y = square(x);
    const [dy] = gradients(sum(mul(y, y)), [y], add);
    expect(evaluated(dy, [1, 2, 3])).toEqual([2, 8, 18]);
  });

  test("of the output itself is 1", () => {
    const loss = sum(x);
    expect(evaluated(gradients(loss, [loss], add)[0], [0, 0, 0])).toEqual([1]);
  });

  test("carry the scope of the op that they flow through", () => {
    const y = inScope("dense", () => square(x));
    expect(gradients(sum(y), [x], add)[0].label).toBe("gradient/dense/mul");
  });

  test("are refused for an output that is no scalar", () => {
    expect(() => gradients(square(x), [x], add)).toThrow(ShapeError);
  });

  test("are refused where the output doesn't depend on the input", () => {
    expect(() => gradients(sum(x), [variable("other", [3])], add)).toThrow(/doesn't depend on other.*trainable: false/);
    expect(() => gradients(sum(greater(x, 0)), [x], add)).toThrow(ArgumentError);
  });

  test("are refused through an op without a rule", () => {
    expect(() => gradients(sum(countNonFinite(x)), [x], add)).toThrow(/countNonFinite has no gradient rule/);
  });

  test("of a wrong shape are refused, naming the op", () => {
    const wrong = new Tensor({ name: "wrong", shape: () => [3], gradient: () => [constant(0)] }, [x], {}, [3], "f32");
    expect(() => gradients(sum(wrong), [x], add)).toThrow(
      /wrong: its gradient rule gives \[\] for input 0, which is \[3\]/,
    );
  });
});

describe("tensors", () => {
  test("refuse sizes that aren't positive integers", () => {
    for (const size of [0, -1, 1.5, Number.NaN]) expect(() => variable("bad", [2, size])).toThrow(ShapeError);
  });

  test("and constants values that don't fill their shape", () => {
    expect(() => constant(new Float32Array(3), [2, 2])).toThrow(/3 values don't fill the shape \[2, 2\]/);
  });

  test("operands are tensors or numbers", () => {
    expect(() => add(x, "1" as never)).toThrow(/add: expected a tensor or a number, got string/);
    expect(() => add(null as never, x)).toThrow(/got null/);
  });

  test("an op's name is taken once", () => {
    expect(() => defineOp("add", { shape: () => [], error: {} })).toThrow(/"add" exists already/);
  });
});

describe("gradients of gradients, by finite differences", () => {
  const window = windowOn([5, 4], { stride: [2, 1], before: [1, 0], after: [0, 1] });
  /** The squares of a gradient, whose own gradient goes through the rules of the first. */
  const twice =
    (trace: (...inputs: Tensor[]) => Tensor) =>
    (...inputs: Tensor[]) =>
      gradients(sum(square(trace(...inputs))), inputs, add).reduce(
        (total, dx) => add(total, sum(square(dx))),
        constant(0),
      );
  const images = [1, 5, 4, 2];
  const kernel = [...window.kernel, 2, 2];

  test.each<[string, (...inputs: Tensor[]) => Tensor, number[][]]>([
    ["a convolution", (a, w) => conv2d(a, w, window), [images, kernel]],
    ["a grouped one with stride", (a, w) => conv2d(a, w, window, 2), [images, [...window.kernel, 1, 2]]],
    ["a transposed one", (a, w) => convTranspose2d(a, w, window, [5, 4]), [[1, ...window.output, 2], kernel]],
    ["a depthwise one", (a, w) => depthwiseConv2d(a, w, window), [images, kernel]],
    ["a mean of windows", (a) => averagePool(a, window), [images]],
  ])("%s", async (_, trace, shapes) => {
    await checkGradient(
      twice(trace),
      shapes.map((shape) => normal(...shape)),
    );
  });

  test.each<[string, (a: Tensor) => Tensor]>([
    ["maxPoolGradient", (a) => maxPool(a, window)],
    [
      "normaliseGradient",
      (a) => normalise(a, { outer: 1, length: 20, inner: 2, tail: 1, epsilon: 1e-5, centred: true }),
    ],
  ])("%s has none, and is named", (name, trace) => {
    const a = variable("a", images);
    expect(() => gradients(twice(trace)(a), [a], add)).toThrow(`${name} has no gradient rule`);
  });
});
