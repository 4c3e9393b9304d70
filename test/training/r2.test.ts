import { describe, expect, test } from "vitest";
import { Dataset } from "../../src/data/index.js";
import {
  dense,
  earlyStopping,
  type Loss,
  masked,
  meanSquaredError,
  metrics,
  poisson,
  quantile,
  sequential,
  sgd,
  Trainer,
} from "../../src/index.js";
import { BACKENDS, useDevices } from "../devices/backends.js";

/*
 * R² is a quotient of sums over all rows: the mean of batches' own would be another number (-0.3 in place of 0.6 below).
 */

const device = useDevices();
const ROWS = 37;
const features = Array.from({ length: ROWS }, (_, i) => [Math.sin(i), Math.cos(3 * i)]);
const targetOf = (i: number) => [2 * Math.sin(i) + 1e3 + 0.3 * Math.sin(7 * i), Math.cos(3 * i) - Math.sin(5 * i)];
const one = Dataset.from({ features, labels: Float32Array.from(features, (_, i) => targetOf(i)[0]) });
const two = Dataset.from({ features, labels: features.map((_, i) => targetOf(i)) });
const network = (outputs: number) => sequential({ input: [2], seed: 5 }, [dense(outputs)]);

/** R² of each target, in float64. */
function r2Of(values: ArrayLike<number>, data: Dataset, weights: (place: number) => number = () => 1): number {
  const targets = values.length / data.rows;
  let all = 0;
  for (let target = 0; target < targets; target++) {
    const places = Array.from({ length: data.rows }, (_, row) => row * targets + target).filter(weights);
    const sum = (of: (place: number) => number) =>
      places.reduce((total, place) => total + weights(place) * of(place), 0);
    const mean = sum((place) => data.labels[place]) / sum(() => 1);
    const residual = sum((place) => (data.labels[place] - values[place]) ** 2);
    all += 1 - residual / sum((place) => (data.labels[place] - mean) ** 2);
  }
  return all / targets;
}

const setup = (backend: (typeof BACKENDS)[number], loss: Loss = meanSquaredError(), learningRate = 0) => ({
  device: device(backend),
  loss,
  optimizer: sgd({ learningRate }),
  metrics: ["r2"],
});

describe.each(BACKENDS)("R² on %s is that of all rows at once", (backend) => {
  test("of a fit, an evaluation, batches that come in pieces, and steps", async () => {
    using trainer = new Trainer(network(1), setup(backend, meanSquaredError(), 0.1));
    await trainer.fit(one, { epochs: 40, seed: 1 });
    trainer.learningRate = 0;
    const { values } = await trainer.predict(one);
    const expected = metrics.r2(one.labels, values);
    expect(expected).toBeGreaterThan(0.5);
    const records: number[] = [];
    const { epochs } = await trainer.fit(one, {
      epochs: 1,
      batchSize: 8,
      microBatchSize: 4,
      validation: one,
      callbacks: [{ every: 5, onStep: ({ r2 }) => void records.push(r2!) }],
    });
    const batches = Array.from({ length: 5 }, (_, i) =>
      one.take(Array.from({ length: Math.min(8, ROWS - 8 * i) }, (_, row) => 8 * i + row)),
    );
    const pieces = await trainer.fit(batches, { epochs: 2 });
    const found = [
      (await trainer.evaluate(one, { batchSize: 8 })).r2,
      ...[epochs[0].r2, epochs[0].validation!.r2],
      ...[records.at(-1), pieces.epochs[0].r2, pieces.epochs[1].r2],
      (await trainer.trainStep(one)).r2,
    ];
    for (const r2 of found) expect(r2).toBeCloseTo(expected, 5);
  });

  test("of several targets the mean, with weights of rows, and without targets that aren't known", async () => {
    using trainer = new Trainer(network(2), setup(backend));
    const { values } = await trainer.predict(two);
    expect((await trainer.evaluate(two, { batchSize: 8 })).r2! / r2Of(values, two)).toBeCloseTo(1, 5);
    const weights = Float32Array.from({ length: ROWS }, (_, row) => row % 3);
    const weighted = Dataset.from({ features, labels: features.map((_, i) => targetOf(i)), weights });
    const { epochs } = await trainer.fit(weighted, { epochs: 1, batchSize: 8 });
    expect(epochs[0].r2! / r2Of(values, two, (place) => weights[place >> 1])).toBeCloseTo(1, 5);
    const isKnown = (place: number) => Number(place % 5 !== 0);
    const labels = features.map((_, i) => targetOf(i).map((value, t) => (isKnown(2 * i + t) ? value : Number.NaN)));
    using other = new Trainer(trainer.model, setup(backend, masked(meanSquaredError())));
    const scores = await other.evaluate(Dataset.from({ features, labels }), { batchSize: 8 });
    expect(scores.r2! / r2Of(values, two, isKnown)).toBeCloseTo(1, 5);
  });
});

test("R² of counts is that of rates, of quantiles that of medians, of a constant target 0 or 1", async () => {
  const counts = Dataset.from({ features, labels: Float32Array.from(features, (_, i) => i % 4) });
  using rates = new Trainer(network(1), setup("cpu", poisson()));
  const { values } = await rates.predict(counts, { probabilities: true });
  expect((await rates.evaluate(counts)).r2).toBeCloseTo(metrics.r2(counts.labels, values), 5);
  using medians = new Trainer(network(3), setup("cpu", quantile([0.1, 0.5, 0.9])));
  const all = (await medians.predict(counts)).values;
  const middle = Float32Array.from({ length: ROWS }, (_, row) => all[3 * row + 1]);
  expect((await medians.evaluate(counts)).r2).toBeCloseTo(metrics.r2(counts.labels, middle), 5);
  const constant = Dataset.from({ features: [[0, 0], [0, 0]], labels: Float32Array.of(0, 0) }); // biome-ignore format: short
  expect((await new Trainer(network(1), setup("cpu")).evaluate(constant)).r2).toBe(1);
});

test("early stopping takes R² for better where it is higher, and of classes it is refused", async () => {
  using trainer = new Trainer(network(1), setup("cpu", meanSquaredError(), 0.05));
  const stopping = earlyStopping({ monitor: "r2", patience: 2 });
  const { epochs, stopped } = await trainer.fit(one, { epochs: 20, seed: 1, validation: one, callbacks: [stopping] });
  expect([epochs.length, stopped]).toEqual([20, false]);
  const classes = Dataset.from({ features, labels: features.map((_, i) => String(i % 2)) });
  using other = new Trainer(network(2), {
    ...setup("cpu"),
    loss: (await import("../../src/index.js")).softmaxCrossEntropy(),
  });
  await expect(other.evaluate(classes)).rejects.toThrow(/"r2" is for numbers/);
});
