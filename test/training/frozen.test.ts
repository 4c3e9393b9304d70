import { afterEach, describe, expect, test } from "vitest";
import { Dataset } from "../../src/data/index.js";
import { decodeModel, encodeModel } from "../../src/formats/model.js";
import {
  ArgumentError,
  adam,
  batchNorm,
  clipByGlobalNorm,
  conv2d,
  dense,
  type Layer,
  meanSquaredError,
  movingAverage,
  parameterGroups,
  sequential,
  Trainer,
  type TrainerOptions,
} from "../../src/index.js";
import { BACKENDS, useDevices } from "../devices/backends.js";

const device = useDevices();
const trainers: Trainer[] = [];
afterEach(() => {
  for (const trainer of trainers.splice(0)) trainer.dispose();
});

const features = Array.from({ length: 12 }, (_, i) => [Math.sin(i), Math.cos(2 * i)]);
const data = Dataset.from({ features, labels: features.map(([a, b]) => [a * b]) });
const network = (base: object = {}) =>
  sequential({ input: [2], seed: 4 }, [
    dense(4, { activation: "tanh", name: "base", ...base }),
    batchNorm(),
    dense(1, { name: "head" }),
  ]);

function trainer(backend: (typeof BACKENDS)[number], model = network(), options: Partial<TrainerOptions> = {}) {
  const setup = { device: device(backend), loss: meanSquaredError(), optimizer: adam({ learningRate: 0.05 }) };
  trainers.push(new Trainer(model, { ...setup, ...options }));
  return trainers.at(-1)!;
}

const FIT = { epochs: 3, batchSize: 5, seed: 1 };
const valuesOf = ({ model }: Trainer) => new Map([...model.parameters()].map(([name, { values }]) => [name, values]));
const groups = () => parameterGroups(adam, { learningRate: 0.05 }, [{ parameters: "base", trainable: false }]);

describe.each(BACKENDS)("frozen parameters, on %s", (backend) => {
  test("stay as they are by layer and by group, to the same bits; the rest is trained", async () => {
    const byLayer = trainer(backend, network({ trainable: false }));
    const byGroup = trainer(backend, network(), { optimizer: groups() });
    const before = valuesOf(byLayer);
    expect(valuesOf(byGroup)).toEqual(before);
    for (const each of [byLayer, byGroup]) await each.fit(data, FIT);
    const after = valuesOf(byLayer);
    expect(valuesOf(byGroup)).toEqual(after);
    for (const [name, values] of after) {
      if (name.startsWith("base.")) expect(values).toEqual(before.get(name));
      else expect(values).not.toEqual(before.get(name));
    }
  });

  test("are thawed by a trainer without the group", async () => {
    const model = network();
    await trainer(backend, model, { optimizer: groups() }).fit(data, FIT);
    const before = model.parameters().get("base.weight")!.values;
    await trainer(backend, model).fit(data, FIT);
    expect(model.parameters().get("base.weight")!.values).not.toEqual(before);
  });

  test("don't count in the norm that gradients are clipped by", async () => {
    // A frozen last layer has a gradient of its own: clipped with it, the others would get shorter steps.
    const frozen = parameterGroups(adam, { learningRate: 0.05 }, [{ parameters: "head", trainable: false }]);
    const clipped = trainer(backend, network(), { optimizer: frozen, gradients: [clipByGlobalNorm(1e-3)] });
    const layer = sequential({ input: [2], seed: 4 }, [
      dense(4, { activation: "tanh", name: "base" }),
      batchNorm(),
      dense(1, { name: "head", trainable: false }),
    ]);
    const other = trainer(backend, layer, { gradients: [clipByGlobalNorm(1e-3)] });
    for (const each of [clipped, other]) await each.fit(data, FIT);
    expect(valuesOf(clipped)).toEqual(valuesOf(other));
  });
});

test("batch norm's running statistics stay as they are with it, and are used in training", async () => {
  const model = sequential({ input: [2], seed: 4 }, [dense(3), batchNorm({ trainable: false }), dense(1)]);
  const before = model.parameters();
  await trainer("cpu", model).fit(data, FIT);
  for (const name of ["gamma", "beta", "mean", "variance"]) {
    expect(model.parameters().get(`batchNorm.${name}`)).toEqual(before.get(`batchNorm.${name}`));
  }
});

test.each<[string, Layer, number[]]>([
  ["dense", dense(3, { trainable: false }), [4]],
  ["conv2d", conv2d(2, 3, { trainable: false }), [4, 4, 1]],
  ["batchNorm", batchNorm({ trainable: false }), [4]],
])("%s keeps trainable: false in its file, and counts no parameter", (_, layer, input) => {
  const model = sequential({ input }, [layer]);
  expect(model.parameterCount).toBe(0);
  const loaded = decodeModel(encodeModel(model));
  expect(loaded.layers[0].layer.config.trainable).toBe(false);
  expect([...loaded.parameters().values()].every(({ trainable }) => trainable === false)).toBe(true);
});

test("a training with frozen groups and averages is saved and goes on to the same bits", async () => {
  const optimizer = movingAverage(groups());
  const whole = trainer("cpu", network(), { optimizer });
  await whole.fit(data, { ...FIT, epochs: 4 });
  const first = trainer("cpu", network(), { optimizer });
  await first.fit(data, { ...FIT, epochs: 2 });
  const loaded = decodeModel(encodeModel(first.model, await first.training(true)));
  const second = new Trainer(loaded, { device: device("cpu") });
  trainers.push(second);
  await second.fit(data, { ...FIT, epochs: 2 });
  expect(valuesOf(second)).toEqual(valuesOf(whole));
  const averaged = async (each: Trainer) => each.withAverage(() => valuesOf(each));
  expect(await averaged(second)).toEqual(await averaged(whole));
});

test("a step is explained without updates of what is frozen", async () => {
  const step = await trainer("cpu", network(), { optimizer: groups() }).explainStep(data);
  expect(step.steps.some(({ name }) => name === "head.weight.next")).toBe(true);
  expect(step.steps.some(({ name }) => name.startsWith("base.weight."))).toBe(false);
});

describe("what can't be", () => {
  test("nothing to train", async () => {
    const model = sequential({ input: [2] }, [dense(1, { trainable: false })]);
    await expect(trainer("cpu", model).fit(data)).rejects.toThrow(/no parameters to train.*trainable: false/);
    const optimizer = parameterGroups(adam, {}, [{ parameters: ["base", "batchNorm", "head"], trainable: false }]);
    const work = trainer("cpu", network(), { optimizer }).fit(data);
    await expect(work).rejects.toThrow(/nothing to train.*trainable: false/);
  });

  test.each<[string, () => unknown]>([
    ["a layer", () => dense(1, { trainable: "no" as never })],
    ["a convolution", () => conv2d(1, 3, { trainable: 0 as never })],
    ["batch norm", () => batchNorm({ trainable: null as never })],
    ["a group", () => parameterGroups(adam, {}, [{ parameters: "base", trainable: 0 as never }])],
  ])("%s whose trainable is neither true nor false", (_, make) => {
    expect(make).toThrow(ArgumentError);
    expect(make).toThrow(/trainable must be true or false/);
  });

  test("a group that names nothing", () => {
    const optimizer = parameterGroups(adam, {}, [{ parameters: "bass", trainable: false }]);
    expect(() => trainer("cpu", network(), { optimizer })).toThrow(/"bass" is no parameter/);
  });
});
