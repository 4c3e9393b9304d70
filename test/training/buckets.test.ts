// @module-tag slow
import { describe, expect, test, vi } from "vitest";
import { Dataset, padSequences } from "../../src/data/index.js";
import {
  batchNorm,
  bidirectional,
  conv1d,
  dense,
  embedding,
  flatten,
  globalAveragePool1d,
  globalMaxPool1d,
  gru,
  type Layer,
  type LayerFunction,
  layerNorm,
  lstm,
  positionalEmbedding,
  type StepRecord,
  sequential,
  sgd,
  softmaxCrossEntropy,
  Trainer,
  tokenCrossEntropy,
  transformerBlock,
} from "../../src/index.js";
import { sub } from "../../src/ops/elementwise.js";
import { mean } from "../../src/ops/reduce.js";
import { bucketsOf } from "../../src/training/buckets.js";
import { encode } from "../../src/training/encode.js";
import { Steps } from "../../src/training/epochs.js";
import { internals } from "../../src/training/internals.js";
import { BACKENDS, useDevices } from "../devices/backends.js";

/* Sequences of about the same length in batches of as few places as they need, held against batches of all places. */

const IDS = 10;
const ROWS = 37;
const BUCKETS = [4, 8, 12];
const BATCH = 4;
const lengthOf = (row: number) => 1 + (((row * 7) % 20) % (row % 5 === 0 ? 20 : 8));
const sequences = Array.from({ length: ROWS }, (_, row) =>
  Array.from({ length: lengthOf(row) }, (_, t) => 1 + ((row * 3 + t * 5) % (IDS - 1))),
);
const { features, shape } = padSequences(sequences);
const [time] = shape;
const classes = sequences.map((ids) => `${ids.reduce((sum, id) => sum + id, 0) % 3}`);
const rows = Dataset.from({ features, labels: classes, shape });
const tokens = Dataset.from({
  features,
  labels: sequences.map((_, row) => Array.from({ length: time }, (_, t) => (row + t) % 3)),
  shape,
});

type Layers = readonly (Layer | LayerFunction)[];
const networks: Record<string, { data: Dataset; layers: () => Layers }> = {
  "an LSTM's last state": { data: rows, layers: () => [lstm(5), dense(3)] },
  "both directions": {
    data: rows,
    layers: () => [bidirectional(gru(3, { returnSequences: true })), layerNorm(), globalMaxPool1d(), dense(3)],
  },
  "attention and a convolution": {
    data: rows,
    layers: () => [
      positionalEmbedding(time),
      transformerBlock({ heads: 2 }),
      conv1d(3, 3, { padding: "same" }),
      globalAveragePool1d(),
      dense(3),
    ],
  },
  "a class for each place": { data: tokens, layers: () => [gru(5, { returnSequences: true }), dense(3)] },
};

const device = useDevices();
const network = (layers: Layers, padding: { padding?: number } = { padding: 0 }) =>
  sequential({ input: [time], seed: 2 }, [embedding(IDS, 4, { ...padding, initializer: "glorotUniform" }), ...layers]);
const trainerOf = (
  backend: (typeof BACKENDS)[number],
  model: ReturnType<typeof network>,
  loss = softmaxCrossEntropy(),
) =>
  new Trainer(model, { device: device(backend), loss, optimizer: sgd({ learningRate: 0.3 }), metrics: ["accuracy"] });

/** The buckets of a data set, and the order of an epoch. */
async function arrangement(data: Dataset, epoch = 0, seed = 3, shuffle = true) {
  const trainer = trainerOf("cpu", network(networks["an LSTM's last state"].layers()));
  const { spec } = internals.get(trainer)!;
  const buckets = await bucketsOf(spec, encode(spec, data, BATCH), BUCKETS);
  trainer.dispose();
  const order = buckets.orders(ROWS, epoch, 1, seed, shuffle);
  const times = buckets.bucketsOf(new Steps(ROWS, BATCH), order).map((bucket) => buckets.times[bucket]);
  return { buckets, order, times };
}

describe.each(BACKENDS)("buckets on %s", (backend) => {
  test.each(Object.entries(networks))("of %s: the losses and parameters of batches of all places", async (_, of) => {
    const [bucketed, padded] = [network(of.layers()), network(of.layers())];
    using a = trainerOf(backend, bucketed);
    using b = trainerOf(backend, padded);
    const { order } = await arrangement(rows);
    const fit = { epochs: 1, batchSize: BATCH, recordSteps: true };
    const own = await a.fit(of.data, { ...fit, buckets: BUCKETS, seed: 3 });
    const all = await b.fit(of.data.take(order), { ...fit, shuffle: false });
    expect(own.stepLosses).toHaveLength(Math.ceil(ROWS / BATCH));
    for (const [step, loss] of own.stepLosses!.entries()) {
      expect(Math.abs(loss - all.stepLosses![step]), `step ${step}`).toBeLessThan(2e-6);
    }
    expect(own.epochs[0].accuracy).toBeCloseTo(all.epochs[0].accuracy!, 6);
    for (const [name, { values }] of bucketed.parameters()) {
      const other = padded.parameters().get(name)!.values;
      for (const [i, value] of values.entries()) expect(Math.abs(value - other[i]), name).toBeLessThan(2e-6);
    }
  });

  test.each(Object.entries(networks))("of %s: validation rows are scored as without buckets", async (_, of) => {
    using trainer = trainerOf(backend, network(of.layers()));
    const validation = of.data.take(Array.from({ length: 21 }, (_, i) => (i * 5) % ROWS));
    const load = vi.spyOn(device(backend), "load");
    const fit = { epochs: 1, batchSize: BATCH, buckets: BUCKETS, validation, trainingScores: true };
    const { epochs } = await trainer.fit(of.data, fit);
    const places = load.mock.calls
      .filter(([plan]) => plan.label === "evaluation")
      .map(([{ buffers }]) => buffers.find(({ name }) => name === "features")!.length);
    load.mockRestore();
    const [own, all] = [21, ROWS].map((count) => [4, 8, 12, 16].map((each) => each * count));
    expect(places).toEqual([...own, ...all]);
    for (const [part, data] of [
      ["validation", validation],
      ["training", of.data],
    ] as const) {
      const { loss, accuracy } = await trainer.evaluate(data);
      expect(Math.abs(epochs[0][part]!.loss - loss), part).toBeLessThan(2e-6);
      expect(epochs[0][part]!.accuracy, part).toBeCloseTo(accuracy!, 6);
    }
  });

  test("an epoch that was stopped goes on to the same bits", async () => {
    const fit = { epochs: 2, batchSize: BATCH, buckets: BUCKETS, seed: 3 };
    const { layers, data } = networks["an LSTM's last state"];
    const parameters: Float32Array[][] = [];
    for (const stops of [false, true]) {
      const model = network(layers());
      using trainer = trainerOf(backend, model);
      if (stops) {
        const onStep = ({ step }: StepRecord) => (step === 7 ? "stop" : undefined);
        await trainer.fit(data, { ...fit, callbacks: [{ onStep }] });
        expect(trainer.step).toBe(7);
        await expect(trainer.fit(data, { epochs: 2, resume: true, buckets: [4] })).rejects.toThrow(
          "buckets is as before",
        );
        await trainer.fit(data, { epochs: 2, resume: true });
      } else await trainer.fit(data, fit);
      expect(trainer.step).toBe(20);
      parameters.push([...model.parameters().values()].map(({ values }) => values));
    }
    expect(parameters[0]).toEqual(parameters[1]);
  });
});

test("every row has its turn, in batches as long as its longest; epochs and seeds have other orders", async () => {
  const { buckets, order, times } = await arrangement(rows);
  expect(buckets.times).toEqual([4, 8, 12, 16]);
  expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: ROWS }, (_, row) => row));
  expect(times).toHaveLength(Math.ceil(ROWS / BATCH));
  times.forEach((places, step) => {
    const longest = Math.max(...[...order.subarray(step * BATCH, (step + 1) * BATCH)].map(lengthOf));
    expect(places).toBe([4, 8, 12, 16].find((each) => each >= longest));
  });
  expect((await arrangement(rows)).order).toEqual(order);
  expect((await arrangement(rows, 1)).order).not.toEqual(order);
  expect((await arrangement(rows, 0, 4)).order).not.toEqual(order);
  const { times: sorted } = await arrangement(rows, 0, 3, false);
  expect(sorted).toEqual([...sorted].sort((a, b) => a - b));
});

test("an epoch has fewer places than one of batches of all places", async () => {
  const { times } = await arrangement(rows);
  const places = times.reduce((sum, each, step) => sum + each * Math.min(BATCH, ROWS - step * BATCH), 0);
  expect(places).toBeLessThan(0.5 * ROWS * time);
  expect(places).toBeGreaterThanOrEqual(sequences.flat().length);
});

test("buckets of which no row is long, or shorter than the model, aren't made", async () => {
  const short = Dataset.from({
    features: padSequences(
      sequences.map((ids) => ids.slice(0, 3)),
      { length: time },
    ).features,
    labels: classes,
    shape,
  });
  expect((await arrangement(short)).buckets.times).toEqual([4]);
});

test.each<[string, () => Layers, string]>([
  ["statistics of all places", () => [batchNorm(), lstm(3), dense(3)], "batchNorm reads them"],
  ["a weight for each place", () => [flatten(), dense(3)], "flatten reads them"],
  ["a convolution that leaves places out", () => [conv1d(3, 3), globalMaxPool1d(), dense(3)], "conv1d reads them"],
  [
    "a layer of one's own",
    () => [(x) => sub(x, mean(x, 1, { keepAxes: true })), lstm(3), dense(3)],
    "function reads them",
  ],
])("a model with %s is refused", async (_, layers, message) => {
  using trainer = trainerOf("cpu", network(layers()));
  await expect(trainer.fit(rows, { buckets: [4], epochs: 1 })).rejects.toThrow(message);
});

test("what can't be cut into buckets is refused, with a remedy", async () => {
  const layers = networks["an LSTM's last state"].layers();
  using trainer = trainerOf("cpu", network(layers));
  for (const buckets of [[0], [4.5], 8, "4"]) {
    await expect(trainer.fit(rows, { buckets: buckets as number[] })).rejects.toThrow("fit: buckets");
  }
  await expect(trainer.fit([rows], { buckets: [4] })).rejects.toThrow("leave buckets out");
  using unsaid = trainerOf("cpu", network(layers, {}));
  await expect(unsaid.fit(rows, { buckets: [4] })).rejects.toThrow("embedding(ids, features, { padding: 0 })");
  const numbers = new Trainer(sequential({ input: [time, 1] }, [lstm(3), dense(3)]), {
    ...{ device: device("cpu"), loss: softmaxCrossEntropy(), optimizer: sgd({ learningRate: 0.1 }) },
  });
  const series = Dataset.from({ features: Float32Array.from(features), labels: classes, shape: [time, 1] });
  await expect(numbers.fit(series, { buckets: [4] })).rejects.toThrow("this one takes [16, 1]");
  numbers.dispose();
  // Where places move, the loss has all of them.
  const turned = [gru(4, { returnSequences: true, reverse: true }), conv1d(3, 1), dense(3)];
  using all = trainerOf("cpu", network(turned), tokenCrossEntropy());
  await expect(all.fit(tokens, { buckets: [4] })).rejects.toThrow("conv1d reads them");
});
