import { describe, expect, test } from "vitest";
import { Dataset } from "../../src/data/index.js";
import {
  batchNorm,
  dense,
  flatten,
  type Model,
  meanSquaredError,
  sequential,
  sgd,
  softmaxCrossEntropy,
  Trainer,
} from "../../src/index.js";
import { BACKENDS, useDevices } from "../devices/backends.js";
import { flat, type Golden, readGolden } from "../golden/read.js";

/* Batch norm through a trainer: running statistics and evaluation beside PyTorch's, micro-batches beside float64 sums. */

const device = useDevices();

/** The largest distance, of the largest magnitude that is expected. */
function deviation(actual: ArrayLike<number>, expected: readonly number[]): number {
  expect(actual).toHaveLength(expected.length);
  const scale = Math.max(...expected.map(Math.abs));
  return Math.max(...expected.map((value, i) => Math.abs(actual[i] - value))) / scale;
}

const running = (model: Model) =>
  ["mean", "variance"].map((name) => model.parameters().get(`batchNorm.${name}`)!.values);

interface Golds {
  gamma: Golden;
  beta: Golden;
  steps: { x: Golden[]; runningMean: Golden; runningVariance: Golden }[];
  evaluation: { x: Golden[]; y: Golden };
}
const golden =
  readGolden<Record<string, Golds>>("layer-variants")["batchNorm over NHWC, batches of 8, 8 and 3, then evaluation"];
const features = readGolden<Record<string, Record<string, Golden>>>("layers")["batchNorm training"];

describe.each(BACKENDS)("2 batch norms and their running statistics as PyTorch has them, on %s", (backend) => {
  test("over images, batches of 8, 8 and 3, then evaluation", async () => {
    const { gamma, beta, steps, evaluation } = golden;
    const model = sequential({ input: [4, 3, 3] }, [batchNorm()]);
    model.setParameters(
      new Map(
        Object.entries({ "batchNorm.gamma": gamma, "batchNorm.beta": beta }).map(([k, v]) => [k, { values: flat(v) }]),
      ),
    );
    const [loss, optimizer] = [meanSquaredError(), sgd({ learningRate: 0 })];
    using trainer = new Trainer(model, { device: device(backend), loss, optimizer });
    const rows = steps.flatMap(({ x }) => x);
    for (const [i, { runningMean, runningVariance }] of steps.entries()) {
      // One more batch each time, from the first on.
      const some = flat(rows.slice(0, [8, 16, 19][i]));
      const labels = new Float32Array(some.length);
      const data = Dataset.from({
        features: Float32Array.from(some),
        labels,
        shape: [4, 3, 3],
      });
      model.setParameters(
        new Map([
          ["batchNorm.mean", { values: [0, 0, 0] }],
          ["batchNorm.variance", { values: [1, 1, 1] }],
        ]),
      );
      await trainer.fit(data, { epochs: 1, batchSize: 8, shuffle: false });
      const [mean, variance] = running(model);
      expect(deviation(mean, flat(runningMean)), `mean after ${i + 1}`).toBeLessThanOrEqual(5e-6);
      expect(deviation(variance, flat(runningVariance)), `variance after ${i + 1}`).toBeLessThanOrEqual(5e-6);
    }
    const { values } = await trainer.predict(Float32Array.from(flat(evaluation.x)));
    expect(deviation(values, flat(evaluation.y))).toBeLessThanOrEqual(5e-6);
  });

  test("over rows of features", async () => {
    const x = flat(features.x);
    const count = (features.x as Golden[]).length;
    const width = x.length / count;
    const model = sequential({ input: [width] }, [batchNorm()]);
    const [loss, optimizer] = [meanSquaredError(), sgd({ learningRate: 0 })];
    using trainer = new Trainer(model, { device: device(backend), loss, optimizer });
    const labels = new Float32Array(x.length);
    const data = Dataset.from({ features: Float32Array.from(x), labels, shape: [width] });
    await trainer.fit(data, { epochs: 1, batchSize: count, shuffle: false });
    const [mean, variance] = running(model);
    expect(deviation(mean, flat(features.runningMean))).toBeLessThanOrEqual(5e-6);
    expect(deviation(variance, flat(features["runningVar(unbiased)"]))).toBeLessThanOrEqual(5e-6);
  });
});

/* Micro-batches in float64: each has its own statistics, the batch's gradient is that of the mean of its rows' losses. */

const [ROWS, PIXELS, CHANNELS, CLASSES] = [21, 4, 3, 3];
const [RATE, MOMENTUM, EPSILON] = [0.5, 0.3, 1e-5];
const samples = Array.from({ length: ROWS * PIXELS * CHANNELS }, (_, i) =>
  Math.fround(Math.sin(i * 1.7) + (i % 5) / 3),
);
const classes = Array.from({ length: ROWS }, (_, row) => (row * 2) % CLASSES);

type Parameters = Record<"gamma" | "beta" | "weight" | "bias", number[]>;

/** Σ of the rows' losses of a micro-batch, and its mean and unbiased variance by channel. */
function microBatch(first: number, rows: number, { gamma, beta, weight, bias }: Parameters) {
  const of = (channel: number) =>
    samples
      .slice(first * PIXELS * CHANNELS, (first + rows) * PIXELS * CHANNELS)
      .filter((_, i) => i % CHANNELS === channel);
  const moments = gamma.map((_, channel) => {
    const values = of(channel);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    return { mean, variance: squares / values.length, unbiased: squares / (values.length - 1) };
  });
  let loss = 0;
  for (let row = first; row < first + rows; row++) {
    const logits = bias.map((value, label) => {
      let sum = value;
      for (let i = 0; i < PIXELS * CHANNELS; i++) {
        const { mean, variance } = moments[i % CHANNELS];
        const normed = (samples[row * PIXELS * CHANNELS + i] - mean) / Math.sqrt(variance + EPSILON);
        sum += (normed * gamma[i % CHANNELS] + beta[i % CHANNELS]) * weight[i * CLASSES + label];
      }
      return sum;
    });
    loss += Math.log(logits.reduce((sum, value) => sum + Math.exp(value), 0)) - logits[classes[row]];
  }
  return { loss, moments };
}

/** A pass over all rows in batches, by steps of gradient descent along central differences. */
function epoch(
  parameters: Parameters,
  batchSize: number,
  microBatchSize: number,
): Record<"mean" | "variance", number[]> {
  const state = { mean: [0, 0, 0], variance: [1, 1, 1] };
  for (let start = 0; start < ROWS; start += batchSize) {
    const end = Math.min(start + batchSize, ROWS);
    const parts = Array.from(
      { length: Math.ceil((end - start) / microBatchSize) },
      (_, i) => start + i * microBatchSize,
    );
    const rowsOf = (part: number) => Math.min(microBatchSize, end - part);
    const loss = () =>
      parts.reduce((sum, part) => sum + microBatch(part, rowsOf(part), parameters).loss, 0) / (end - start);
    const moments = parts.map((part) => microBatch(part, rowsOf(part), parameters).moments);
    const gradients = Object.values(parameters).map((values) =>
      values.map((value, i) => {
        const [above, below] = [1e-4, -1e-4].map((step) => {
          values[i] = value + step;
          return loss();
        });
        values[i] = value;
        return (above - below) / 2e-4;
      }),
    );
    for (const [j, values] of Object.values(parameters).entries()) {
      for (const [i, gradient] of gradients[j].entries()) values[i] -= RATE * gradient;
    }
    for (const part of moments) {
      for (const [channel, { mean, unbiased }] of part.entries()) {
        state.mean[channel] += MOMENTUM * (mean - state.mean[channel]);
        state.variance[channel] += MOMENTUM * (unbiased - state.variance[channel]);
      }
    }
  }
  return state;
}

describe.each(BACKENDS)("batch norm in micro-batches beside float64 sums, on %s", (backend) => {
  test.each([
    [8, 3],
    [8, 8],
    [10, 4],
    [21, 6],
  ])("batches of %i in parts of %i", async (batchSize, microBatchSize) => {
    const layers = [batchNorm({ momentum: MOMENTUM }), flatten(), dense(CLASSES)];
    const model = sequential({ input: [2, 2, CHANNELS], seed: 4 }, layers);
    const start = model.parameters();
    const of = (name: string) => [...start.get(name)!.values];
    const parameters: Parameters = {
      gamma: of("batchNorm.gamma"),
      beta: of("batchNorm.beta"),
      weight: of("dense.weight"),
      bias: of("dense.bias"),
    };
    const state = epoch(parameters, batchSize, microBatchSize);
    const [loss, optimizer] = [softmaxCrossEntropy(), sgd({ learningRate: RATE })];
    using trainer = new Trainer(model, { device: device(backend), loss, optimizer });
    const labels = Uint32Array.from(classes);
    const data = Dataset.from({ features: Float32Array.from(samples), labels, shape: [2, 2, CHANNELS] });
    await trainer.fit(data, { epochs: 1, batchSize, microBatchSize, shuffle: false });
    const { gamma, beta, weight, bias } = parameters;
    const expected = {
      "batchNorm.gamma": gamma,
      "batchNorm.beta": beta,
      "dense.weight": weight,
      "dense.bias": bias,
      "batchNorm.mean": state.mean,
      "batchNorm.variance": state.variance,
    };
    for (const [name, values] of Object.entries(expected)) {
      expect(deviation(model.parameters().get(name)!.values, values), name).toBeLessThanOrEqual(2e-5);
    }
  });
});
