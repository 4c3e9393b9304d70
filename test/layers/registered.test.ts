import { describe, expect, test } from "vitest";
import { Dataset } from "../../src/data/index.js";
import { decodeModel, encodeModel } from "../../src/formats/model.js";
import {
  ArgumentError,
  dense,
  FormatError,
  meanSquaredError,
  ops,
  registerLayer,
  residual,
  sequential,
  sgd,
  Trainer,
} from "../../src/index.js";
import { constant } from "../../src/initializers/index.js";
import { BACKENDS, useDevices } from "../devices/backends.js";

const device = useDevices();

/** y = by x g, with a parameter g for each feature. */
const kind = {
  name: "scaled",
  forward: (
    x: ops.Tensor,
    scope: Parameters<Parameters<typeof registerLayer>[0]["forward"]>[1],
    options: { by?: number },
  ) => ops.mul(ops.mul(options.by ?? 2, x), scope.parameter("gain", [x.shape[1]], constant(0.5))),
};
const scaled = registerLayer(kind);

describe.each(BACKENDS)("a layer of one's own, on %s", (backend) => {
  test("is saved with its options and its training, and goes on to the same bits", async () => {
    const network = () =>
      sequential({ input: [2], seed: 1 }, [dense(3), scaled({ by: 3 }), residual([scaled()]), dense(1)]);
    const setup = {
      device: device(backend),
      loss: meanSquaredError(),
      optimizer: sgd({ learningRate: 0.001, momentum: 0.9 }),
    };
    const data = Dataset.from({
      features: [
        [1, 2],
        [0, -1],
        [2, 1],
        [-1, 1],
      ],
      labels: [[1], [2], [0], [1]],
    });
    const fit = { epochs: 2, batchSize: 2 };
    using whole = new Trainer(network(), setup);
    await whole.fit(data, fit);
    await whole.fit(data, fit);
    using first = new Trainer(network(), setup);
    await first.fit(data, fit);
    const loaded = decodeModel(encodeModel(first.model, await first.training(true)));
    expect(loaded.layers[1].layer.config).toMatchObject({ layer: "scaled", by: 3 });
    expect([...loaded.parameters().keys()]).toContain("residual.scaled.gain");
    using second = new Trainer(loaded, { device: device(backend) });
    await second.fit(data, fit);
    expect(second.model.parameters()).toEqual(whole.model.parameters());
    expect((await second.predict(data)).values).toEqual((await whole.predict(data)).values);
  });
});

test("a name of its own, and trainable, are kept", () => {
  const model = sequential({ input: [2] }, [scaled({ by: 2, name: "own", trainable: false })]);
  const loaded = decodeModel(encodeModel(model));
  expect(loaded.parameters().get("own.gain")).toMatchObject({ trainable: false });
});

test("the same kind may be registered again, as when a module is loaded twice", () => {
  expect(registerLayer(kind)({ by: 2 }).config).toEqual(scaled({ by: 2 }).config);
});

test("a model of a kind that isn't known says how to make it so", () => {
  const saved = encodeModel(sequential({ input: [2] }, [scaled()]));
  // Without checksums, which hold the text.
  const { checksums, ...json } = JSON.parse(saved.json.replaceAll('"scaled"', '"mystery"'));
  const load = () => decodeModel({ ...saved, json: JSON.stringify(json) });
  expect(load).toThrow(FormatError);
  expect(load).toThrow(
    /no layer "mystery".*registerLayer\(\{ name: "mystery", \.\.\. \}\) before a model that has it is loaded/,
  );
});

describe("what can't be", () => {
  test.each<[string, () => unknown, RegExp]>([
    ["a name that is ours", () => registerLayer({ ...kind, name: "dense" }), /there is a layer "dense" already/],
    ["a name that is taken", () => registerLayer({ ...kind }), /there is a layer "scaled" already/],
    ["a name with a dot", () => registerLayer({ ...kind, name: "a.b" }), /without dots and spaces/],
    ["no forward pass", () => registerLayer({ name: "none" } as never), /needs \{ name, forward/],
    ["nothing", () => registerLayer(undefined as never), /needs \{ name, forward/],
    [
      "options that JSON loses",
      () => scaled({ by: Number.NaN }),
      /scaled: options must be an object of what JSON can hold/,
    ],
    ["a typed array", () => scaled({ by: Float32Array.of(1) as never }), /Array\.from\(values\)/],
    ["a function", () => scaled({ by: (() => 1) as never }), /what JSON can hold/],
    ["null", () => scaled(null as never), /options must be an object/],
    ["trainable as a word", () => scaled({ trainable: "no" as never }), /trainable must be true or false/],
  ])("%s", (_, make, message) => {
    expect(make).toThrow(ArgumentError);
    expect(make).toThrow(message);
  });
});
