// @module-tag slow
import { expect, test } from "vitest";
import type { WebgpuBackend } from "../../src/backends/webgpu/backend.js";
import { Dataset, iris } from "../../src/data/index.js";
import {
  activation,
  adam,
  batchNorm,
  conv2d,
  dense,
  dropout,
  embedding,
  flatten,
  type Model,
  maxPool2d,
  recurrent,
  sequential,
  softmaxCrossEntropy,
  Trainer,
  transformerBlock,
} from "../../src/index.js";
import { openDevice } from "../../src/node.js";
import { ownCells } from "../layers/own-cells.js";

const CREATIONS = [
  "createBuffer",
  "createBindGroup",
  "createBindGroupLayout",
  "createPipelineLayout",
  "createShaderModule",
  "createComputePipeline",
  "createComputePipelineAsync",
] as const;

/** Writes down, in order, every call that allocates, binds, compiles, submits, writes (how many bytes) or reads. */
function watch({ device }: WebgpuBackend, bytes: number[]): string[] {
  const log: string[] = [];
  const spy = <T extends object>(target: T, name: keyof T & string, onResult?: (result: unknown) => void) => {
    const original = target[name] as (...args: unknown[]) => unknown;
    Object.defineProperty(target, name, {
      configurable: true,
      value: (...args: unknown[]) => {
        // Empty submits only ask whether work is done; how often depends on how busy the machine is.
        const isQuestion = name === "submit" && (args[0] as unknown[]).length === 0;
        if (!isQuestion) log.push(name);
        if (name === "writeBuffer") bytes.push((args[2] as ArrayBuffer).byteLength);
        const result = original.apply(target, args);
        onResult?.(result);
        return result;
      },
    });
  };
  for (const name of CREATIONS) {
    spy(device, name, name === "createBuffer" ? (buffer) => spy(buffer as GPUBuffer, "mapAsync") : undefined);
  }
  spy(device.queue, "submit");
  spy(device.queue, "writeBuffer");
  return log;
}

const count = (log: string[], name: string) => log.filter((call) => call === name).length;

const irisModel = () =>
  sequential({ input: [4] }, [dense(16, { activation: "relu" }), dense(8, { activation: "relu" }), dense(3)]);

async function watchedTrainer(model: Model, maxBufferBytes?: number) {
  const device = (await openDevice({ backend: "webgpu", maxBufferBytes })) as WebgpuBackend;
  const bytes: number[] = [];
  const log = watch(device, bytes);
  const trainer = new Trainer(model, { device, loss: softmaxCrossEntropy(), optimizer: adam(), metrics: ["accuracy"] });
  const dispose = () => {
    trainer.dispose();
    device.dispose();
  };
  return { trainer, log, bytes, dispose };
}

const irisTrainer = async (maxBufferBytes?: number) => ({
  ...(await watchedTrainer(irisModel(), maxBufferBytes)),
  data: await iris(),
});

test("an epoch of Iris in 150 steps: 32 steps or more to a submit, and nothing but submits inside", async () => {
  const { trainer, log, data, dispose } = await irisTrainer();
  // With a callback each epoch is a run of its own; what lies between two callbacks is one epoch and its readback.
  const epochs: string[][] = [];
  const callback = {
    onEpoch() {
      epochs.push(log.splice(0));
    },
  };
  await trainer.fit(data, { epochs: 4, batchSize: 1, callbacks: [callback], validation: data });
  dispose();
  for (const calls of epochs.slice(1)) {
    for (const name of CREATIONS) expect([name, count(calls, name)]).toEqual([name, 0]);
    expect(count(calls, "mapAsync")).toBe(1);
    expect(calls.at(-1)).toBe("mapAsync");
    // At the epoch's start the order and the table of steps are written, and nothing after the first step.
    expect(count(calls, "writeBuffer")).toBe(2);
    expect(calls.slice(0, 2)).toEqual(["writeBuffer", "writeBuffer"]);
    // Validation and readback included.
    expect(count(calls, "submit")).toBeLessThanOrEqual(Math.floor(150 / 32));
  }
});

const images = () => ({
  data: Dataset.from({
    features: Float32Array.from({ length: 44 * 64 }, (_, i) => (i % 11) / 11),
    labels: Uint32Array.from({ length: 44 }, (_, row) => row % 3),
    shape: [8, 8, 1],
  }),
  model: sequential({ input: [8, 8, 1] }, [
    conv2d(3, 3, { padding: "same", bias: false }),
    batchNorm(),
    activation("relu"),
    maxPool2d(2),
    conv2d(4, 3, { activation: "relu" }),
    flatten(),
    dropout(0.5),
    dense(3),
  ]),
});

const tokens = () => {
  const ids = Uint32Array.from({ length: 44 * 5 }, (_, i) => (i * 3) % 7);
  const labels = Array.from({ length: 44 }, (_, row) => [...ids.subarray(row * 5, (row + 1) * 5)]);
  const layers = [embedding(7, 4), transformerBlock({ heads: 2, causal: true, dropout: 0.1 }), dense(7)];
  return {
    data: Dataset.from({ features: ids, labels, shape: [5] }),
    model: sequential({ input: [5] }, layers),
  };
};

const ownCell = () => ({
  data: Dataset.from({
    features: Float32Array.from({ length: 44 * 14 }, (_, i) => (i % 11) / 11),
    labels: Uint32Array.from({ length: 44 }, (_, row) => row % 3),
    shape: [7, 2],
  }),
  model: sequential({ input: [7, 2] }, [recurrent(4, ownCells.gru, { recurrentDropout: 0.1 }), dense(3)]),
});

test.each([
  ["a CNN with batch norm", images],
  ["a transformer", tokens],
  ["a recurrent cell of one's own", ownCell],
])("%s: an epoch writes its order and steps, and allocates, binds and compiles nothing", async (_, make) => {
  const { data, model } = make();
  const { trainer, log, dispose } = await watchedTrainer(model);
  const epochs: string[][] = [];
  const onEpoch = () => void epochs.push(log.splice(0));
  await trainer.fit(data, { epochs: 3, batchSize: 8, callbacks: [{ onEpoch }], validation: data });
  dispose();
  for (const calls of epochs.slice(1)) {
    for (const name of CREATIONS) expect([name, count(calls, name)]).toEqual([name, 0]);
    expect(count(calls, "writeBuffer")).toBe(2);
    expect(calls.slice(0, 2)).toEqual(["writeBuffer", "writeBuffer"]);
    expect(count(calls, "mapAsync")).toBe(1);
    expect(calls.at(-1)).toBe("mapAsync");
  }
});

test("an epoch of one step is one submit, with validation and readback", async () => {
  const { trainer, log, data, dispose } = await irisTrainer();
  const epochs: number[] = [];
  const onEpoch = () => epochs.push(count(log.splice(0), "submit"));
  await trainer.fit(data, { epochs: 4, batchSize: 150, callbacks: [{ onEpoch }], validation: data });
  dispose();
  expect(epochs.slice(1)).toEqual([1, 1, 1]);
});

test("epochs that nobody watches run together: 40 epochs of 8 steps with one readback", async () => {
  const { trainer, log, data, dispose } = await irisTrainer();
  await trainer.fit(data.take(Array.from({ length: 128 }, (_, i) => i)), { epochs: 2, batchSize: 16 });
  log.length = 0;
  await trainer.fit(data.take(Array.from({ length: 128 }, (_, i) => i)), { epochs: 40, batchSize: 16 });
  dispose();
  expect(count(log, "mapAsync")).toBe(1); // results and the trained parameters
  expect(count(log, "submit")).toBeLessThanOrEqual(320 / 32);
  expect(count(log, "createComputePipelineAsync")).toBe(0); // compiled once per device
});

test("data in windows: each window's rows and steps are written once, and nothing is allocated", async () => {
  const { trainer, log, bytes, data, dispose } = await irisTrainer(1024);
  const epochs: { calls: string[]; written: number[] }[] = [];
  const onEpoch = () => void epochs.push({ calls: log.splice(0), written: bytes.splice(0) });
  await trainer.fit(data, { epochs: 4, batchSize: 15, callbacks: [{ onEpoch }] });
  dispose();
  for (const { calls, written } of epochs.slice(1)) {
    for (const name of CREATIONS) expect([name, count(calls, name)]).toEqual([name, 0]);
    // Four steps, four and two; a row is 16 bytes of features and 4 of labels, a step's record 256.
    const rows = [60, 60, 30];
    expect(written.sort()).toEqual(rows.flatMap((n) => [n * 16, n * 4, (n / 15) * 256]).sort());
    expect(count(calls, "mapAsync")).toBe(rows.length + 1); // each window's results, then the parameters' check
  }
});
