import { afterEach, describe, expect, test } from "vitest";
import { Dataset } from "../../src/data/index.js";
import {
  ArgumentError,
  add,
  apply,
  batchNorm,
  conv2d,
  dense,
  dropout,
  flatten,
  input,
  type Model,
  meanSquaredError,
  model,
  ops,
  sequential,
  sgd,
  Trainer,
} from "../../src/index.js";
import { BACKENDS, useDevices } from "../devices/backends.js";
import { expectClose } from "../tolerance.js";

const device = useDevices();
const trainers: Trainer[] = [];
afterEach(() => {
  for (const trainer of trainers.splice(0)) trainer.dispose();
});

function trainer(backend: (typeof BACKENDS)[number], model: Model) {
  trainers.push(new Trainer(model, { device: device(backend), loss: meanSquaredError(), optimizer: sgd() }));
  return trainers.at(-1)!;
}

const ROWS = 7;
const rows = Array.from({ length: ROWS }, (_, i) => [Math.sin(i + 1), Math.cos(3 * i), i / 7]);
const network = () =>
  sequential({ input: [3], seed: 2 }, [
    dense(4, { activation: "tanh" }),
    dropout(0.5),
    batchNorm(),
    (x) => ops.square(x),
    dense(2),
  ]);
const CLOSE = { terms: 100, functions: ["hyperbolic", "exponential", "division", "root"] as const };

describe.each(BACKENDS)("inside of a model, on %s", (backend) => {
  test("layers' outputs, in batches of any size, are those of the layers by themselves", async () => {
    const made = trainer(backend, network());
    const parameters = made.model.parameters();
    const W = parameters.get("dense.weight")!.values;
    const expected = rows.flatMap((row) =>
      [0, 1, 2, 3].map((unit) => Math.tanh(row.reduce((sum, x, i) => sum + x * W[i * 4 + unit], 0))),
    );
    for (const options of [{}, { batchSize: 3 }]) {
      const outputs = await made.outputs(rows, ["dense_1", "dense", "dropout"], options);
      expect([...outputs.keys()]).toEqual(["dense_1", "dense", "dropout"]);
      expect(outputs.get("dense")!.shape).toEqual([ROWS, 4]);
      expectClose(outputs.get("dense")!.values, expected, CLOSE);
      expect(outputs.get("dropout")!.values).toEqual(outputs.get("dense")!.values);
      expectClose(outputs.get("dense_1")!.values, (await made.predict(rows)).values, CLOSE);
    }
  });

  test("outputs of a layer of images keep their shape", async () => {
    const images = sequential({ input: [4, 4, 1], seed: 1 }, [conv2d(3, 3, { padding: "same" }), flatten(), dense(1)]);
    const made = trainer(backend, images);
    const outputs = await made.outputs(new Float32Array(32).fill(1), ["conv2d"]);
    expect(outputs.get("conv2d")!.shape).toEqual([2, 4, 4, 3]);
    expect(outputs.get("conv2d")!.values).toHaveLength(96);
  });

  test.each([0, 1])("slopes of output %s by the input, against finite differences", async (output) => {
    const made = trainer(backend, network());
    await made.fit(Dataset.from({ features: rows, labels: rows.map(([a, b]) => [a, b]) }), { epochs: 2 });
    const { shape, values } = await made.inputGradients(rows, { output });
    expect(shape).toEqual([ROWS, 3]);
    const cpu = backend === "cpu" ? made : trainer("cpu", made.model);
    const h = 2 ** -7;
    const differences: number[] = [];
    for (const [r, row] of rows.entries()) {
      for (const i of row.keys()) {
        const moved = [h, -h].map((by) => row.map((x, k) => (k === i ? x + by : x)));
        const [above, below] = [0, 1].map(async (j) => (await cpu.predict([moved[j]])).values[output]);
        differences.push(((await above) - (await below)) / (2 * h));
        expect(Math.abs(values[r * 3 + i] - differences.at(-1)!)).toBeLessThan(2e-3);
      }
    }
    expect(Math.max(...differences.map(Math.abs))).toBeGreaterThan(0.1);
    expectClose((await made.inputGradients(rows, { output, batchSize: 2 })).values, values, CLOSE);
  });

  test("slopes of a linear model are its weights; of images they have their shape", async () => {
    const linear = trainer(backend, sequential({ input: [3], seed: 3 }, [dense(1)]));
    const W = linear.model.parameters().get("dense.weight")!.values;
    expectClose(
      (await linear.inputGradients(rows)).values,
      rows.flatMap(() => [...W]),
      CLOSE,
    );
    const images = trainer(backend, sequential({ input: [2, 2, 1], seed: 3 }, [conv2d(1, 2), flatten()]));
    const slopes = await images.inputGradients(new Float32Array(8));
    expect(slopes.shape).toEqual([2, 2, 2, 1]);
    const kernel = images.model.parameters().get("conv2d.weight")!.values;
    expectClose(slopes.values, [...kernel, ...kernel], CLOSE);
  });
});

/** Linear: y = a A + b B of both inputs, z = b B C of the second alone. */
function twoInputs() {
  const [a, b] = [input([2], { name: "a" }), input([3], { name: "b" })];
  const [A, B] = [apply(dense(1, { name: "A" }), a), apply(dense(1, { name: "B" }), b)];
  return model({ inputs: [a, b], outputs: { y: apply(add(), A, B), z: apply(dense(1, { name: "C" }), B) }, seed: 5 });
}

describe.each(BACKENDS)("inside of a model of several inputs and outputs, on %s", (backend) => {
  const features = { a: rows.map((row) => row.slice(0, 2)), b: rows };
  function twofold() {
    const loss = { y: meanSquaredError(), z: meanSquaredError() };
    trainers.push(new Trainer(twoInputs(), { device: device(backend), loss, optimizer: sgd() }));
    const made = trainers.at(-1)!;
    const [A, B, C] = ["A", "B", "C"].map((name) => [...made.model.parameters().get(`${name}.weight`)!.values]);
    return { made, A, B, C };
  }

  test("layers' outputs, also of those that need one input alone", async () => {
    const { made, B } = twofold();
    const outputs = await made.outputs(features, ["B", "C", "add"], { batchSize: 3 });
    const expected = rows.map((row) => row.reduce((sum, x, i) => sum + x * B[i], 0));
    expectClose(outputs.get("B")!.values, expected, CLOSE);
    expect((await made.outputs(features, ["B"])).get("B")!.shape).toEqual([ROWS, 1]);
    const predicted = (await made.predict(features)).outputs!;
    expectClose(outputs.get("add")!.values, predicted.y.values, CLOSE);
    expectClose(outputs.get("C")!.values, predicted.z.values, CLOSE);
  });

  test("slopes are by all inputs in a row, 0 by one that the output doesn't take", async () => {
    const { made, A, B, C } = twofold();
    const ofRow = async (output: number) => {
      const { shape, values } = await made.inputGradients(features, { output });
      expect(shape).toEqual([ROWS, 5]);
      return values;
    };
    expectClose(
      await ofRow(0),
      rows.flatMap(() => [...A, ...B]),
      CLOSE,
    );
    const z = [0, 0, ...B.map((weight) => weight * C[0])];
    expectClose(
      await ofRow(1),
      rows.flatMap(() => z),
      CLOSE,
    );
    await expect(made.inputGradients(features)).rejects.toThrow(/from 0 to 1, one of the model's 2 outputs/);
  });

  test("a layer that is called several times is named", async () => {
    const [a, b] = [input([2], { name: "a" }), input([2], { name: "b" })];
    const tower = dense(1, { name: "tower" });
    const twice = trainer(backend, model({ inputs: [a, b], outputs: apply(add(), apply(tower, a), apply(tower, b)) }));
    const work = twice.outputs({ a: [[1, 2]], b: [[3, 4]] }, ["tower"]);
    await expect(work).rejects.toThrow(/the layer "tower" is called several times/);
  });
});

describe("what can't be", () => {
  test.each<[string, unknown, RegExp]>([
    ["an unknown layer", ["dence"], /no layer "dence"\. Did you mean "dense"\?/],
    ["no layer", [], /needs names of layers, such as \["dense"\]/],
    ["a name by itself", "dense", /needs names of layers/],
  ])("outputs of %s", async (_, layers, message) => {
    const work = trainer("cpu", network()).outputs(rows, layers as string[]);
    await expect(work).rejects.toThrow(ArgumentError);
    await expect(work).rejects.toThrow(message);
  });

  test.each([undefined, 2, -1, 0.5])("slopes of output %s of two", async (output) => {
    const work = trainer("cpu", network()).inputGradients(rows, { output });
    await expect(work).rejects.toThrow(/output must be a whole number from 0 to 1, one of the model's 2 outputs/);
  });
});
