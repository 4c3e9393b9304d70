import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Dataset, tableFromRecords } from "../../src/data/index.js";
import {
  adam,
  add,
  apply,
  type Backend,
  batchNorm,
  conv2d,
  customLoss,
  dense,
  encodeModel,
  flatten,
  input,
  type Model,
  meanSquaredError,
  model,
  openDevice,
  ops,
  predictRows,
  registerLayer,
  residual,
  sequential,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  Trainer,
  type TrainerOptions,
} from "../../src/index.js";
import { loadPredictor } from "../../src/predict.js";
import { sines } from "../fixtures.js";

type Setup = Omit<TrainerOptions, "device" | "optimizer">;

/** A model after an epoch, with its trainer and its files. */
async function trained(device: Backend, net: Model, data: Dataset, setup: Setup) {
  const trainer = new Trainer(net, { device, optimizer: adam(), ...setup });
  await trainer.fit(data, { epochs: 1, batchSize: 8 });
  return { trainer, files: encodeModel(net, await trainer.training(false)) };
}

const classes = (rows: number, width: number, shape?: number[]) =>
  Dataset.from({
    features: sines(rows * width),
    labels: Uint32Array.from({ length: rows }, (_, row) => row % 3),
    shape: shape ?? [width],
  });
const iris = () => sequential({ input: [4], seed: 1 }, [dense(8, { activation: "tanh" }), dense(3)]);

describe.each(["cpu", "wasm"] as const)("on %s a predictor has the bits of Trainer.predict,", (backend) => {
  let device: Backend;
  beforeAll(async () => {
    device = await openDevice({ backend });
  });
  afterAll(() => device.dispose());

  test.each([1, 7, 300])("for %d rows, as logits and as probabilities, with what is far out named", async (rows) => {
    const { trainer, files } = await trained(device, iris(), classes(24, 4), { loss: softmaxCrossEntropy() });
    const predictor = await loadPredictor(files, { device });
    const features = sines(rows * 4, 9);
    for (const options of [{}, { probabilities: true }, { batchSize: 5 }, { warnings: true }]) {
      expect(await predictor.predict(features, options)).toEqual(await trainer.predict(features, options));
    }
    const nested = Array.from({ length: rows }, (_, row) => [...features.subarray(row * 4, row * 4 + 4)]);
    expect(await predictor.predict(nested)).toEqual(await trainer.predict(nested));
    for (const each of [predictor, trainer]) each.dispose();
  });

  test("for images, through layers of every make", async () => {
    const net = sequential({ input: [6, 6, 1], seed: 1 }, [
      conv2d(4, 3, { activation: "relu" }),
      batchNorm(),
      residual([conv2d(4, 3, { padding: "same" })]),
      flatten(),
      dense(3),
    ]);
    const { trainer, files } = await trained(device, net, classes(24, 36, [6, 6, 1]), { loss: softmaxCrossEntropy() });
    const predictor = await loadPredictor(files, { device });
    const features = sines(5 * 36);
    expect(await predictor.predict(features)).toEqual(await trainer.predict(features));
    for (const each of [predictor, trainer]) each.dispose();
  });

  test("for several inputs and outputs, by their names in any order", async () => {
    const [a, b] = [input([2], { name: "a" }), input([3], { name: "b" })];
    const h = apply(add(), apply(dense(4), a), apply(dense(4), b));
    const outputs = { kind: apply(dense(3), h), size: apply(dense(1), h) };
    const rows = 12;
    const features = { b: sines(rows * 3), a: sines(rows * 2) };
    const labels = { kind: Uint32Array.from({ length: rows }, (_, row) => row % 3), size: sines(rows) };
    const data = Dataset.from({ features, labels, shape: { a: [2], b: [3] } });
    const loss = { kind: softmaxCrossEntropy(), size: meanSquaredError() };
    const { trainer, files } = await trained(device, model({ inputs: [a, b], outputs, seed: 1 }), data, { loss });
    const predictor = await loadPredictor(files, { device });
    for (const source of [features, data]) {
      const predicted = await predictor.predict(source, { probabilities: true });
      expect(predicted).toEqual(await trainer.predict(source, { probabilities: true }));
      expect(Object.keys(predicted.outputs!)).toEqual(["kind", "size"]);
    }
    await expect(predictor.predict({ a: features.a })).rejects.toThrow('has an input "b"');
    await expect(predictor.predict({})).rejects.toThrow("there are no rows");
    await expect(predictor.predict({ a: [[1, 2]], b: [[1, Number.NaN, 3]] })).rejects.toThrow(
      "predict: features.b: row 0, column 1 is NaN",
    );
    for (const each of [predictor, trainer]) each.dispose();
  });
});

describe("a predictor", () => {
  let device: Backend;
  beforeAll(async () => {
    device = await openDevice({ backend: "cpu" });
  });
  afterAll(() => device.dispose());

  test("takes raw rows of a table through the preprocessing that the model keeps", async () => {
    const records = Array.from({ length: 24 }, (_, i) => ({
      sex: i % 3 ? "f" : "m",
      age: 20 + i,
      lived: i % 2 ? "yes" : "no",
    }));
    const { train } = await tableFromRecords(records, { target: "lived" }).split({ test: 0.25, seed: 1 });
    const net = sequential({ input: train.shape, seed: 1 }, [dense(1)]);
    const { trainer, files } = await trained(device, net, train, { loss: sigmoidCrossEntropy() });
    const predictor = await loadPredictor(files, { device });
    const asked = [
      { age: 31, sex: "m" },
      { sex: "f", age: 400 },
    ];
    expect(await predictor.predict(asked)).toEqual(await trainer.predict(asked));
    const rows = await predictor.predictRows(asked, { probabilities: true });
    expect(rows).toEqual(await predictRows(trainer, asked, { probabilities: true }));
    expect(rows.classNames).toEqual(["no", "yes"]);
    expect(rows.warnings).toHaveLength(1);
    for (const each of [predictor, trainer]) each.dispose();
  });

  test("answers calls that overlap, and follows a changed model", async () => {
    const predictor = await loadPredictor(encodeModel(iris()), { device });
    const rows = [
      [1, 2, 3, 4],
      [5, 6, 7, 8],
    ];
    const both = await predictor.predict(rows);
    const [one, other] = await Promise.all(rows.map((row) => predictor.predict([row])));
    expect([...one.values, ...other.values]).toEqual([...both.values]);
    predictor.model.setParameters(new Map([["dense_1.bias", { values: [7, 7, 7] }]]));
    const [changed] = (await predictor.predict(rows)).values;
    expect(changed - both.values[0]).toBeCloseTo(7, 5);
    predictor.dispose();
  });

  test("opens WebAssembly for itself, and frees it with its own memory", async () => {
    const predictor = await loadPredictor(encodeModel(iris()));
    expect(predictor.device.backend).toBe("wasm");
    const pending = predictor.predict([[1, 2, 3, 4]]);
    predictor.dispose();
    predictor.dispose();
    expect((await pending).shape).toEqual([1, 3]); // a call at work ends first
    expect(predictor.disposed).toBe(true);
    expect(() => predictor.device.create("x", "f32", 1)).toThrow("was disposed");
    await expect(predictor.predict([[1, 2, 3, 4]])).rejects.toThrow("it was disposed. Load it again");
  });

  test("leaves a device open that it was given", async () => {
    const predictor = await loadPredictor(encodeModel(iris()), { device });
    predictor.dispose();
    device.destroy([device.create("x", "f32", 1)]);
  });

  test("knows layers that were registered, and says so of those that weren't", async () => {
    const twice = registerLayer({ name: "twiceForPredictor", forward: (x) => ops.mul(x, 2) });
    const { json, safetensors } = encodeModel(sequential({ input: [2], seed: 1 }, [twice()]));
    const predictor = await loadPredictor({ json, safetensors }, { device });
    expect([...(await predictor.predict([[1, 3]])).values]).toEqual([2, 6]);
    predictor.dispose();
    const { checksums, ...rest } = JSON.parse(json.replace("twiceForPredictor", "unheard"));
    const files = { json: JSON.stringify(rest), safetensors };
    await expect(loadPredictor(files, { device, unchecked: true })).rejects.toThrow(
      'There is no layer "unheard"; use dense,',
    );
  });

  test("gives probabilities of a loss of one's own not at all, and logits as ever", async () => {
    const loss = customLoss((y, t) => ops.mean(ops.square(ops.sub(y, t)), -1));
    const data = Dataset.from({ features: sines(8), labels: sines(8), shape: [1] });
    const { files } = await trained(device, sequential({ input: [1], seed: 1 }, [dense(1)]), data, { loss });
    const predictor = await loadPredictor(files, { device });
    expect((await predictor.predict([[1]])).values).toHaveLength(1);
    await expect(predictor.predict([[1]], { probabilities: true })).rejects.toThrow('a loss of your own, "');
    const untrained = await loadPredictor(encodeModel(iris()), { device });
    await expect(untrained.predict([[1, 2, 3, 4]], { probabilities: true })).rejects.toThrow("saved with no loss");
    for (const each of [predictor, untrained]) each.dispose();
  });

  test("refuses files that are damaged or unchecked, and what is no device", async () => {
    const { json, safetensors } = encodeModel(iris());
    const damaged = safetensors.slice();
    damaged[damaged.length - 1] ^= 1;
    await expect(loadPredictor({ json, safetensors: damaged }, { device })).rejects.toThrow("is damaged");
    const { checksums, ...rest } = JSON.parse(json);
    const unchecked = { json: JSON.stringify(rest), safetensors };
    await expect(loadPredictor(unchecked, { device })).rejects.toThrow("has no checksums");
    (await loadPredictor(unchecked, { device, unchecked: true })).dispose();
    await expect(loadPredictor({} as never, { device })).rejects.toThrow("loadPredictor: needs { json, safetensors }");
    await expect(loadPredictor({ json, safetensors }, { device: {} as never })).rejects.toThrow(
      "must be one that openDevice",
    );
    await expect(loadPredictor({ json: '{"layers": 5, "nodes": null}', safetensors }, { device })).rejects.toThrow(
      "neuromotor model",
    );
  });
});
