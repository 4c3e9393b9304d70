// @module-tag slow
import { describe, expect, test } from "vitest";
import { Dataset, readCsv, standardise } from "../../src/data/index.js";
import {
  categoricalHinge,
  customLoss,
  DataError,
  dense,
  focal,
  huber,
  type Loss,
  meanSquaredError,
  ops,
  sequential,
  sgd,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  Trainer,
  topK,
} from "../../src/index.js";
import { BACKENDS, useDevices } from "../devices/backends.js";
import { irisSplit, weightsOf } from "../fixtures.js";
import { expectClose } from "../tolerance.js";

const device = useDevices();
const METRICS = ["accuracy", topK(2)];

const flowers = async () => {
  const { train } = await irisSplit();
  return train.take(Array.from({ length: 50 }, (_, row) => row));
};

const LOSSES: [string, () => Loss][] = [
  ["softmaxCrossEntropy", () => softmaxCrossEntropy()],
  [
    "softmaxCrossEntropy with class weights",
    () => softmaxCrossEntropy({ classWeights: [1, 0.25, 5], labelSmoothing: 0.1 }),
  ],
  ["sigmoidCrossEntropy", () => sigmoidCrossEntropy({ positiveWeight: 2 })],
  ["meanSquaredError", () => meanSquaredError()],
  ["huber", () => huber()],
  ["focal", () => focal()],
  ["categoricalHinge", () => categoricalHinge()],
  ["a loss of one's own", () => customLoss((y, t) => ops.sum(ops.square(ops.square(ops.sub(y, t))), -1))],
];

async function train(backend: (typeof BACKENDS)[number], loss: Loss, data: Dataset, batchSize: number, epochs = 2) {
  const model = sequential({ input: [4], seed: 3 }, [dense(6, { activation: "tanh" }), dense(3)]);
  using trainer = new Trainer(model, {
    device: device(backend),
    loss,
    optimizer: sgd({ learningRate: 0.05 }),
    metrics: METRICS,
  });
  const before = await trainer.evaluate(data, { batchSize });
  const { epochs: records, stepLosses } = await trainer.fit(data, {
    epochs,
    batchSize,
    shuffle: false,
    recordSteps: true,
  });
  const values = weightsOf(model);
  return { before, records, stepLosses: stepLosses!, values };
}

const ROUNDINGS = { terms: 400, functions: ["exponential", "logarithm", "division"] as const };

describe.each(BACKENDS)("sample weights on %s", (backend) => {
  test.each(LOSSES)("%s: a row of weight 2 is a row twice, one of weight 0 is not there", async (_, make) => {
    const data = await flowers();
    const weights = Array.from({ length: data.rows }, (_, row) => row % 3);
    const rows = weights.flatMap((weight, row) => new Array<number>(weight).fill(row));
    const weighted = await train(backend, make(), Dataset.from({ ...data, weights }), data.rows);
    const repeated = await train(backend, make(), data.take(rows), rows.length);
    expectClose(weighted.values, repeated.values, ROUNDINGS);
    for (const name of ["loss", "accuracy", "top2"] as const) {
      expectClose([weighted.before[name]!], [repeated.before[name]!], ROUNDINGS);
      expectClose([weighted.records[1][name]!], [repeated.records[1][name]!], ROUNDINGS);
    }
    // Only the ratios of weights matter.
    const scaled = await train(
      backend,
      make(),
      Dataset.from({ ...data, weights: weights.map((w) => w * 8) }),
      data.rows,
    );
    expectClose(scaled.values, weighted.values, ROUNDINGS);
  });

  test("equal weights train as none do, over short last batches", async () => {
    const data = await flowers();
    const none = await train(backend, softmaxCrossEntropy(), data, 16);
    const equal = await train(
      backend,
      softmaxCrossEntropy(),
      Dataset.from({ ...data, weights: new Array(50).fill(0.7) }),
      16,
    );
    expectClose(equal.values, none.values, ROUNDINGS);
    expectClose(equal.stepLosses, none.stepLosses, ROUNDINGS);
  });

  test("a batch's loss is divided by its rows times the mean weight, also of a short last batch", async () => {
    const data = await flowers();
    const weights = Array.from({ length: data.rows }, (_, row) => (row % 5) / 2);
    const meanWeight = weights.reduce((a, b) => a + b) / data.rows;
    const model = sequential({ input: [4], seed: 3 }, [dense(3)]);
    const loss = softmaxCrossEntropy();
    using trainer = new Trainer(model, { device: device(backend), loss, optimizer: sgd({ learningRate: 1e-30 }) });
    const rowLosses: number[] = [];
    for (let row = 0; row < data.rows; row++) rowLosses.push((await trainer.evaluate(data.take([row]))).loss);
    const weighted = Dataset.from({ ...data, weights });
    const { stepLosses, epochs } = await trainer.fit(weighted, {
      epochs: 1,
      batchSize: 16,
      shuffle: false,
      recordSteps: true,
    });
    const expected = [0, 16, 32, 48].map((start) => {
      const rows = rowLosses.slice(start, start + 16);
      return rows.reduce((sum, value, i) => sum + value * weights[start + i], 0) / (rows.length * meanWeight);
    });
    expectClose(stepLosses!, expected, ROUNDINGS);
    const whole = rowLosses.reduce((sum, value, i) => sum + value * weights[i], 0) / (meanWeight * data.rows);
    expectClose(
      [epochs[0].loss, (await trainer.evaluate(weighted, { batchSize: 16 })).loss],
      [whole, whole],
      ROUNDINGS,
    );
  });
});

test("class weights divide by the sum of the rows' weights, as in PyTorch", async () => {
  const data = await flowers();
  const classWeights = [1, 0.25, 5];
  const model = sequential({ input: [4], seed: 3 }, [dense(3)]);
  const setup = { device: device("cpu"), optimizer: sgd(), metrics: ["accuracy"] };
  using plain = new Trainer(model, { ...setup, loss: softmaxCrossEntropy() });
  using weighted = new Trainer(model, { ...setup, loss: softmaxCrossEntropy({ classWeights }) });
  let [sum, total] = [0, 0];
  for (let row = 0; row < data.rows; row++) {
    const weight = classWeights[data.labels[row]];
    sum += weight * (await plain.evaluate(data.take([row]))).loss;
    total += weight;
  }
  const scores = await weighted.evaluate(data);
  expectClose([scores.loss], [sum / total], ROUNDINGS);
  expect(scores.accuracy).toBe((await plain.evaluate(data)).accuracy); // metrics don't know of class weights
});

describe("a data set's weights", () => {
  const source = { features: [[1], [2], [3], [4]], labels: [0, 1, 0, 1] };
  const data = Dataset.from({ ...source, weights: [1, 2, 3, 4] });

  test("go with their rows through take, split, scaling, one-hot labels and folds", () => {
    expect([...data.take([3, 0]).weights!]).toEqual([4, 1]);
    expect([...data.oneHot().weights!]).toEqual([1, 2, 3, 4]);
    const { train, test: held } = standardise(data.split({ test: 0.5, seed: 3 }));
    const pairs = [train, held].flatMap((part) => [...part.weights!]);
    expect(pairs.sort()).toEqual([1, 2, 3, 4]);
    expect(Dataset.from(source).weights).toBeUndefined();
    expect([...Dataset.from({ ...data, weights: new Float32Array([0, 0, 0, 1]) }).weights!]).toEqual([0, 0, 0, 1]);
  });

  test("come from a CSV column, which isn't a feature", () => {
    const text = "a,w,y\n1,0.5,x\n2,2,z\n";
    const read = readCsv(text, { target: "y", weights: "w" });
    expect(read.featureNames).toEqual(["a"]);
    expect([...read.weights!]).toEqual([0.5, 2]);
    expect(() => readCsv("a,w,y\n1,-1,x\n2,2,z\n", { target: "y", weights: "w" })).toThrow(
      /line 2.*weight must be 0 or more, got -1/,
    );
    expect(() => readCsv(text, { target: "y", weights: "y" })).toThrow(/can't be the target or a feature/);
    expect(() => readCsv(text, { target: "y", weights: "v" })).toThrow(/no column "v"/);
  });

  test("are checked", async () => {
    expect(() => Dataset.from({ ...source, weights: [1, 2] })).toThrow(DataError);
    expect(() => Dataset.from({ ...source, weights: [1, 2] })).toThrow(
      /weights must be 4 numbers of 0 or more, one a row, got 2/,
    );
    expect(() => Dataset.from({ ...source, weights: [1, 2, -3, 4] })).toThrow(/one a row, got -3/);
    expect(() => Dataset.from({ ...source, weights: [1, Number.NaN, 3, 4] })).toThrow(/one a row, got NaN/);
    const model = sequential({ input: [1] }, [dense(2)]);
    using trainer = new Trainer(model, { device: device("cpu"), loss: softmaxCrossEntropy(), optimizer: sgd() });
    await expect(trainer.fit(Dataset.from({ ...source, weights: [0, 0, 0, 0] }))).rejects.toThrow(
      /All rows have weight 0/,
    );
  });
});
