import { describe, expect, test } from "vitest";
import { Dataset } from "../../src/data/index.js";
import {
  add,
  apply,
  concatenate,
  dense,
  flatten,
  input,
  type LayerFunction,
  model,
  multiply,
  ops,
  residual,
  type Scope,
  sequential,
  sgd,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  Trainer,
  type TrainerOptions,
} from "../../src/index.js";
import { useDevices } from "../devices/backends.js";

const device = useDevices();

/** A few nodes to build with. */
function nodes() {
  const [a, b] = [input([4], { name: "a" }), input([3], { name: "b" })];
  const image = input([2, 2, 1], { name: "image" });
  return { a, b, image, h: apply(dense(4, { name: "h" }), a) };
}

const two = () => {
  const { a, b, h } = nodes();
  return model({ inputs: [a, b], outputs: { digit: h, parity: apply(dense(1), b) } });
};

test("a layer function can pass its scope on with a parameter of its own", () => {
  const named = (scope: Scope, part: string): Scope => ({
    ...scope,
    parameter: (name, shape, initializer) => scope.parameter(`${part}.${name}`, shape, initializer),
  });
  const heads: LayerFunction = (x, scope) =>
    ops.concatenate([dense(3).forward(x, named(scope, "class")), dense(2).forward(x, named(scope, "box"))], 1);
  const chain = sequential({ input: [4], seed: 3 }, [heads]);
  expect([...chain.parameters().keys()]).toEqual(
    ["class.weight", "class.bias", "box.weight", "box.bias"].map((name) => `heads.${name}`),
  );
});

test("layers are named, and first weights drawn, in the order in which they were applied", () => {
  const x = input([4]);
  const first = apply(dense(4), x);
  const second = apply(dense(4), first);
  const graph = model({ inputs: x, outputs: second, seed: 3 });
  const chain = sequential({ input: [4], seed: 3 }, [dense(4), dense(4)]);
  expect([...graph.parameters()]).toEqual([...chain.parameters()]);
  expect(graph.summary()).toBe(chain.summary());
});

test("a function that is applied twice is one layer", () => {
  const x = input([4]);
  const tower = (y: never, scope: { call(layer: object, x: never): never }) => scope.call(dense(4), y);
  const graph = model({ inputs: x, outputs: apply(tower as never, apply(tower as never, x)) });
  expect([...graph.parameters().keys()]).toEqual(["tower.dense.weight", "tower.dense.bias"]);
});

describe("graphs that can't be", () => {
  test.each<[string, () => unknown, RegExp]>([
    [
      "an input that isn't listed",
      () => model({ inputs: nodes().b, outputs: nodes().h }),
      /input "b".*Leave it out|isn't among inputs/,
    ],
    [
      "another input that isn't listed",
      () => {
        const { a, b, h } = nodes();
        return model({ inputs: a, outputs: apply(concatenate(), h, b) });
      },
      /the layer "concatenate" takes the input "b", which isn't among inputs. Add it there/,
    ],
    [
      "an input that no output needs",
      () => {
        const { a, b, h } = nodes();
        return model({ inputs: [a, b], outputs: h });
      },
      /no output depends on the input "b". Leave it out of inputs, or apply a layer to it/,
    ],
    [
      "an input twice",
      () => {
        const { a, h } = nodes();
        return model({ inputs: [a, a], outputs: h });
      },
      /inputs\[1\] stands there twice/,
    ],
    [
      "a layer's output as input",
      () => {
        const { h } = nodes();
        return model({ inputs: h, outputs: h });
      },
      /inputs\[0\] is what h gives, not an input/,
    ],
    [
      "no layer",
      () => {
        const { a } = nodes();
        return model({ inputs: a, outputs: a });
      },
      /needs at least one layer between/,
    ],
    ["no outputs", () => model({ inputs: nodes().a, outputs: {} }), /needs outputs: y, or outputs: \{/],
    ["no inputs", () => model({ inputs: [], outputs: nodes().h }), /needs inputs: \[a, b\], made by input/],
    ["tensors as nodes", () => model({ inputs: 3 as never, outputs: nodes().h }), /needs inputs/],
    [
      "two inputs of a name",
      () => {
        const [a, b] = [input([4], { name: "x" }), input([4], { name: "x" })];
        return model({ inputs: [a, b], outputs: apply(add(), a, b) });
      },
      /two inputs are called "x"/,
    ],
    [
      "two layers of a name",
      () => {
        const x = input([4]);
        return model({ inputs: x, outputs: apply(dense(4, { name: "d" }), apply(dense(4, { name: "d" }), x)) });
      },
      /two layers are called "d"/,
    ],
    [
      "two inputs for one",
      () => {
        const { a, b } = nodes();
        return apply(dense(3), a, b);
      },
      /apply: dense takes one input, got 2. Join them first/,
    ],
    ["no input at all", () => apply(dense(3)), /apply: dense needs what input\(\) or apply\(\) gives, got nothing/],
    [
      "a layer as input",
      () => apply(add(), nodes().a, dense(3) as never),
      /apply: add needs what input\(\) or apply\(\) gives, got an object\./,
    ],
    [
      "a list of inputs",
      () => apply(add(), [nodes().a, nodes().a] as never),
      /apply: add needs what input\(\) or apply\(\) gives, got a list\. Write apply\(add\(\.\.\.\), a, b\)\./,
    ],
    ["no layer to apply", () => apply("dense" as never, nodes().a), /apply: the layer is "dense", not a layer/],
    [
      "one input of a sum",
      () => {
        const { a } = nodes();
        return model({ inputs: a, outputs: apply(add(), a) });
      },
      /add "add": needs two inputs or more/,
    ],
    [
      "shapes that don't add up",
      () => {
        const { a, b } = nodes();
        return model({ inputs: [a, b], outputs: apply(add({ name: "sum" }), a, b) });
      },
      /add "sum": its inputs must have one shape, got \[batch, 4\] and \[batch, 3\]. Give the layers before it/,
    ],
    [
      "shapes that don't multiply",
      () => {
        const { a, image } = nodes();
        return model({ inputs: [a, image], outputs: apply(multiply(), a, image) });
      },
      /multiply "multiply": its inputs must have one shape, got \[batch, 4\] and \[batch, 2, 2, 1\]/,
    ],
    [
      "shapes that can't be joined",
      () => {
        const { a, image } = nodes();
        return model({ inputs: [a, image], outputs: apply(concatenate(), a, image) });
      },
      /concatenate "concatenate": .*Put flatten\(\) before each/,
    ],
    ["the batch's axis", () => concatenate({ axis: 0 }), /axis must be an axis of a sample/],
    [
      "a block of another size",
      () => sequential({ input: [4] }, [residual([dense(8), dense(6)])]),
      /residual "residual": its layers give \[batch, 6\], which can't be added to its input \[batch, 4\].*shortcut: dense/,
    ],
    [
      "a block's layer that doesn't fit",
      () => sequential({ input: [2, 2] }, [residual([flatten(), dense(4)])]),
      /residual "residual": its layers give \[batch, 4\]/,
    ],
    ["an empty block", () => residual([]), /residual: needs at least one layer/],
    [
      "a shared layer of two sizes",
      () => {
        const { a, b } = nodes();
        const d = dense(4);
        return model({ inputs: [a, b], outputs: apply(add(), apply(d, a), apply(d, b)) });
      },
      /The layer of dense.weight \[4, 4\] is used again on an input for which that would be \[3, 4\]/,
    ],
    [
      "a seed of text",
      () => {
        const { a, h } = nodes();
        return model({ inputs: a, outputs: h, seed: "1" as never });
      },
      /model: the seed must be a whole number/,
    ],
  ])("%s", (_, make, message) => {
    expect(make).toThrow(message);
  });
});

describe("trainings that can't be", () => {
  const rows = { features: { a: [[1, 2, 3, 4]], b: [[1, 2, 3]] }, labels: { digit: [2], parity: [1] } };
  const loss = { digit: softmaxCrossEntropy(), parity: sigmoidCrossEntropy() };
  const trainer = (options: Partial<TrainerOptions> = {}) =>
    new Trainer(two(), { device: device("cpu"), optimizer: sgd(), loss, ...options });

  test.each<[string, Partial<TrainerOptions>, RegExp]>([
    [
      "an output without a loss",
      { loss: { digit: softmaxCrossEntropy() } },
      /the output "parity" has no loss of its own. Give each one: loss: \{ digit: ..., parity: ... \}/,
    ],
    ["one loss for all", { loss: softmaxCrossEntropy() }, /the output "digit" has no loss of its own/],
    [
      "a loss for an output that isn't there",
      { loss: { ...loss, digits: softmaxCrossEntropy() } },
      /Trainer: loss: there is no option "digits". Did you mean digit\?/,
    ],
    [
      "a weight for an output that isn't there",
      { lossWeights: { size: 1 } },
      /Trainer: lossWeights: there is no option "size".*digit, parity/,
    ],
    ["a negative weight", { lossWeights: { digit: -1 } }, /lossWeights must be a finite number, 0 or more, got -1/],
    [
      "metrics of an output that isn't there",
      { metrics: { size: ["accuracy"] } },
      /Trainer: metrics: there is no option "size"/,
    ],
    ["a metric that isn't there", { metrics: { digit: ["acuracy"] } }, /metrics: there is no "acuracy"/],
    [
      "a loss of another output",
      { loss: { digit: softmaxCrossEntropy(), parity: softmaxCrossEntropy() } },
      /needs an output for each class, but the model puts out 1/,
    ],
  ])("%s", (_, options, message) => {
    expect(() => trainer(options)).toThrow(message);
  });

  test.each<[string, object, RegExp]>([
    [
      "features without names",
      { features: [[1, 2, 3, 4]] },
      /inputs a, b, but the features have no names. Write Dataset.from/,
    ],
    [
      "a feature that is missing",
      { features: { a: [[1, 2, 3, 4]] } },
      /the model has an input "b", but the features are a. Add it/,
    ],
    [
      "a feature of another shape",
      { features: { a: [[1, 2]], b: [[1, 2, 3]] } },
      /features.a are \[2\] a row, the model's input is \[4\]/,
    ],
    ["labels without names", { labels: [1] }, /outputs digit, parity, but the labels have no names/],
    [
      "a label that is missing",
      { labels: { digit: [1] } },
      /there are no labels "parity"; the data have digit. Give them to Dataset.from as labels: \{ parity/,
    ],
  ])("%s", async (_, changes, message) => {
    using each = trainer();
    await expect(each.fit(Dataset.from({ ...rows, ...changes } as never))).rejects.toThrow(message);
  });

  test("features that aren't by name, or lack one, in predictions", async () => {
    using each = trainer();
    await expect(each.predict([[1, 2, 3, 4]])).rejects.toThrow(/inputs a, b, but the features have no names/);
    await expect(each.predict({ a: [[1, 2, 3, 4]] })).rejects.toThrow(/an input "b"/);
    expect((await each.predict({ b: [[1, 2, 3]], a: new Float32Array(4) })).shape).toEqual([1, 5]);
  });

  test("rows of different counts", () => {
    const features = { a: [[1], [2]], b: [[1]] };
    expect(() => Dataset.from({ features, labels: [1, 2] })).toThrow(/features.b: 1 rows of features but 2 labels/);
    expect(() => Dataset.from({ features: { a: [[1]] }, labels: { y: [1, 2] } })).toThrow(
      /labels.y has 2 rows, the features have 1/,
    );
    expect(() => Dataset.from({ features: { a: [[1]] }, labels: { y: [2 ** 25] } })).toThrow(
      /whole numbers above 16777216/,
    );
  });
});
