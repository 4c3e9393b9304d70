// @module-tag slow
import { describe, expect, test } from "vitest";
import type { Backend, BackendName } from "../../src/backends/backend.js";
import type { WebgpuBackend } from "../../src/backends/webgpu/backend.js";
import { Dataset } from "../../src/data/index.js";
import {
  adam,
  dense,
  embedding,
  type FitOptions,
  lstm,
  type Model,
  sequential,
  Trainer,
  tokenCrossEntropy,
  transformerBlock,
} from "../../src/index.js";
import { checkpoint, openDevice, resume } from "../../src/node.js";
import { together } from "../../src/training/together/together.js";
import { BACKENDS, useDevices } from "../devices/backends.js";
import { parametersOf, useFolder, withoutTime } from "../fixtures.js";

/* A network of sequences in every way that a training can be interrupted, divided or repeated. */

const [ROWS, TIME, IDS] = [22, 5, 7];
const device = useDevices();
const folder = useFolder();

const network = (seed = 1): Model =>
  sequential({ input: [TIME], seed }, [
    embedding(IDS, 8),
    transformerBlock({ heads: 2, keyHeads: 1, causal: true, rotary: true, dropout: 0.1 }),
    lstm(4, { returnSequences: true }),
    dense(IDS),
  ]);

const ids = Uint32Array.from({ length: ROWS * TIME }, (_, i) => (i * i + 3 * i) % IDS);
const labels = Array.from({ length: ROWS }, (_, row) => [...ids.subarray(row * TIME, (row + 1) * TIME)].reverse());
const data = Dataset.from({ features: ids, labels, shape: [TIME] });

const setup = (on: Backend) => ({ device: on, loss: tokenCrossEntropy(), optimizer: adam({ learningRate: 0.01 }) });
const FIT: FitOptions = { epochs: 4, batchSize: 8, seed: 3, recordSteps: true };

/** All that a training leaves. */
async function outcome(trainer: Trainer, options: FitOptions = {}) {
  const { epochs, stepLosses } = await trainer.fit(data, { ...FIT, ...options });
  const { values } = await trainer.predict(ids);
  return {
    parameters: parametersOf(trainer.model),
    epochs: epochs.map(withoutTime),
    losses: [...(stepLosses ?? [])],
    predicted: [...values],
  };
}

async function whole(on: Backend, seed?: number, options?: FitOptions) {
  using trainer = new Trainer(network(seed), setup(on));
  return await outcome(trainer, options);
}

describe.each(BACKENDS)("a transformer and an LSTM on %s", (backend: BackendName) => {
  test("go on from a checkpoint to the same bits", async () => {
    const expected = await whole(device(backend));
    const directory = folder.next();
    const crash = {
      onEpoch: ({ epoch }: { epoch: number }) => {
        if (epoch === 2) throw new Error("crash");
      },
    };
    using first = new Trainer(network(), setup(device(backend)));
    await expect(first.fit(data, { ...FIT, callbacks: [checkpoint({ directory }), crash] })).rejects.toThrow("crash");
    using second = (await resume(directory, setup(device(backend))))!;
    await second.fit(data, { ...FIT, resume: true });
    expect(parametersOf(second.model)).toEqual(expected.parameters);
  });

  test("three side by side have the bits of each alone", async () => {
    const trainers = [1, 2, 3].map((seed) => new Trainer(network(seed), setup(device(backend))));
    const results = await together(trainers, (trainer) => outcome(trainer));
    for (const [place, result] of results.entries()) {
      expect(result.status === "fulfilled" ? result.value : result.reason).toEqual(
        await whole(device(backend), place + 1),
      );
    }
    for (const trainer of trainers) trainer.dispose();
  });

  test("data in windows give the same bits", async () => {
    const small = await openDevice({ backend, maxBufferBytes: 8192 });
    const many = (on: Backend) => {
      const [rows, features] = [512, Uint32Array.from({ length: 512 * TIME }, (_, i) => (i * i) % IDS)];
      const targets = Array.from({ length: rows }, (_, row) => [...features.subarray(row * TIME, (row + 1) * TIME)]);
      const model = sequential({ input: [TIME], seed: 1 }, [
        embedding(IDS, 4),
        transformerBlock({ heads: 2, causal: true }),
        dense(IDS),
      ]);
      const trainer = new Trainer(model, setup(on));
      const set = Dataset.from({ features, labels: targets, shape: [TIME] });
      return trainer
        .fit(set, { epochs: 1, batchSize: 16, shuffle: false, recordSteps: true })
        .then(({ stepLosses }) => {
          trainer.dispose();
          return [...stepLosses!, ...parametersOf(model).flatMap(([, values]) => values)];
        });
    };
    const expected = await many(device(backend));
    expect(await many(small)).toEqual(expected);
    small.dispose();
  });

  test("micro-batches make the steps of whole batches, and the same bits each time", async () => {
    const parts = { microBatchSize: 3 };
    const first = await whole(device(backend), 1, parts);
    expect(await whole(device(backend), 1, parts)).toEqual(first);
    // Without dropout, whose draws go by the place in a part.
    const plain = (options: FitOptions) => {
      const model = sequential({ input: [TIME], seed: 1 }, [
        embedding(IDS, 8),
        transformerBlock({ heads: 2, causal: true }),
        dense(IDS),
      ]);
      const trainer = new Trainer(model, setup(device(backend)));
      return outcome(trainer, options).finally(() => trainer.dispose());
    };
    const [batches, divided] = [await plain({ epochs: 1 }), await plain({ epochs: 1, microBatchSize: 3 })];
    divided.losses.forEach((loss, step) => {
      expect(loss).toBeCloseTo(batches.losses[step], 5);
    });
  });
});

test("a GPU that is lost in the middle is followed to the same bits", async () => {
  const expected = await whole(device("webgpu"));
  const lost = (await openDevice({ backend: "webgpu" })) as WebgpuBackend;
  using trainer = new Trainer(network(), setup(lost));
  let losses = 0;
  const onEpoch = ({ epoch }: { epoch: number }) => {
    if (epoch !== 2) return;
    losses++;
    lost.device.destroy();
  };
  expect(await outcome(trainer, { callbacks: [{ onEpoch }] })).toEqual(expected);
  expect([losses, lost.generation]).toEqual([1, 1]);
  lost.dispose();
});
