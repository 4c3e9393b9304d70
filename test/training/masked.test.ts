import { afterEach, describe, expect, test } from "vitest";
import { Dataset, standardise } from "../../src/data/index.js";
import { decodeModel, encodeModel } from "../../src/formats/model.js";
import {
  ArgumentError,
  customLoss,
  DataError,
  dense,
  gaussianNLL,
  type Loss,
  type Metric,
  masked,
  meanAbsoluteError,
  meanSquaredError,
  ops,
  quantile,
  sequential,
  sgd,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  Trainer,
  type TrainerOptions,
} from "../../src/index.js";
import { BACKENDS, useDevices } from "../devices/backends.js";
import { expectClose } from "../tolerance.js";

const device = useDevices();
const trainers: Trainer[] = [];
afterEach(() => {
  for (const trainer of trainers.splice(0)) trainer.dispose();
});

const ROWS = 11;
const U = Number.NaN;
/** Two features, three targets of which some aren't known; row 4 knows none. */
const features = Array.from({ length: ROWS }, (_, i) => [Math.sin(i), Math.cos(2 * i)]);
const numbers = features.map(([a, b], i) => [a + b, a * b, i / 5]);
const isUnknown = (row: number, target: number) => row === 4 || (row * 5 + target * 3) % 4 === 0;
const labels = numbers.map((row, i) => row.map((value, j) => (isUnknown(i, j) ? U : value)));
const sampleWeights = Array.from({ length: ROWS }, (_, i) => 1 + (i % 3));

type Backend = (typeof BACKENDS)[number];

function trainer(backend: Backend, loss: Loss, outputs = 3, options: Partial<TrainerOptions> = {}) {
  const model = sequential({ input: [2], seed: 2 }, [dense(outputs)]);
  const made = new Trainer(model, { device: device(backend), loss, optimizer: sgd({ learningRate: 0.1 }), ...options });
  trainers.push(made);
  return made;
}

/** Stochastic gradient descent on the masked squared error of a linear layer, in float64, one batch after the other. */
function reference(start: Map<string, { values: Float32Array }>, batchSize: number, weights: number[], rate: number) {
  const W = Array.from(start.get("dense.weight")!.values, Number);
  const b = Array.from(start.get("dense.bias")!.values, Number);
  let known = 0;
  for (let i = 0; i < ROWS; i++) for (let j = 0; j < 3; j++) known += isUnknown(i, j) ? 0 : weights[i];
  const stepLosses: number[] = [];
  for (let first = 0; first < ROWS; first += batchSize) {
    const rows = Array.from({ length: Math.min(batchSize, ROWS - first) }, (_, i) => first + i);
    // As much as a batch of so many rows has on average.
    const divisor = (known / ROWS) * rows.length;
    const [dW, db] = [new Array(6).fill(0), new Array(3).fill(0)];
    let loss = 0;
    for (const i of rows) {
      for (let j = 0; j < 3; j++) {
        if (isUnknown(i, j)) continue;
        const error = features[i][0] * W[j] + features[i][1] * W[3 + j] + b[j] - Math.fround(numbers[i][j]);
        loss += (weights[i] * error ** 2) / divisor;
        const slope = (2 * weights[i] * error) / divisor;
        db[j] += slope;
        dW[j] += slope * features[i][0];
        dW[3 + j] += slope * features[i][1];
      }
    }
    stepLosses.push(loss);
    for (let k = 0; k < 6; k++) W[k] -= rate * dW[k];
    for (let k = 0; k < 3; k++) b[k] -= rate * db[k];
  }
  return { stepLosses, W, b };
}

const CLOSE = { terms: 400, functions: ["exponential", "logarithm", "division"] as const };

describe.each(BACKENDS)("targets that aren't known, on %s", (backend) => {
  const RUNS: [string, { batchSize: number; microBatchSize?: number; weights?: number[] }][] = [
    ["a batch of all rows", { batchSize: ROWS }],
    ["batches, the last one short", { batchSize: 4 }],
    ["micro-batches", { batchSize: 8, microBatchSize: 3 }],
    ["rows with weights of their own", { batchSize: ROWS, weights: sampleWeights }],
    ["micro-batches of rows with weights", { batchSize: 6, microBatchSize: 2, weights: sampleWeights }],
  ];

  test.each(RUNS)("%s: losses and steps of a float64 reference", async (_, { weights, ...options }) => {
    const data = Dataset.from({ features, labels, ...(weights && { weights }) });
    const made = trainer(backend, masked(meanSquaredError()));
    const { stepLosses, W, b } = reference(
      made.model.parameters(),
      options.batchSize,
      weights ?? new Array(ROWS).fill(1),
      0.1,
    );
    const history = await made.fit(data, { epochs: 1, shuffle: false, recordSteps: true, ...options });
    expectClose(history.stepLosses!, stepLosses, CLOSE);
    expectClose(made.model.parameters().get("dense.weight")!.values, W, CLOSE);
    expectClose(made.model.parameters().get("dense.bias")!.values, b, CLOSE);
  });

  test("loss and metrics are means over the known targets", async () => {
    const metrics = ["meanSquaredError", "meanAbsoluteError", "rootMeanSquaredError"];
    const made = trainer(backend, masked(meanAbsoluteError()), 3, { metrics });
    const { values } = await made.predict(features);
    const errors = values.reduce<[number, number][]>((sofar, value, k) => {
      const [i, j] = [Math.floor(k / 3), k % 3];
      if (!isUnknown(i, j)) sofar.push([value - numbers[i][j], sampleWeights[i]]);
      return sofar;
    }, []);
    const mean = (of: (error: number) => number) =>
      errors.reduce((sum, [error, weight]) => sum + weight * of(error), 0) /
      errors.reduce((sum, [, weight]) => sum + weight, 0);
    const data = Dataset.from({ features, labels, weights: sampleWeights });
    const scores = await made.evaluate(data, { batchSize: 4 });
    const square = (error: number) => error ** 2;
    expectClose(
      ["loss", ...metrics].map((name) => scores[name as "loss"]),
      [mean(Math.abs), mean(square), mean(Math.abs), Math.sqrt(mean(square))],
      CLOSE,
    );
  });

  test("with every target known, masked changes nothing", async () => {
    const data = Dataset.from({ features, labels: numbers });
    const run = async (loss: Loss) => {
      const made = trainer(backend, loss, 3, { metrics: ["meanAbsoluteError"] });
      await made.fit(data, { epochs: 2, batchSize: 4, seed: 1 });
      return [...made.model.parameters().get("dense.weight")!.values, ...Object.values(await made.evaluate(data))];
    };
    expectClose(await run(masked(meanSquaredError())), await run(meanSquaredError()), CLOSE);
  });

  test.each<[string, Loss, (number | number[])[], number]>([
    ["class indices", softmaxCrossEntropy(), [0, 2, U, 1, 2, U, 0, 1, 1, 0, 2], 3],
    ["class indices of several yes and no", sigmoidCrossEntropy(), [0, 2, U, 1, 2, U, 0, 1, 1, 0, 2], 3],
    [
      "class indices with class weights",
      softmaxCrossEntropy({ classWeights: [1, 2, 3] }),
      [0, 2, U, 1, 2, 0, 0, 1, 1, 0, 2],
      3,
    ],
    ["distributions", softmaxCrossEntropy(), numbers.map((_, i) => (i % 4 === 2 ? [0.5, U, U] : [0.5, 0.25, 0.25])), 3],
    ["yes or no", sigmoidCrossEntropy(), [0, 1, U, 1, 0, U, 0, 1, 1, 0, 1], 1],
    ["three quantiles of one number", quantile([0.1, 0.5, 0.9]), [0.5, 1.5, U, 1, 2, U, 0, 1, 1, 0, 2], 3],
    ["mean and spread", gaussianNLL(), [0.5, 1.5, U, 1, 2, U, 0, 1, 1, 0, 2], 2],
  ])("%s: rows that aren't known are not there", async (_, loss, given, outputs) => {
    const isKnown = (row: number) => ![given[row]].flat().some(Number.isNaN);
    const known = Array.from({ length: ROWS }, (_, i) => i).filter(isKnown);
    const all = trainer(backend, masked(loss), outputs);
    const some = trainer(backend, loss, outputs);
    const part = { features: known.map((i) => features[i]), labels: known.map((i) => given[i]) };
    const data = Dataset.from({ features, labels: given as number[][] });
    const rest = Dataset.from(part as { features: number[][]; labels: number[] });
    await all.fit(data, { epochs: 3, batchSize: ROWS, shuffle: false });
    await some.fit(rest, { epochs: 3, batchSize: ROWS, shuffle: false });
    for (const [name, { values }] of some.model.parameters()) {
      expectClose(all.model.parameters().get(name)!.values, values, CLOSE);
    }
    expectClose([(await all.evaluate(data)).loss], [(await some.evaluate(rest)).loss], CLOSE);
  });

  test("accuracy leaves out what isn't known", async () => {
    const given = [
      [1, U],
      [0, 1],
      [U, 1],
      [0, 0],
    ];
    const made = trainer(backend, masked(sigmoidCrossEntropy()), 2, { metrics: ["accuracy"] });
    // The first output says yes, the second no.
    made.model.setParameters(
      new Map([
        ["dense.weight", { values: [0, 0, 0, 0] }],
        ["dense.bias", { values: [3, -3] }],
      ]),
    );
    const data = Dataset.from({ features: features.slice(0, 4), labels: given });
    expect((await made.evaluate(data)).accuracy).toBeCloseTo(2 / 6, 6);
  });

  test("trainStep takes batches with other gaps, to the bits of fit", async () => {
    const [one, two] = [trainer(backend, masked(meanSquaredError())), trainer(backend, masked(meanSquaredError()))];
    const batches = [0, 4].map((first) => ({
      features: features.slice(first, first + 4),
      labels: labels.slice(first, first + 4),
    }));
    const scores = [await one.trainStep(batches[0]), await one.trainStep(batches[1])];
    const { stepLosses } = await two.fit(batches, { epochs: 1, recordSteps: true });
    expect(scores.map(({ loss }) => loss)).toEqual([...stepLosses!]);
    expect(one.model.parameters()).toEqual(two.model.parameters());
  });
});

test("trainStep's metrics don't change with the weights of classes", async () => {
  const data = Dataset.from({ features: features.slice(0, 6), labels: [0, 1, 2, 0, 0, 1] });
  const loss = softmaxCrossEntropy({ classWeights: [1, 2, 30] });
  const made = trainer("cpu", loss, 3, { metrics: ["accuracy"] });
  const before = await made.evaluate(data);
  const { accuracy, loss: value } = await made.trainStep(data);
  expect(accuracy).toBe(before.accuracy);
  expectClose([value], [before.loss], CLOSE);
});

describe("what can't be", () => {
  const gaps = Dataset.from({ features, labels });

  test("a loss that isn't masked names it and the row", async () => {
    const made = trainer("cpu", meanSquaredError());
    await expect(made.fit(gaps)).rejects.toThrow(DataError);
    await expect(made.fit(gaps)).rejects.toThrow(/labels: row 0, column 0 is NaN.*masked\(meanSquaredError/);
    await expect(made.evaluate(gaps)).rejects.toThrow(/masked/);
  });

  test("no known target at all", async () => {
    const none = Dataset.from({
      features: features.slice(0, 2),
      labels: [
        [U, U, U],
        [U, U, U],
      ],
    });
    await expect(trainer("cpu", masked(meanSquaredError())).fit(none)).rejects.toThrow(/a target that is known/);
    const classes = Dataset.from({ features: features.slice(0, 2), labels: [U, U] });
    await expect(trainer("cpu", masked(softmaxCrossEntropy())).fit(classes)).rejects.toThrow(/a target that is known/);
  });

  test("a metric of whole rows, where single targets are left out", async () => {
    const own: Metric = { name: "own", perRow: ({ outputs, targets }) => ops.mean(ops.sub(outputs, targets), -1) };
    const made = trainer("cpu", masked(meanSquaredError()), 3, { metrics: [own] });
    await expect(made.fit(gaps)).rejects.toThrow(/"own" is taken of whole rows.*elements\(inputs\)/);
    const elements: Metric["elements"] = ({ outputs, targets }) => ops.sub(outputs, targets);
    const told = trainer("cpu", masked(meanSquaredError()), 3, { metrics: [{ ...own, elements }] });
    expect(await told.evaluate(gaps)).toHaveProperty("own", expect.any(Number));
  });

  test("no loss", () => {
    expect(() => masked("mse" as never)).toThrow(ArgumentError);
  });
});

test("a saved model has its masked loss again", async () => {
  const loss = masked(quantile([0.1, 0.9]));
  const made = trainer("cpu", loss, 2);
  const saved = decodeModel(encodeModel(made.model, await made.training(false)));
  expect(saved.training!.loss!.config).toEqual(loss.config);
  const own = trainer("cpu", masked(customLoss((y, t) => ops.abs(ops.sub(y, t)), { elements: true })), 3);
  const file = encodeModel(own.model, await own.training(false));
  expect(decodeModel(file).training!.loss).toBeUndefined();
});

test("targets are standardised over those that are known", () => {
  const train = Dataset.from({
    features: [[1], [2], [3]],
    labels: [
      [1, U],
      [3, U],
      [U, U],
    ],
  });
  const scaled = standardise({ train, test: train }, { targets: true });
  expect([...scaled.train.labels]).toEqual([-1, U, 1, U, U, U]);
  expect([...scaled.targetStandardiser!.mean]).toEqual([2, 0]);
  expect([...scaled.targetStandardiser!.deviation]).toEqual([1, 1]);
});
