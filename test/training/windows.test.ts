// @module-tag slow
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import type { Backend, BackendName, DeviceBuffer } from "../../src/backends/backend.js";
import { checkGuards } from "../../src/backends/buffers.js";
import type { Plan } from "../../src/compile/plan.js";
import type { StepTable } from "../../src/compile/steps.js";
import type { Values } from "../../src/core/dtype.js";
import { Dataset } from "../../src/data/index.js";
import {
  adam,
  decodeModel,
  dense,
  dropout,
  earlyStopping,
  encodeModel,
  type FitOptions,
  type Loss,
  meanSquaredError,
  sequential,
  sgd,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  Trainer,
} from "../../src/index.js";
import { openDevice } from "../../src/node.js";
import { BACKENDS } from "../devices/backends.js";

const devices = new Map<string, Backend>();
afterAll(() => {
  for (const device of devices.values()) device.dispose();
});
async function deviceOf(backend: BackendName, maxBufferBytes?: number): Promise<Backend> {
  const key = `${backend} ${maxBufferBytes}`;
  const device = devices.get(key) ?? (await openDevice({ backend, maxBufferBytes }));
  devices.set(key, device);
  return device;
}

/** Numbers without a pattern, and classes that follow from them. */
function samples(rows: number, inputs: number, classes: number): Dataset {
  const features = Float32Array.from({ length: rows * inputs }, (_, i) => Math.sin(i * i + 1));
  const labels = Uint32Array.from({ length: rows }, (_, row) =>
    Math.floor(((features[row * inputs] + 1) / 2) * classes),
  );
  const classNames = Array.from({ length: classes }, (_, i) => `${i}`);
  return Dataset.from({ features, labels, shape: [inputs], classNames });
}

interface Case extends FitOptions {
  rows: number;
  batchSize: number;
  inputs?: number;
  classes?: number;
  loss?: Loss;
  weighted?: boolean;
  /** In bytes. */
  limits?: number[];
}

/** All that training, evaluating and predicting give. */
async function outcome(device: Backend, { rows, inputs = 6, classes = 3, loss, weighted, limits, ...fit }: Case) {
  const plain = samples(rows, inputs, classes);
  const weights = Array.from({ length: rows }, (_, row) => row % 4);
  const data = weighted ? Dataset.from({ ...plain, weights }) : plain;
  const model = sequential({ input: [inputs], seed: 1 }, [
    dense(8, { activation: "relu" }),
    dropout(0.2),
    dense(classes),
  ]);
  const metrics = ["accuracy"];
  const optimizer = adam({ learningRate: 0.01 });
  using trainer = new Trainer(model, { device, loss: loss ?? softmaxCrossEntropy(), optimizer, metrics });
  const { epochs, stepLosses } = await trainer.fit(data, { epochs: 3, recordSteps: true, ...fit });
  const { batchSize } = fit;
  return {
    epochs: epochs.map(({ seconds, ...record }) => record),
    stepLosses,
    parameters: model.parameters(),
    scores: await trainer.evaluate(data, { batchSize }),
    predictions: await trainer.predict(data, { batchSize }),
    probabilities: await trainer.predict(data.features, { batchSize, probabilities: true }),
  };
}

describe.each(BACKENDS)("data larger than a buffer, on %s", (backend) => {
  // A batch of 16 has 384 bytes of features, and 512 bytes after the first layer.
  const CASES: Record<string, Case> = {
    "whole batches": { rows: 96, batchSize: 16 },
    "a short last batch": { rows: 100, batchSize: 16 },
    "one row in the last batch": { rows: 97, batchSize: 16 },
    "rows in their order": { rows: 100, batchSize: 16, shuffle: false },
    "one-hot targets and their classes": { rows: 60, batchSize: 8, loss: meanSquaredError() },
    "rows and classes with weights": {
      rows: 60,
      batchSize: 8,
      weighted: true,
      loss: softmaxCrossEntropy({ classWeights: [1, 2, 4] }),
    },
    "targets wider than the features": { rows: 60, batchSize: 16, inputs: 2, classes: 5, loss: sigmoidCrossEntropy() },
    "epochs one by one, and validation": {
      rows: 500,
      batchSize: 16,
      validation: samples(700, 6, 3),
      callbacks: [{ onEpoch() {} }],
      limits: [8192], // one batch of the validation's 256 rows
    },
    // The next window is written before the last of these steps are submitted.
    "windows of many steps": { rows: 700, batchSize: 1, epochs: 1, inputs: 100, limits: [300 * 256] },
  };
  // One batch, two batches, five batches to a window; the epochs of a run share windows.
  test.each(Object.keys(CASES))("%s: the same bits as whole", async (name) => {
    const { limits = [512, 800, 2048], ...given } = CASES[name];
    const whole = await outcome(await deviceOf(backend), given);
    for (const limit of limits) {
      expect(await outcome(await deviceOf(backend, limit), given), `at most ${limit} bytes`).toEqual(whole);
    }
  });

  test("goes on after a resume to the same bits", async () => {
    const data = samples(100, 6, 3);
    const setup = { loss: softmaxCrossEntropy(), optimizer: adam({ learningRate: 0.01 }) };
    const network = () => sequential({ input: [6], seed: 1 }, [dense(8, { activation: "relu" }), dense(3)]);
    const whole = new Trainer(network(), { device: await deviceOf(backend), ...setup });
    await whole.fit(data, { epochs: 5, batchSize: 16 });
    const device = await deviceOf(backend, 512);
    const first = new Trainer(network(), { device, ...setup });
    await first.fit(data, { epochs: 2, batchSize: 16 });
    const second = new Trainer(decodeModel(encodeModel(first.model, await first.training(true))), { device });
    await second.fit(data, { epochs: 3, batchSize: 16 });
    expect(second.model.parameters()).toEqual(whole.model.parameters());
    for (const trainer of [whole, first, second]) trainer.dispose();
  });

  test("stops early, with the best epoch's parameters, as whole", async () => {
    const run = async (limit?: number) => {
      const callbacks = [earlyStopping({ patience: 2, monitor: "accuracy" })];
      return outcome(await deviceOf(backend, limit), { rows: 60, batchSize: 16, epochs: 30, callbacks });
    };
    const whole = await run();
    expect(whole.epochs.length).toBeLessThan(30);
    expect(await run(512)).toEqual(whole);
  });

  test("where it diverged is found, and the last good epoch kept, as whole", async () => {
    const data = samples(100, 6, 3);
    const schedule = { config: { schedule: "test" }, learningRate: (epoch: number) => (epoch < 2 ? 0.1 : 1e30) };
    const run = async (limit?: number) => {
      const model = sequential({ input: [6], seed: 1 }, [dense(8, { activation: "relu" }), dense(3)]);
      const setup = { loss: softmaxCrossEntropy(), optimizer: sgd({ learningRate: 0.1 }), schedule };
      using trainer = new Trainer(model, { device: await deviceOf(backend, limit), ...setup });
      const failure = await trainer.fit(data, { epochs: 4, batchSize: 16 }).catch((error) => error);
      // The trainer is of use afterwards.
      trainer.learningRate = 0.1;
      return { message: failure.message, epoch: failure.epoch, parameters: model.parameters(), done: trainer.epoch };
    };
    const whole = await run();
    expect(whole).toMatchObject({ epoch: 3, done: 2, message: expect.stringContaining("diverged in epoch 3") });
    expect(await run(800)).toEqual(whole);
  });

  test("a launch is profiled over what fits", async () => {
    const model = sequential({ input: [6] }, [dense(8, { activation: "relu" }), dense(3)]);
    const device = await deviceOf(backend, 800);
    using trainer = new Trainer(model, { device, loss: softmaxCrossEntropy(), optimizer: adam() });
    const { launches } = await trainer.profile(samples(100, 6, 3), { batchSize: 16, repeats: 1 });
    expect(launches.length).toBeGreaterThanOrEqual(6);
  });

  test("a batch that doesn't fit is refused with the remedy; where nobody chose one, a smaller is taken", async () => {
    const device = await deviceOf(backend, 512);
    const model = sequential({ input: [6] }, [dense(3)]);
    using trainer = new Trainer(model, { device, loss: softmaxCrossEntropy(), optimizer: adam() });
    const data = samples(100, 6, 3);
    const refused =
      /^features: a batch of 22 rows takes 528 bytes, but one buffer of this device holds 512. Use a smaller batchSize/;
    await expect(trainer.fit(data, { batchSize: 22 })).rejects.toThrow(refused);
    await expect(trainer.evaluate(data, { batchSize: 22 })).rejects.toThrow(refused);
    await expect(trainer.predict(data, { batchSize: 22 })).rejects.toThrow(refused);
    expect((await trainer.predict(data)).shape).toEqual([100, 3]);
    expect((await trainer.evaluate(data)).loss).toBeGreaterThan(0);
    expect((await trainer.fit(data, { epochs: 1, batchSize: 21, validation: data })).epochs).toHaveLength(1);
    const wide = sequential({ input: [200] }, [dense(1)]);
    using wider = new Trainer(wide, { device, loss: meanSquaredError(), optimizer: sgd() });
    await expect(wider.predict(new Float32Array(200))).rejects.toThrow(/dense.weight: .*smaller layers/);
  });
});

test("the next window is written while the device is at work on another, and never that one", async () => {
  const cpu = await openDevice({ backend: "cpu", maxBufferBytes: 800 });
  const log: string[] = [];
  let atWork: ReadonlyMap<string, DeviceBuffer> = new Map();
  const watched = new Proxy(cpu, {
    get(target, name: keyof Backend) {
      if (name === "write") {
        return (buffer: DeviceBuffer, ...rest: [Values, number?]) => {
          if (buffer.label === "features") log.push([...atWork.values()].includes(buffer) ? "in use!" : "write");
          target.write(buffer, ...rest);
        };
      }
      if (name === "load") {
        return async (plan: Plan, variables: ReadonlyMap<string, DeviceBuffer>, maxSteps: number) => {
          const program = await target.load(plan, variables, maxSteps);
          const run = async (steps: StepTable) => {
            if (plan.label !== "training") return program.run(steps);
            log.push("begin");
            atWork = variables;
            for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate); // a device that takes its time
            await program.run(steps);
            atWork = new Map();
            log.push("end");
          };
          return { ...program, run };
        };
      }
      const value = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const model = sequential({ input: [6], seed: 1 }, [dense(8), dense(3)]);
  using trainer = new Trainer(model, { device: watched, loss: softmaxCrossEntropy(), optimizer: sgd() });
  // Six steps an epoch, two to a window.
  await trainer.fit(samples(96, 6, 3), { epochs: 2, batchSize: 16, callbacks: [{ onEpoch: () => log.push("epoch") }] });
  const epoch = ["write", "begin", "write", "end", "begin", "write", "end", "begin", "end", "epoch"];
  expect(log).toEqual([...epoch, ...epoch]);
  cpu.dispose();
});

test("any rows, batch and limit give the same bits as whole", async () => {
  const whole = await deviceOf("cpu");
  const sizes = fc.record({
    rows: fc.integer({ min: 1, max: 60 }),
    batchSize: fc.integer({ min: 1, max: 20 }),
    epochs: fc.integer({ min: 1, max: 3 }),
    shuffle: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(sizes, fc.integer({ min: 640, max: 3000 }), async (size, limit) => {
      const device = await openDevice({ backend: "cpu", maxBufferBytes: limit, guards: true });
      expect(await outcome(device, size)).toEqual(await outcome(whole, size));
      await checkGuards(device);
      device.dispose();
    }),
    { numRuns: 60 },
  );
});

test.each([0, -1, 255, 1000.5, Number.NaN, Number.POSITIVE_INFINITY, "1e9" as never])(
  "a limit of %s bytes is refused",
  async (maxBufferBytes) => {
    for (const backend of BACKENDS) {
      await expect(openDevice({ backend, maxBufferBytes })).rejects.toThrow(
        /maxBufferBytes must be an integer from 256 up, got/,
      );
    }
  },
);
