import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { kFolds } from "../../src/data/folds.js";
import { Dataset, diabetes, iris, standardise } from "../../src/data/index.js";
import {
  accuracy,
  adam,
  argmaxRows,
  type Backend,
  crossValidate,
  dense,
  ensemble,
  hinge,
  learningCurve,
  logLoss,
  masked,
  meanSquaredError,
  nestedCrossValidate,
  permutationImportance,
  poisson,
  quantile,
  sequential,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  Trainer,
} from "../../src/index.js";
import { openDevice } from "../../src/node.js";
import { atTemperature, temperatureOf } from "../../src/sweep/calibration.js";
import { irisSplit, weightsOf } from "../fixtures.js";

let device: Backend;
let train: Dataset;
let held: Dataset;
beforeAll(async () => {
  device = await openDevice({ backend: "wasm" });
  ({ train, test: held } = await irisSplit());
});
afterAll(() => device.dispose());

const build = ({ seed, rate = 0.02 }: { seed: number; rate?: unknown }) =>
  new Trainer(sequential({ input: [4], seed }, [dense(6, { activation: "relu" }), dense(3)]), {
    device,
    loss: softmaxCrossEntropy(),
    optimizer: adam({ learningRate: rate as number }),
    metrics: ["accuracy"],
  });

const train3 = () => train.labels;
const numbers = () => Float32Array.from(train.labels, (label) => label + 0.5);
const holes = () => numbers().map((label, row) => (row % 5 === 0 ? Number.NaN : label));

describe("an ensemble", () => {
  test("averages members that are trained as each would be alone", async () => {
    using members = await ensemble(train, build, { members: 4, seed: 3, calibrate: false, fit: { epochs: 3 } });
    const { shape, values, deviation } = await members.predict(held.features);
    expect(shape).toEqual([held.rows, 3]);
    const alone: Float32Array[] = [];
    for (const [member, model] of members.models.entries()) {
      using trainer = build({ seed: 3 + member });
      await trainer.fit(train, { epochs: 3, seed: 3 + member });
      expect(weightsOf(model)).toEqual(weightsOf(trainer.model));
      alone.push((await trainer.predict(held, { probabilities: true })).values);
    }
    for (let i = 0; i < values.length; i += 7) {
      const own = alone.map((each) => each[i]);
      const mean = own.reduce((a, b) => a + b) / 4;
      expect(values[i]).toBe(Math.fround(mean));
      expect(deviation[i]).toBeCloseTo(Math.sqrt(own.reduce((sum, p) => sum + (p - mean) ** 2, 0) / 4), 6);
    }
    expect(members.temperature).toBe(1);
    expect(members.outOfBag).toBeUndefined();
    const { loss, accuracy: share } = await members.evaluate(held);
    expect(loss).toBe(logLoss(held.labels, values));
    expect(share).toBe(accuracy(held.labels, argmaxRows(values, 3)));
  });

  test("draws rows for each member, and is calibrated by those that a member didn't draw", async () => {
    const options = { members: 12, bootstrap: true, fit: { epochs: 4, batchSize: 16 } };
    using members = await ensemble(train, build, options);
    using raw = await ensemble(train, build, { ...options, calibrate: false });
    expect(new Set(members.models.map((model) => String(weightsOf(model)))).size).toBe(12);
    expect(members.temperature).not.toBe(1);
    expect(members.outOfBag).toEqual(raw.outOfBag);
    expect(members.outOfBag!.accuracy).toBeGreaterThan(0.5);
    const before = await raw.predict(held);
    expect((await members.predict(held)).values).toEqual(
      atTemperature(before.values as Float32Array, 3, members.temperature),
    );
    using again = await ensemble(train, build, options);
    expect(again.temperature).toBe(members.temperature);
    using other = await ensemble(train, build, { ...options, seed: 1 });
    expect(weightsOf(other.models[0])).not.toEqual(weightsOf(members.models[0]));
  });

  test("of numbers and of yes or no; one that diverges is left out", async () => {
    const { train: rows, test: unseen } = standardise((await diabetes()).split({ test: 0.3, seed: 1 }));
    const numbers = ({ seed, member }: { seed: number; member: number }) =>
      new Trainer(sequential({ input: [10], seed }, [dense(4), dense(1)]), {
        device,
        loss: meanSquaredError(),
        optimizer: adam({ learningRate: member === 1 ? 1e38 : 0.05 }),
      });
    using members = await ensemble(rows, numbers, { members: 3, fit: { epochs: 3 } });
    expect(members.models).toHaveLength(2);
    const { loss, r2 } = await members.evaluate(unseen);
    expect(loss).toBeGreaterThan(0);
    expect(r2).toBeLessThan(1);
    await expect(
      ensemble(rows, () => numbers({ seed: 0, member: 1 }), { members: 2, fit: { epochs: 2 } }),
    ).rejects.toThrow("all members diverged");
    const labels = Uint32Array.from(train.labels, (label) => Number(label === 0));
    const binary = Dataset.from({ features: train.features, labels, shape: [4], classNames: ["no", "yes"] });
    const yes = ({ seed }: { seed: number }) =>
      new Trainer(sequential({ input: [4], seed }, [dense(1)]), {
        device,
        loss: sigmoidCrossEntropy(),
        optimizer: adam(),
      });
    using both = await ensemble(binary, yes, { members: 2, bootstrap: true, fit: { epochs: 2 } });
    expect((await both.predict(held)).shape).toEqual([held.rows, 1]);
  });

  test("scores count rows by their weights", async () => {
    const rows = Array.from({ length: held.rows }, (_, i) => i);
    const weights = rows.map((row) => row % 3);
    const repeated = held.take(rows.flatMap((row) => new Array<number>(row % 3).fill(row)));
    using members = await ensemble(train, build, { members: 2, calibrate: false, fit: { epochs: 3 } });
    const { loss, accuracy: share } = await members.evaluate(Dataset.from({ ...held, weights }));
    const expected = await members.evaluate(repeated);
    expect(loss).toBeCloseTo(expected.loss, 12);
    expect(share).toBeCloseTo(expected.accuracy!, 12);
    expect(loss).not.toBeCloseTo((await members.evaluate(held)).loss, 6);
  });

  test.each([
    ["hinge", hinge(), train3, 3],
    ["masked numbers", masked(meanSquaredError()), holes, 1],
    ["quantiles", quantile([0.1, 0.9]), numbers, 2],
  ])("of %s predicts, and says that its scores are the caller's", async (_, loss, labelled, outputs) => {
    const one = ({ seed }: { seed: number }) =>
      new Trainer(sequential({ input: [4], seed }, [dense(outputs)]), { device, loss, optimizer: adam() });
    const rows = Dataset.from({ features: train.features, shape: [4], labels: labelled() });
    using members = await ensemble(rows, one, { members: 2, bootstrap: true, fit: { epochs: 1 } });
    expect(members.outOfBag).toBeUndefined();
    expect((await members.predict(held)).shape).toEqual([held.rows, outputs]);
    await expect(members.evaluate(rows)).rejects.toThrow("Score what predict gives");
  });

  test("options are checked", async () => {
    await expect(ensemble(train, build, { members: 0 })).rejects.toThrow("members");
    await expect(ensemble(train, build, { bagging: true } as never)).rejects.toThrow("bootstrap");
    await expect(ensemble(train, (() => 1) as never)).rejects.toThrow("must return a Trainer");
  });
});

test.each([
  ["whole numbers", meanSquaredError(), [3, 5, 4, 9, 0, 1, 7, 2]],
  ["numbers of 0 and 1 only", meanSquaredError(), [0, 1, 1, 0, 1, 0, 0, 1]],
  ["counts", poisson(), [3, 5, 4, 9, 0, 1, 7, 2]],
])("an ensemble of a loss of numbers has their error: %s", async (_, loss, labels) => {
  const rows = Dataset.from({ features: labels.map((label, i) => [label / 4, i]), labels, shape: [2] });
  const one = ({ seed }: { seed: number }) =>
    new Trainer(sequential({ input: [2], seed }, [dense(1)]), { device, loss, optimizer: adam() });
  using members = await ensemble(rows, one, { members: 2, bootstrap: true, fit: { epochs: 2 } });
  const { values } = await members.predict(rows);
  const scores = await members.evaluate(rows);
  const squares = labels.map((label, row) => (label - values[row]) ** 2);
  expect(scores.loss).toBeCloseTo(squares.reduce((sum, each) => sum + each) / labels.length, 4);
  expect(scores.accuracy).toBeUndefined();
});

test("a temperature undoes what made probabilities too sure", () => {
  const truth = Array.from({ length: 1000 }, (_, i) => Number(i % 10 < 3));
  const sure = Float32Array.from(truth, () => 0.3 ** 3 / (0.3 ** 3 + 0.7 ** 3));
  const temperature = temperatureOf({ labels: Uint32Array.from(truth), weights: undefined }, sure);
  expect(temperature).toBeCloseTo(3, 3);
  expect(atTemperature(sure, 1, temperature)[0]).toBeCloseTo(0.3, 4);
  const three = Float32Array.of(0.7, 0.2, 0.1);
  expect([...atTemperature(three, 3, 2)].reduce((a, b) => a + b)).toBeCloseTo(1, 6);
  expect(atTemperature(three, 3, 1)).toEqual(three);
});

test("a learning curve has the scores of models by the rows that they were trained on", async () => {
  const points = await learningCurve(train, build, { sizes: [10, 0.5, 1], folds: 3, fit: { epochs: 8 } });
  expect(points.map(({ rows }) => rows)).toEqual([10, 40, 80]);
  expect(points[2].validation.mean.loss).toBeLessThan(points[0].validation.mean.loss);
  expect(points[0].train.mean.accuracy).toBeDefined();
  expect(points.map(({ diverged }) => diverged)).toEqual([0, 0, 0]);
  expect(await learningCurve(train, build, { sizes: [0.5], folds: 3, fit: { epochs: 8 } })).toEqual([points[1]]);
  await expect(learningCurve(train, build, { sizes: [0] })).rejects.toThrow("sizes must be shares");
  await expect(learningCurve(train, build, { sizes: [1000] })).rejects.toThrow("up to 96");
});

test("shuffling a feature that a model doesn't use changes nothing, one that it uses makes it worse", async () => {
  const labels = Uint32Array.from({ length: 80 }, (_, i) => i % 2);
  const rows = Array.from(labels, (label, i) => [label * 2 - 1 + 0.01 * (i % 5), Math.sin(i), 0]);
  const data = Dataset.from({ features: rows, labels, featureNames: ["told", "noise", "constant"] });
  using trainer = new Trainer(sequential({ input: [3], seed: 1 }, [dense(2)]), {
    device,
    loss: softmaxCrossEntropy(),
    optimizer: adam({ learningRate: 0.1 }),
    metrics: ["accuracy"],
  });
  await trainer.fit(data, { epochs: 20 });
  const [told, noise, constant] = await permutationImportance(trainer, data, { monitor: "accuracy", repeats: 4 });
  expect(told.name).toBe("told");
  expect(told.importance).toBeGreaterThan(0.3);
  expect(told.deviation).toBeGreaterThan(0);
  expect(Math.abs(noise.importance)).toBeLessThan(0.05);
  expect(constant).toEqual({ name: "constant", importance: 0, deviation: 0 });
  await expect(permutationImportance(trainer, data, { monitor: "acuracy" })).rejects.toThrow("Did you mean accuracy?");
});

test("nested cross-validation scores each fold by a configuration that others chose", async () => {
  const options = { grid: { rate: [1e-5, 0.05] }, folds: 3, inner: 2, monitor: "accuracy", fit: { epochs: 6 } };
  const { folds, mean } = await nestedCrossValidate(train, build, options);
  expect(folds.map(({ configuration }) => configuration)).toEqual(folds.map(() => ({ rate: 0.05 })));
  expect(mean.accuracy).toBeCloseTo(folds.reduce((sum, { scores }) => sum + scores.accuracy!, 0) / 3, 12);
  expect(mean.accuracy).toBeGreaterThan(0.7);
  expect(folds[0].inner.loss).toBeGreaterThan(0);
  await expect(nestedCrossValidate(train, build, { folds: 3 })).rejects.toThrow("needs either grid or random");
});

test("features are scaled by the rows that a model is trained on, those of inner folds by theirs", async () => {
  const raw = await iris();
  const fit = { epochs: 4 };
  const nested = await nestedCrossValidate(raw, build, {
    grid: { rate: [0.02] },
    folds: 3,
    inner: 2,
    standardise: true,
    fit,
  });
  const outer = await crossValidate(raw, build, { folds: 3, standardise: true, fit });
  expect(nested.folds[0].scores).toEqual(outer.folds[0].scores);
  const [{ train: rows }] = kFolds(raw, { folds: 3, seed: 0 });
  const inner = await crossValidate(raw.take(rows), build, { folds: 2, standardise: true, fit });
  expect(nested.folds[0].inner).toEqual(inner.mean);
  const curveOf = (factor: number) =>
    learningCurve(raw.withFeatures(raw.features.map((x) => x * factor)), build, {
      ...{ sizes: [1], folds: 3, standardise: true, fit },
    });
  const [[as], [larger]] = [await curveOf(1), await curveOf(1024)];
  expect(larger.train).toEqual(as.train); // powers of 2 leave the bits of what is scaled
  expect(larger.validation).toEqual(as.validation);
});
