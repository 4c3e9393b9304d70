import {
  adam,
  type Callback,
  categoricalHinge,
  dense,
  hinge,
  type Loss,
  meanSquaredError,
  r2,
  sequential,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  Trainer,
} from "neuromotor";
import { Dataset, iris, tableFromRecords } from "neuromotor/data";
import { openDevice } from "neuromotor/node";
import {
  type ClassPredictions,
  describeRun,
  gradientRecorder,
  type LabelPredictions,
  report,
  type ValuePredictions,
} from "neuromotor/report";
import { beforeAll, describe, expect, test } from "vitest";
import { type Subjects, trainSubjects } from "./runs.js";

let subjects: Subjects;
beforeAll(async () => {
  subjects = await trainSubjects();
});

describe("describeRun takes a run's predictions as its loss understands them", () => {
  const features = Array.from({ length: 40 }, (_, i) => [Math.sin(i), Math.cos(i), i % 2]);
  const oneHot = features.map(([, , odd]) => [1 - odd, odd]);
  const cases: [
    name: string,
    loss: Loss,
    outputs: number,
    labels: number[] | number[][] | Float32Array,
    task: string,
  ][] = [
    ["class indices", softmaxCrossEntropy(), 2, features.map(([, , odd]) => odd), "classes"],
    ["distributions", softmaxCrossEntropy(), 2, oneHot, "classes"],
    ["yes or no", sigmoidCrossEntropy(), 1, features.map(([, , odd]) => odd), "classes"],
    ["margins of several", categoricalHinge(), 2, features.map(([, , odd]) => odd), "classes"],
    ["margins of yes or no", hinge(), 1, features.map(([, , odd]) => odd), "classes"],
    [
      "several labels",
      sigmoidCrossEntropy(),
      3,
      features.map(([a, b, odd]) => [Number(a > 0), Number(b > 0), odd]),
      "labels",
    ],
    ["numbers", meanSquaredError(), 1, Float32Array.from(features, ([a]) => a), "values"],
    ["several numbers", meanSquaredError(), 2, features.map(([a, b]) => [a, b]), "values"],
  ];

  test.each(cases)("%s", async (_, loss, outputs, labels, task) => {
    const device = await openDevice({ backend: "cpu" });
    const model = sequential({ input: [3], seed: 1 }, [dense(outputs)]);
    using trainer = new Trainer(model, { device, loss, optimizer: adam({ learningRate: 0.1 }) });
    const train = Dataset.from({ features, labels: labels as number[], name: "made" });
    const history = await trainer.fit(train, { epochs: 40, batchSize: 8 });
    const run = await describeRun(trainer, { history, train });
    const { predictions } = run;
    expect(predictions!.task).toBe(task);
    expect(predictions!.part).toBe("train");
    if (task === "classes") {
      const { truth, predicted, probabilities } = predictions as ClassPredictions;
      expect(Array.from(truth)).toEqual(features.map(([, , odd]) => odd));
      expect(Array.from(truth).filter((label, row) => label === predicted[row]).length).toBeGreaterThan(36);
      expect(probabilities !== undefined).toBe(loss.isProbabilistic === true);
    } else if (task === "labels") {
      const { truth, probabilities } = predictions as LabelPredictions;
      expect(truth.length).toBe(120);
      expect(Array.from(probabilities).every((p) => p >= 0 && p <= 1)).toBe(true);
    } else {
      const { targets } = predictions as ValuePredictions;
      expect(targets).toHaveLength(outputs);
      for (const [i, { truth, predicted }] of targets.entries()) {
        expect(truth[3]).toBeCloseTo(features[3][i], 6);
        expect(r2(truth, predicted)).toBeGreaterThan(0.9);
      }
    }
    const page = await report(run);
    expect(page.match(/NaN|undefined/g)).toBeNull();
    device.dispose();
  });

  test("with the data as people read them, and targets in their own units", async () => {
    const { diabetes } = subjects;
    const [{ truth, predicted }] = (diabetes.predictions as ValuePredictions).targets;
    expect(Math.max(...Array.from(truth))).toBeGreaterThan(200);
    expect(diabetes.scores!.test!.r2).toBeCloseTo(r2(truth, predicted), 12);
    const [sample] = (diabetes.predictions as ValuePredictions).samples!.values();
    expect(sample.cells[0]).toBeGreaterThan(18); // an age, not a scaled one
    await expect(describeRun({} as Trainer, {} as { train: Dataset })).rejects.toThrow(/needs the training part/);
  });

  test("from a plain data set", async () => {
    const device = await openDevice({ backend: "cpu" });
    using trainer = new Trainer(sequential({ input: [4], seed: 1 }, [dense(3)]), {
      device,
      loss: softmaxCrossEntropy(),
      optimizer: adam({ learningRate: 0.1 }),
    });
    const { train, test } = (await iris()).split({ test: 0.3, stratify: true, seed: 1 });
    const history = await trainer.fit(train, { epochs: 5, batchSize: 16 });
    const run = await describeRun(trainer, { history, train, test });
    expect(run).toMatchObject({ name: "iris", state: "done", data: { rows: { train: 105, test: 45 }, features: 4 } });
    expect(run.data!.frequencies).toEqual({ train: [35, 35, 35], test: [15, 15, 15] });
    expect(run.model).toMatchObject({
      input: [4],
      parameters: 15,
      layers: [{ name: "dense", output: [3], parameters: 15 }],
    });
    device.dispose();
  });
});

test("describeRun takes the cells and the unit of a table that the parts were made of", async () => {
  const records = Array.from({ length: 60 }, (_, i) => ({
    size: i % 9 === 4 ? null : i * 10,
    kind: i % 2 ? "flat" : "house",
    price: 1000 + 7 * i + (i % 2) * 50,
  }));
  const table = tableFromRecords(records, { target: "price" });
  const parts = table.split({ test: 0.3, seed: 1 });
  const device = await openDevice({ backend: "cpu" });
  using trainer = new Trainer(sequential({ input: parts.train.shape as [number], seed: 1 }, [dense(1)]), {
    device,
    loss: meanSquaredError(),
    optimizer: adam({ learningRate: 0.05 }),
  });
  const history = await trainer.fit(parts.train, { epochs: 30, batchSize: 8 });
  const run = await describeRun(trainer, { history, ...parts, table, rowsOf: parts.rows });
  const { targets, samples } = run.predictions as ValuePredictions;
  expect(Array.from(targets[0].truth)).toEqual(parts.rows.test.map((row) => records[row].price));
  expect(r2(targets[0].truth, targets[0].predicted)).toBeGreaterThan(0.5); // far below 0 in another unit
  for (const { row, cells } of samples!) expect(cells).toEqual([records[row].size ?? "", records[row].kind]);
  expect(run.data).toMatchObject({ features: 2, featureNames: ["size", "kind"], target: "price" });
  expect(run.data!.samples![0].label).toBe(String(records[parts.rows.train[0]].price));
  device.dispose();
});

describe("gradientRecorder", () => {
  test("measures each layer's gradient as a step's equations have it, ever more rarely, and changes nothing", async () => {
    const device = await openDevice({ backend: "cpu" });
    const { train } = (await iris()).split({ test: 0.3, stratify: true, seed: 1 });
    const few = train.take(Array.from({ length: 12 }, (_, i) => i));
    const recorder = await gradientRecorder(train, { rows: 12 });
    const explained: number[] = [];
    const trained = async (callbacks: Callback[]) => {
      using trainer = new Trainer(sequential({ input: [4], seed: 1 }, [dense(5, { activation: "tanh" }), dense(3)]), {
        device,
        loss: softmaxCrossEntropy(),
        optimizer: adam({ learningRate: 0.05 }),
      });
      const watch: Callback = {
        onEpoch: async () => {
          const step = await trainer.explainStep(few);
          const gradients = ["weight", "bias"].map((name) => step.get(`dense.${name}.gradient`).values);
          explained.push(Math.hypot(...gradients.flatMap((values) => Array.from(values))));
        },
      };
      const { epochs } = await trainer.fit(train, { epochs: 12, batchSize: 16, callbacks: [...callbacks, watch] });
      return epochs.map(({ loss }) => loss);
    };
    const losses = await trained([recorder]);
    const { epochs, layers } = recorder.norms;
    expect(epochs).toEqual([1, 2, 3, 4, 5, 6, 8, 10, 12]);
    expect(Object.keys(layers)).toEqual(["dense", "dense_1"]);
    for (const [i, epoch] of epochs.entries()) expect(layers.dense[i] / explained[epoch - 1]).toBeCloseTo(1, 5);
    expect(await trained([])).toEqual(losses);
    device.dispose();
  });

  test("needs rows", async () => {
    await expect(gradientRecorder(await iris(), { rows: 0 })).rejects.toThrow(/rows must be a whole number above 0/);
  });
});
