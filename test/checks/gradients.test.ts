import { describe, expect, test } from "vitest";
import {
  activation,
  activations,
  type CustomActivation,
  categoricalFocal,
  checkGradients,
  customLoss,
  dense,
  dropout,
  flatten,
  focal,
  gaussianNoise,
  huber,
  type Layer,
  type LayerFunction,
  lossFromConfig,
  lossNames,
  ops,
  sequential,
  softmaxCrossEntropy,
} from "../../src/index.js";

const cube: CustomActivation = {
  name: "cube",
  forward: (x) => x ** 3,
  gradient: (x) => 3 * x * x,
  wgsl: { forward: "x * x * x", gradient: "3.0 * x * x" },
};
const residual: LayerFunction = (x) => ops.add(x, ops.tanh(x));
const scaled: LayerFunction = (x, scope) => ops.mul(x, scope.parameter("scale", [x.shape[1]], ones));
const ones = {
  config: { initializer: "ones" },
  values: ([n]: readonly number[]) => new Float32Array(n).fill(1),
} as never;

describe("right gradients pass", () => {
  test.each<[string, Layer | LayerFunction, number[]]>([
    ["dense", dense(3, { activation: "tanh" }), [5]],
    ["dense without bias", dense(3, { bias: false, activation: cube }), [5]],
    ["activation", activation("gelu"), [3, 2]],
    ["dropout", dropout(0.4), [9]],
    ["gaussianNoise", gaussianNoise(0.4), [9]],
    ["flatten", flatten(), [3, 2]],
    ["a function", residual, [4]],
    ["a function with a parameter", scaled, [4]],
    ["a function that gives its input", (x) => x, [4]],
  ])("of a layer: %s", async (_, layer, input) => {
    const report = await checkGradients(layer, { input });
    expect(String(report)).toMatch(/^Gradients of the layer ".+", against central differences in float64: ok, /);
    expect(report.ok).toBe(true);
    for (const { checked, shape } of report.parts) expect(checked).toBe(shape.reduce((a, b) => a * b, 1));
  });

  test.each(lossNames)("of a loss: %s", async (name) => {
    const report = await checkGradients(lossFromConfig({ loss: name }));
    expect(String(report)).toContain(": ok, 30 of 30 elements compared");
    expect(report.parts.map(({ name }) => name)).toEqual(["outputs"]);
  });

  test.each([
    ["class weights", softmaxCrossEntropy({ classWeights: [1, 2] }), [[3, 2]]],
    ["class indices given", softmaxCrossEntropy(), [[3, 7], { shape: [3], below: 7 }]],
    ["one output", focal(), [[8, 1]]],
    ["fractional powers", categoricalFocal({ gamma: 1.5 }), [[3, 4]]],
    ["targets given", huber({ delta: 0.3 }), [[2, 2], { shape: [2, 2], values: [0.1, -2, 3, 0.4] }]],
    ["one's own", customLoss((y, t) => ops.mean(ops.log(ops.add(1, ops.square(ops.sub(y, t)))), -1)), [[4, 3]]],
  ] as const)("of a loss with %s", async (_, loss, inputs) => {
    const report = await checkGradients(loss, { inputs });
    expect(String(report)).toContain(": ok, ");
    expect(report.checked).toBe(inputs[0][0] * inputs[0][1]);
  });

  test.each(Object.keys(activations) as (keyof typeof activations)[])("of an activation: %s", async (name) => {
    const report = await checkGradients(name);
    expect(String(report)).toContain(": ok, ");
    expect(report.checked).toBeGreaterThanOrEqual(95); // hardSwish has kinks at -3 and 3
  });

  test.each([
    [
      "matmul",
      ops.matmul,
      [
        [3, 4],
        [4, 5],
      ],
      32,
    ],
    ["gather: none by integers", ops.gather, [[5, 3], { shape: [4], below: 5 }], 15],
    ["values of one's own", ops.log, [{ shape: [2, 2], values: [1e-6, 0.1, 5, 1e4] }], 4],
    ["a flat array", ops.sqrt, [Float32Array.of(0.5, 2)], 2],
    ["what is steep", (x: ops.Tensor) => ops.sigmoid(ops.mul(x, 1000)), [Float32Array.of(1e-3, 2e-3, -1e-4)], 3],
    ["a zero slope", (x: ops.Tensor) => ops.mul(x, ops.square(x)), [new Float32Array(3)], 3],
    ["a large sum", (x: ops.Tensor) => ops.concatenate([ops.mul(x, 1e-3), ops.add(x, 1e9)], 0), [[40]], 40],
    ["max", (x: ops.Tensor) => ops.max(x, -1), [[4, 5]], 20],
  ] as const)("of a function: %s", async (_, f, inputs, checked) => {
    const report = await checkGradients(f as never, { inputs });
    expect(String(report)).toContain(": ok, ");
    expect(report.checked).toBe(checked);
  });

  test("of a model with everything: parameters, input, and its activation alone", async () => {
    const layers = [dense(6, { activation: cube }), dropout(0.5), residual, dense(4, { activation: "elu" }), dense(2)];
    const model = sequential({ input: [5], seed: 3 }, layers);
    const before = model.parameters();
    const report = await checkGradients(model);
    expect(String(report)).toContain("Gradients of the model, against central differences in float64: ok, ");
    const names = [...before.keys(), "input", "dense/cube", "cube"];
    expect(report.parts.map(({ name }) => name)).toEqual(names);
    expect(model.parameters()).toEqual(before);
    expect(report.worst.error).toBeLessThan(report.worst.limit);
  });

  test("of a model whose first layer has none by its input", async () => {
    const model = sequential({ input: [5] }, [(x) => ops.greater(x, 0), dense(2)]);
    const report = await checkGradients(model);
    expect(report.ok).toBe(true);
    expect(report.parts.map(({ name }) => name)).toEqual(["dense.weight", "dense.bias"]);
  });
});

describe("a wrong gradient is found", () => {
  const wrong = (slope: (x: number) => number): CustomActivation => ({ ...cube, gradient: slope });

  test("of an activation: by a hundred-thousandth, with its value", async () => {
    const report = await checkGradients(wrong((x) => (x === 1.5 ? 1.00001 : 1) * 3 * x * x));
    expect(report.ok).toBe(false);
    expect(report.worst).toMatchObject({ name: "x", index: [60], value: 1.5, verdict: "wrong" });
    expect(report.worst.numeric).toBeCloseTo(6.75, 6);
    expect(report.worst.derived).toBeCloseTo(6.75 * 1.00001, 9);
    expect(report.worst.error).toBeCloseTo(6.75e-5, 8);
  });

  test("of an activation whose slopes differ by orders of magnitude", async () => {
    const wgsl = { forward: "exp(x)", gradient: "y" };
    const decay = { name: "e", forward: Math.exp, gradient: (x: number, y: number) => (x < -1 ? 1.001 * y : y), wgsl };
    const report = await checkGradients(decay);
    expect(report.ok).toBe(false);
    expect(report.worst.value).toBeLessThan(-1);
  });

  test("in a model: the report names the activation, and which parameters are wrong by it", async () => {
    const bad = wrong((x) => (x > 0.5 ? 2.9 : 3) * x * x);
    const layers = [dense(6, { activation: "tanh" }), dense(6, { activation: bad, name: "hidden" }), dense(2)];
    const report = await checkGradients(sequential({ input: [5], seed: 1 }, layers));
    expect(report.ok).toBe(false);
    expect(report.worst).toMatchObject({ name: "hidden/cube", verdict: "wrong" });
    const { value, derived, numeric } = report.worst;
    expect(value).toBeGreaterThan(0.5);
    expect(derived).toBeCloseTo(2.9 * value ** 2, 8);
    expect(numeric).toBeCloseTo(3 * value ** 2, 6);
    expect(report.parts.filter(({ verdict }) => verdict === "wrong").map(({ name }) => name)).toEqual([
      "dense.weight",
      "dense.bias",
      "hidden.weight",
      "hidden.bias",
      "input",
      "hidden/cube",
      "cube",
    ]);
    expect(String(report)).toContain("This activation's own gradient is wrong, and so is every gradient that passes");
  });

  test("of an activation in a model, where the data don't meet it", async () => {
    const bad = wrong((x) => (x > 4 ? 2.9 : 3) * x * x);
    const report = await checkGradients(sequential({ input: [5], seed: 1 }, [dense(6, { activation: bad }), dense(2)]));
    expect(report.ok).toBe(false);
    expect(report.parts.filter(({ verdict }) => verdict !== "ok").map(({ name }) => name)).toEqual(["cube"]);
    expect(report.worst.value).toBeGreaterThan(4);
  });

  test("but not where an activation has no value", async () => {
    const wgsl = { forward: "sqrt(x)", gradient: "0.5 / y" };
    const root = { name: "root", forward: Math.sqrt, gradient: (_: number, y: number) => 0.5 / y, wgsl };
    const positive: LayerFunction = (x) => ops.add(ops.square(x), 0.1);
    const layers = [positive, activation(root), dense(2)];
    const report = await checkGradients(sequential({ input: [3] }, layers));
    expect(String(report)).toContain(": ok, ");
    expect(report.parts.at(-1)).toMatchObject({ name: "root", shape: [48], checked: 48 });
  });

  test("of an op's rule, by the input and element that are wrong", async () => {
    // y = a b, but b's rule forgets a at its last element.
    const rule = (dy: ops.Tensor, [a, b]: readonly ops.Tensor[]) => [
      ops.mul(dy, b),
      ops.mul(dy, ops.mul(a, ops.constant(Float32Array.of(1, 1, 1, 1, 1, 0), [2, 3]))),
    ];
    const product = (a: ops.Tensor, b: ops.Tensor) => {
      const made = ops.mul(a, b);
      return new ops.Tensor({ ...made.op, gradient: rule }, [a, b], {}, made.shape, "f32");
    };
    const report = await checkGradients(product, {
      inputs: [
        [2, 3],
        [2, 3],
      ],
    });
    expect(report.ok).toBe(false);
    expect(report.parts.map(({ name, verdict }) => [name, verdict])).toEqual([
      ["inputs[0]", "ok"],
      ["inputs[1]", "wrong"],
    ]);
    expect(report.worst).toMatchObject({ name: "inputs[1]", index: [1, 2] });
    expect(report.worst.derived).toBeCloseTo(0, 12);
    expect(Math.abs(report.worst.numeric)).toBeGreaterThan(1e-3);
  });

  test("that is NaN or infinite", async () => {
    for (const slope of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const report = await checkGradients(wrong((x) => (x === 2 ? slope : 3 * x * x)));
      expect(report.ok).toBe(false);
      expect(report.worst).toMatchObject({ index: [64], value: 2, derived: slope, verdict: "not finite" });
      expect(String(report)).toContain("NOT FINITE");
    }
  });

  test("and a result that isn't finite is named where it first is", async () => {
    const logarithm: LayerFunction = (x) => ops.log(x);
    const model = sequential({ input: [2] }, [logarithm, dense(2)]);
    const report = await checkGradients(model, { inputs: [{ shape: [1, 2], values: [1, -1] }] });
    expect(report.ok).toBe(false);
    expect(String(report)).toContain("logarithm/log is NaN at [0, 1]: there is nothing to compare behind it.");
  });
});

describe("large arrays", () => {
  const model = sequential({ input: [40], seed: 1 }, [dense(30), dense(2)]);

  test("are sampled, as many as asked for, the same for the same seed", async () => {
    const report = await checkGradients(model, { elements: 7 });
    expect(report.parts.map(({ checked }) => checked)).toEqual([7, 7, 7, 2, 7]);
    expect(report.checked).toBe(30);
    expect(String(report)).toContain("30 of 1,452 elements compared");
    expect(String(report)).toMatch(/dense\.weight +\[40, 30\] +7 of 1,200/);
    expect(String(await checkGradients(model, { elements: 7 }))).toBe(String(report));
    expect(String(await checkGradients(model, { elements: 7, seed: 1 }))).not.toBe(String(report));
  });

  test("or checked whole: one wrong element in a thousand is found", async () => {
    const at = 617;
    const factor = Float32Array.from({ length: 1000 }, (_, i) => (i === at ? 2 : 1));
    const wrongAt = (x: ops.Tensor) => {
      const gradient = (dy: ops.Tensor) => [ops.mul(dy, ops.constant(factor, [1000]))];
      return new ops.Tensor({ ...ops.neg(x).op, gradient: (dy) => gradient(ops.neg(dy)) }, [x], {}, [1000], "f32");
    };
    const all = await checkGradients(wrongAt, { inputs: [[1000]], elements: Number.POSITIVE_INFINITY });
    expect(all.worst).toMatchObject({ index: [at], verdict: "wrong" });
    expect((await checkGradients(wrongAt, { inputs: [[1000]], elements: 1 })).ok).toBe(true);
  });
});
