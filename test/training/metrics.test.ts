import { describe, expect, test } from "vitest";
import { Dataset } from "../../src/data/index.js";
import {
  ArgumentError,
  categoricalAccuracy,
  dense,
  hinge,
  meanSquaredError,
  metrics,
  ops,
  sequential,
  sgd,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  Trainer,
  topK,
} from "../../src/index.js";
import { BACKENDS, useDevices } from "../devices/backends.js";
import { expectClose } from "../tolerance.js";

const device = useDevices();
const ROWS = 37;
const features = Float32Array.from({ length: ROWS * 3 }, (_, i) => Math.sin(i * i));
const classes = Dataset.from({
  features,
  shape: [3],
  labels: Uint32Array.from({ length: ROWS }, (_, i) => (i * i) % 5),
});
const numbers = Dataset.from({
  features,
  shape: [3],
  labels: Float32Array.from({ length: ROWS * 2 }, (_, i) => Math.cos(i)),
});
const network = (outputs: number) => sequential({ input: [3], seed: 5 }, [dense(outputs)]);

describe.each(BACKENDS)("metrics summed up on %s are those of all predictions at once", (backend) => {
  test("accuracy and top-k, of class indices and of one-hot targets", async () => {
    const setup = { device: device(backend), optimizer: sgd(), metrics: ["accuracy", topK(1), topK(3), topK(9)] };
    for (const data of [classes, classes.oneHot()]) {
      using trainer = new Trainer(network(5), { ...setup, loss: softmaxCrossEntropy() });
      const { values } = await trainer.predict(data);
      const scores = await trainer.evaluate(data, { batchSize: 8 });
      for (const k of [1, 3, 9] as const) {
        expect(scores[`top${k}`]).toBeCloseTo(metrics.topKAccuracy(classes.labels, values, k), 6);
      }
      expect(scores.accuracy).toBe(scores.top1);
      const { epochs } = await trainer.fit(data, { epochs: 1, batchSize: 37 });
      expect(epochs[0].top3).toBeCloseTo(scores.top3!, 6);
    }
  });

  test("of whole rows of several labels, and of classes", async () => {
    const labels = Float32Array.from({ length: ROWS * 2 }, (_, i) => Number(Math.sin(i) > 0));
    const several = Dataset.from({ features, shape: [3], labels });
    const setup = { device: device(backend), optimizer: sgd(), metrics: ["accuracy", "subsetAccuracy"] };
    using trainer = new Trainer(network(2), { ...setup, loss: sigmoidCrossEntropy() });
    const { values } = await trainer.predict(several);
    const isRight = (place: number) => values[place] > 0 === labels[place] > 0.5;
    const whole = Array.from({ length: ROWS }, (_, row) => isRight(2 * row) && isRight(2 * row + 1));
    const scores = await trainer.evaluate(several, { batchSize: 8 });
    expect(scores.subsetAccuracy).toBeCloseTo(whole.filter(Boolean).length / ROWS, 6);
    expect(scores.accuracy).toBeGreaterThan(scores.subsetAccuracy!);
    using other = new Trainer(network(5), { ...setup, loss: softmaxCrossEntropy() });
    const same = await other.evaluate(classes.oneHot());
    expect(same.subsetAccuracy).toBe(same.accuracy);
  });

  test("of one-hot numbers under a loss of numbers, row by row where the metric says so", async () => {
    const names = ["accuracy", categoricalAccuracy()];
    const setup = { device: device(backend), optimizer: sgd(), metrics: names };
    using trainer = new Trainer(network(5), { ...setup, loss: meanSquaredError() });
    const oneHot = classes.oneHot();
    const { values } = await trainer.predict(oneHot);
    const scores = await trainer.evaluate(oneHot, { batchSize: 8 });
    const rows = metrics.topKAccuracy(classes.labels, values, 1);
    expect(scores.categoricalAccuracy).toBeCloseTo(rows, 6);
    expect(scores.accuracy).not.toBeCloseTo(rows, 2);
    const { epochs } = await trainer.fit(oneHot, { epochs: 1, batchSize: 37 });
    expect(epochs[0].categoricalAccuracy).toBeCloseTo(rows, 6);
    using other = new Trainer(network(5), { ...setup, loss: softmaxCrossEntropy() });
    const same = await other.evaluate(classes);
    expect(same.categoricalAccuracy).toBe(same.accuracy);
    using single = new Trainer(network(1), { ...setup, loss: meanSquaredError() });
    const one = Dataset.from({ features, shape: [3], labels: Float32Array.from(classes.labels) });
    await expect(single.evaluate(one)).rejects.toThrow(/a target for each of several outputs/);
  });

  test("root mean squared and mean absolute error", async () => {
    const names = ["meanSquaredError", "rootMeanSquaredError", "meanAbsoluteError"];
    const setup = { device: device(backend), loss: meanSquaredError(), optimizer: sgd(), metrics: names };
    using trainer = new Trainer(network(2), setup);
    const { values } = await trainer.predict(numbers);
    const scores = await trainer.evaluate(numbers, { batchSize: 8 });
    const expected = [
      metrics.meanSquaredError(numbers.labels, values),
      metrics.rootMeanSquaredError(numbers.labels, values),
      metrics.meanAbsoluteError(numbers.labels, values),
    ];
    const actual = [scores.meanSquaredError!, scores.rootMeanSquaredError!, scores.meanAbsoluteError!];
    expectClose(actual, expected, { terms: ROWS * 2, functions: ["root"] });
    const { epochs } = await trainer.fit(numbers, { epochs: 1, batchSize: 16, validation: numbers });
    expect(epochs[0].rootMeanSquaredError).toBeCloseTo(Math.sqrt(epochs[0].meanSquaredError!), 12);
    expect(epochs[0].validation!.rootMeanSquaredError).toBeGreaterThan(0);
  });

  test("one of one's own, and the boundary of hinge loss", async () => {
    const bias = {
      name: "bias",
      perRow: ({ outputs, targets }: { outputs: ops.Tensor; targets: ops.Tensor }) =>
        ops.mean(ops.sub(outputs, targets), -1),
    };
    const yesNo = Dataset.from({ features, shape: [3], labels: Array.from({ length: ROWS }, (_, i) => i % 2) });
    const setup = { device: device(backend), loss: hinge(), optimizer: sgd(), metrics: [bias, "accuracy"] };
    using trainer = new Trainer(network(1), setup);
    const { values } = await trainer.predict(yesNo);
    const scores = (await trainer.evaluate(yesNo)) as unknown as { bias: number; accuracy: number };
    const signs = Array.from(yesNo.labels, (label) => label * 2 - 1);
    expectClose([scores.bias], [signs.reduce((sum, sign, i) => sum + values[i] - sign, 0) / ROWS], {
      terms: ROWS,
      summed: 2,
    });
    expect(scores.accuracy).toBeCloseTo(signs.filter((sign, i) => values[i] > 0 === sign > 0).length / ROWS, 6);
    expect((await trainer.training(false)).metrics).toEqual(["accuracy"]); // only names can be saved
  });
});

test("top-k needs one right answer of several, and a k", async () => {
  expect(() => topK(0)).toThrow(ArgumentError);
  const setup = { device: device("cpu"), loss: meanSquaredError(), optimizer: sgd(), metrics: [topK(2)] };
  using trainer = new Trainer(network(2), setup);
  await expect(trainer.evaluate(numbers)).rejects.toThrow(/"top2" is for one class of several/);
});
