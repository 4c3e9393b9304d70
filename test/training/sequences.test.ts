import { afterAll, describe, expect, test } from "vitest";
import { Dataset } from "../../src/data/index.js";
import {
  adam,
  type Backend,
  decodeModel,
  dense,
  dropout,
  embedding,
  encodeModel,
  type FitOptions,
  gru,
  type Layer,
  lstm,
  positionalEmbedding,
  sequential,
  softmaxCrossEntropy,
  sweep,
  Trainer,
  transformerBlock,
} from "../../src/index.js";
import { openDevice } from "../../src/node.js";

/* Everything that trainings do, with layers of sequences: parts of batches, windows, going on, side by side. */

const TIME = 6;
const TOKENS = 7;
const networks: Record<string, (rate?: number) => Layer[]> = {
  gru: (rate = 0.2) => [embedding(TOKENS, 8), gru(8, { returnSequences: true }), dropout(rate), dense(TOKENS)],
  lstm: () => [
    embedding(TOKENS, 4),
    lstm(4, { returnSequences: true }),
    lstm(4, { returnSequences: true }),
    dense(TOKENS),
  ],
  attention: (rate = 0.1) => [
    ...[embedding(TOKENS, 8), positionalEmbedding(TIME)],
    ...[transformerBlock({ heads: 2, causal: true, dropout: rate }), dense(TOKENS)],
  ],
};

/** Ids that follow from the one before, with some that don't. */
function rowsOf(rows: number): Dataset {
  const ids = Uint32Array.from({ length: rows * (TIME + 1) }, (_, i) =>
    i % 5 === 0 ? (i * i) % TOKENS : (3 * i) % TOKENS,
  );
  const take = (from: number) =>
    Uint32Array.from({ length: rows * TIME }, (_, i) => ids[Math.floor(i / TIME) * (TIME + 1) + (i % TIME) + from]);
  return Dataset.from({ features: take(0), labels: take(1), shape: [TIME] });
}

const devices: Backend[] = [];
afterAll(() => {
  for (const device of devices) device.dispose();
});
async function open(backend: "cpu" | "wasm", maxBufferBytes?: number): Promise<Backend> {
  devices.push(await openDevice({ backend, maxBufferBytes }));
  return devices.at(-1)!;
}

const trainerOf = (device: Backend, layers: () => Layer[], rate = 0.01) =>
  new Trainer(sequential({ input: [TIME], seed: 4 }, layers()), {
    ...{ device, loss: softmaxCrossEntropy(), optimizer: adam({ learningRate: rate }), metrics: ["accuracy"] },
  });

const parametersOf = ({ model }: Trainer) => [...model.parameters().values()].flatMap(({ values }) => [...values]);

async function trained(device: Backend, layers: () => Layer[], data: Dataset, fit: FitOptions) {
  using trainer = trainerOf(device, layers);
  const { epochs } = await trainer.fit(data, { seed: 2, ...fit });
  return { parameters: parametersOf(trainer), loss: epochs.at(-1)!.loss };
}

describe.each(["cpu", "wasm"] as const)("on %s", (backend) => {
  test.each(Object.entries(networks))("%s: batches in parts make the same steps", async (_, layers) => {
    const device = await open(backend);
    const whole = () => layers(0); // masks are drawn for each part
    const fit = { epochs: 2, batchSize: 8 };
    const one = await trained(device, whole, rowsOf(19), fit);
    const parts = await trained(device, whole, rowsOf(19), { ...fit, microBatchSize: 3 });
    parts.parameters.forEach((value, i) => {
      expect(value).toBeCloseTo(one.parameters[i], 4);
    });
  });

  test.each(Object.entries(networks))("%s: data in windows leave the same bits", async (_, layers) => {
    const data = rowsOf(600);
    const fit = { epochs: 1, batchSize: 8 };
    const whole = await trained(await open(backend), layers, data, fit);
    expect(await trained(await open(backend, 8192), layers, data, fit)).toEqual(whole);
  });

  test.each(Object.entries(networks))("%s: goes on from a file to the bits of one go", async (_, layers) => {
    const device = await open(backend);
    const data = rowsOf(20);
    const fit = { epochs: 2, batchSize: 8, seed: 2 };
    using whole = trainerOf(device, layers);
    await whole.fit(data, fit);
    await whole.fit(data, fit);
    using first = trainerOf(device, layers);
    await first.fit(data, fit);
    using second = new Trainer(decodeModel(encodeModel(first.model, await first.training(true))), { device });
    await second.fit(data, fit);
    expect(parametersOf(second)).toEqual(parametersOf(whole));
  });

  test.each(Object.entries(networks))("%s: side by side each has the losses that it has alone", async (_, layers) => {
    const device = await open(backend);
    const data = rowsOf(24);
    const fit = { epochs: 2, batchSize: 8 };
    const rates = [0.01, 0.03];
    const { runs } = await sweep(data, ({ rate }) => trainerOf(device, layers, rate as number), {
      grid: { rate: rates },
      fit,
      seed: 2,
    });
    for (const run of runs) {
      using alone = trainerOf(device, layers, run.configuration.rate as number);
      const { epochs } = await alone.fit(data, { ...fit, seed: run.seed });
      expect(run.history!.epochs.map(({ loss }) => loss)).toEqual(epochs.map(({ loss }) => loss));
    }
  });
});
