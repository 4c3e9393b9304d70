// @module-tag slow
import { describe, expect, test } from "vitest";
import type { Backend } from "../../src/backends/backend.js";
import type { WebgpuBackend } from "../../src/backends/webgpu/backend.js";
import { Dataset } from "../../src/data/index.js";
import {
  adam,
  averagePool2d,
  batchNorm,
  conv2d,
  convTranspose2d,
  decodeModel,
  dense,
  depthwiseConv2d,
  dropout,
  encodeModel,
  flatten,
  groupNorm,
  type Layer,
  maxPool2d,
  residual,
  sequential,
  softmaxCrossEntropy,
  Trainer,
} from "../../src/index.js";
import { together } from "../../src/training/together/together.js";
import { BACKENDS, useDevices, useOpenDevice } from "../devices/backends.js";
import { sines } from "../fixtures.js";
import { expectClose } from "../tolerance.js";

/* A network of convolutions, pools and norms goes through all that training does: the same bits as without it. */

const device = useDevices();
const open = useOpenDevice();

const ROWS = 29;
const SHAPE = [7, 6, 2];
const data = Dataset.from({
  features: sines(ROWS * 84),
  labels: Uint32Array.from({ length: ROWS }, (_, row) => (row * row) % 3),
  shape: SHAPE,
  classNames: ["a", "b", "c"],
});

/** A network, with dropout at some rate. Norms over the batch make a step differ from that of its micro-batches. */
function network({ seed = 1, rate = 0.3, norm = batchNorm() as Layer } = {}) {
  return sequential({ input: SHAPE, seed }, [
    conv2d(4, 3, { padding: "same", stride: [1, 2], activation: "relu", bias: false }),
    norm,
    maxPool2d([2, 1], { padding: [1, 0, 0, 0] }),
    residual([depthwiseConv2d(3, { padding: "same" }), groupNorm(2)]),
    convTranspose2d(3, 2, { stride: 2, activation: "tanh" }),
    averagePool2d(2),
    flatten(),
    dropout(rate),
    dense(3),
  ]);
}

const options = (on: Backend, learningRate = 0.01) => ({
  device: on,
  loss: softmaxCrossEntropy(),
  optimizer: adam({ learningRate }),
  metrics: ["accuracy"],
});

/** All that a trainer has learned, running statistics among it, and what it makes of the data. */
const left = async (trainer: Trainer) => [
  [...encodeModel(trainer.model).safetensors],
  await trainer.evaluate(data, { batchSize: 8 }),
  [...(await trainer.predict(data, { batchSize: 8 })).values],
];

describe.each(BACKENDS)("a network on images, on %s", (backend) => {
  const trained = async (on: Backend, rows = data) => {
    using trainer = new Trainer(network(), options(on));
    await trainer.fit(rows, { epochs: 2, batchSize: 8 });
    return await left(trainer);
  };

  test("takes its data in windows", async () => {
    const limited = await open({ backend, maxBufferBytes: 16384 });
    const more = data.take(Array.from({ length: 70 }, (_, row) => (row * 5) % ROWS));
    expect(4 * more.features.length).toBeGreaterThan(16384);
    expect(await trained(limited, more)).toEqual(await trained(device(backend), more));
  });

  test("takes a batch in micro-batches, where no norm is over the batch", async () => {
    const run = async (microBatchSize?: number) => {
      using trainer = new Trainer(network({ rate: 0, norm: groupNorm(2) }), options(device(backend)));
      await trainer.fit(data, { epochs: 1, batchSize: 8, microBatchSize });
      return trainer.model.parameters();
    };
    const [parts, whole] = [await run(3), await run()];
    for (const [name, { values }] of parts) {
      expectClose(values, whole.get(name)!.values, { terms: 4 * 8 * 84, functions: ["root", "division"], what: name });
    }
  });

  test("is saved in the middle of a training and goes on", async () => {
    using first = new Trainer(network(), options(device(backend)));
    await first.fit(data, { epochs: 1, batchSize: 8 });
    const loaded = decodeModel(encodeModel(first.model, await first.training(true)));
    using second = new Trainer(loaded, { device: device(backend) });
    await second.fit(data, { epochs: 1, batchSize: 8 });
    expect(await left(second)).toEqual(await trained(device(backend)));
  });

  test("is one of several that are trained in the same launches", async () => {
    const run = async (isTogether: boolean) => {
      const trainers = [0.01, 0.02, 0.03].map(
        (rate, i) => new Trainer(network({ seed: i + 1 }), options(device(backend), rate)),
      );
      const train = async (trainer: Trainer) => void (await trainer.fit(data, { epochs: 1, batchSize: 8 }));
      if (isTogether) await together(trainers, train);
      else for (const trainer of trainers) await train(trainer);
      const results = [];
      for (const trainer of trainers) {
        results.push(await left(trainer));
        trainer.dispose();
      }
      return results;
    };
    expect(await run(true)).toEqual(await run(false));
  });
});

test("a network on images goes on to the same bits on a device that was lost", async () => {
  const on = (await open({ backend: "webgpu" })) as WebgpuBackend;
  const run = async (losing: boolean) => {
    using trainer = new Trainer(network(), options(on));
    const lose = { onEpoch: ({ epoch }: { epoch: number }) => void (losing && epoch === 2 && on.device.destroy()) };
    await trainer.fit(data, { epochs: 3, batchSize: 8, callbacks: [lose] });
    return await left(trainer);
  };
  expect(await run(true)).toEqual(await run(false));
});
