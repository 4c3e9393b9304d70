// @module-tag slow
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Backend } from "../../src/backends/backend.js";
import { openOn } from "../../src/backends/open.js";
import type { WebgpuBackend } from "../../src/backends/webgpu/backend.js";
import { RandomStream } from "../../src/core/random.js";
import { iris } from "../../src/data/index.js";
import {
  adam,
  type Callback,
  dense,
  type EpochRecord,
  earlyStopping,
  type FitOptions,
  maxNorm,
  movingAverage,
  reduceOnPlateau,
  type StepRecord,
  sequential,
  softmaxCrossEntropy,
  Trainer,
} from "../../src/index.js";
import { openDevice } from "../../src/node.js";
import { irisNetwork, parametersOf, withoutTime } from "../fixtures.js";
import { platform } from "./platform.js";

const opened: Backend[] = [];
afterEach(() => {
  for (const device of opened.splice(0)) device.dispose();
});
async function gpu(options = {}): Promise<WebgpuBackend> {
  const device = (await openDevice({ backend: "webgpu", ...options })) as WebgpuBackend;
  opened.push(device);
  return device;
}

const newTrainer = (device: Backend) =>
  new Trainer(irisNetwork(), {
    device,
    loss: softmaxCrossEntropy(),
    optimizer: adam({ learningRate: 0.02 }),
    schedule: reduceOnPlateau({ factor: 0.5, patience: 1 }),
    metrics: ["accuracy"],
  });

/** Destroys the GPUDevice at the n-th submit from now. */
function destroyAt(backend: WebgpuBackend, submits: number): void {
  const { device } = backend;
  const submit = device.queue.submit.bind(device.queue);
  let count = 0;
  Object.defineProperty(device.queue, "submit", {
    configurable: true,
    value(commands: GPUCommandBuffer[]) {
      submit(commands);
      if (++count === submits) device.destroy();
    },
  });
}

function countSubmits({ device }: WebgpuBackend): { count: number } {
  const found = { count: 0 };
  const submit = device.queue.submit.bind(device.queue);
  const counting = (commands: GPUCommandBuffer[]) => {
    found.count++;
    submit(commands);
  };
  Object.defineProperty(device.queue, "submit", { configurable: true, value: counting });
  return found;
}

const random = new RandomStream(11, 0);
/** Where in a training the device is destroyed: shares of its submits. */
const moments = Array.from({ length: 6 }, () => random.nextUniform());

describe("a training whose device is destroyed", () => {
  const EPOCHS = 8;
  const run = async (device: WebgpuBackend, options: FitOptions, more: Callback[] = []) => {
    using trainer = newTrainer(device);
    const callbacks = [...(options.callbacks ?? []), ...more];
    const history = await trainer.fit(await iris(), { epochs: EPOCHS, batchSize: 16, seed: 3, ...options, callbacks });
    const held = await trainer.evaluate(await iris());
    return {
      numbers: parametersOf(trainer.model),
      epochs: history.epochs.map(withoutTime),
      stopped: history.stopped,
      held,
    };
  };

  test(`at ${moments.length} random submits goes on to the bits of one that wasn't`, async () => {
    const data = await iris();
    const options = () => ({ validation: data, callbacks: [earlyStopping({ patience: 2 })] });
    const undisturbed = await gpu();
    const submits = countSubmits(undisturbed);
    const expected = await run(undisturbed, options());
    expect(submits.count).toBeGreaterThan(8);
    for (const moment of moments) {
      const device = await gpu();
      destroyAt(device, 1 + Math.floor(moment * submits.count));
      expect(await run(device, options())).toEqual(expected);
      expect(device.generation).toBe(1);
    }
  });

  test("keeps moving averages, also while the model has them", async () => {
    const data = await iris();
    const averages = async (device: WebgpuBackend, disturb: () => void) => {
      const optimizer = movingAverage(maxNorm(adam({ learningRate: 0.02 }), 1), { decay: 0.9 });
      using trainer = new Trainer(irisNetwork(), { device, loss: softmaxCrossEntropy(), optimizer });
      const callbacks = [{ onEpoch: ({ epoch }: EpochRecord) => void (epoch === 2 && disturb()) }];
      await trainer.fit(data, { epochs: 4, batchSize: 16, seed: 3, callbacks });
      const held = await trainer.withAverage(async () => {
        disturb();
        return { average: parametersOf(trainer.model), scores: await trainer.evaluate(data) };
      });
      await trainer.fit(data, { epochs: 1, batchSize: 16, seed: 3 });
      return { ...held, numbers: parametersOf(trainer.model) };
    };
    const expected = await averages(await gpu(), () => {});
    const device = await gpu();
    expect(await averages(device, () => destroyAt(device, 1))).toEqual(expected);
    expect(device.generation).toBe(2);
  });

  test("at every epoch, several times in one, in windows, and in the middle of callbacks on steps", async () => {
    const steps: StepRecord[] = [];
    const watch = () => ({ every: 3, onStep: (record: StepRecord) => void steps.push(record) });
    const expected = await run(await gpu({ maxBufferBytes: 1024 }), { callbacks: [watch()] });
    const undisturbed = steps.splice(0);
    const device = await gpu({ maxBufferBytes: 1024 });
    destroyAt(device, 3);
    const destroy = {
      onEpoch: ({ epoch }: EpochRecord) => destroyAt(device, 1 + (epoch % 5)),
    };
    expect(await run(device, { callbacks: [watch()] }, [destroy])).toEqual(expected);
    expect(device.generation).toBeGreaterThan(EPOCHS - 2);
    expect(steps).toEqual(undisturbed);
  });

  test("between epochs, where a callback evaluates and predicts", async () => {
    const device = await gpu();
    using trainer = newTrainer(device);
    const seen: unknown[] = [];
    const callbacks = [
      {
        async onEpoch({ epoch, validation }: EpochRecord) {
          if (epoch % 2 === 0) device.device.destroy();
          expect(await trainer.evaluate(await iris())).toEqual(validation);
          seen.push((await trainer.predict(await iris())).shape);
        },
      },
    ];
    await trainer.fit(await iris(), { epochs: 5, validation: await iris(), seed: 3, callbacks });
    expect(seen).toHaveLength(5);
    using whole = newTrainer(await gpu());
    await whole.fit(await iris(), { epochs: 5, validation: await iris(), seed: 3 });
    expect(parametersOf(trainer.model)).toEqual(parametersOf(whole.model));
  });

  test("epochs that run together begin anew together", async () => {
    const expected = await run(await gpu(), {});
    const device = await gpu();
    destroyAt(device, 1);
    expect(await run(device, {})).toEqual(expected);
  });
});

describe("the handle that the user holds", () => {
  test("goes on working for other trainers and new ones, and for what they were doing", async () => {
    const data = await iris();
    const device = await gpu();
    const [first, second] = [newTrainer(device), newTrainer(device)];
    for (const trainer of [first, second]) await trainer.fit(data, { epochs: 2, seed: 3 });
    device.device.destroy();
    await second.fit(data, { epochs: 2, seed: 3 });
    const scores = await first.evaluate(data);
    await first.fit(data, { epochs: 2, seed: 3 });
    expect(parametersOf(first.model)).toEqual(parametersOf(second.model));
    device.device.destroy();
    using third = newTrainer(await gpu());
    await third.fit(data, { epochs: 2, seed: 3 });
    expect(await third.evaluate(data)).toEqual(scores);
    using fourth = newTrainer(device);
    expect((await fourth.evaluate(data)).loss).toBeGreaterThan(0);
    for (const trainer of [first, second]) trainer.dispose();
  });

  test("parameters set and kept while the device is lost are not", async () => {
    const data = await iris();
    const device = await gpu();
    using trainer = newTrainer(device);
    await trainer.fit(data, { epochs: 1 });
    device.device.destroy();
    trainer.model.setParameters(new Map([["dense_1.bias", { values: [9, 0, 0] }]]));
    const { values } = await trainer.predict(data);
    for (let row = 0; row < 150; row++) expect(values[row * 3]).toBeGreaterThan(values[row * 3 + 1]);
  });

  test("a device that can't be had again is the error of its loss; the model keeps its last epoch", async () => {
    let isThere = true;
    const device = (await openOn(
      platform((adapter) => ({
        requestDevice: (options: GPUDeviceDescriptor) =>
          isThere ? adapter.requestDevice(options) : Promise.reject(Error("no")),
      })),
      { backend: "webgpu" },
    )) as WebgpuBackend;
    opened.push(device);
    const data = await iris();
    using trainer = newTrainer(device);
    const callbacks = [
      {
        onEpoch({ epoch }: EpochRecord) {
          if (epoch !== 3) return;
          isThere = false;
          device.device.destroy();
        },
      },
    ];
    const failure = await trainer.fit(data, { epochs: 6, seed: 3, callbacks }).catch((error) => error);
    expect(failure.name).toBe("DeviceLostError");
    expect(failure.message).toMatch(/device was lost \(.*\)\. Open a new one with openDevice\(\)/);
    expect(trainer.epoch).toBe(3);
    using whole = newTrainer(await gpu());
    await whole.fit(data, { epochs: 3, seed: 3 });
    expect(parametersOf(trainer.model)).toEqual(parametersOf(whole.model));

    isThere = true; // and when it is back, the trainer goes on
    await trainer.fit(data, { epochs: 2, seed: 3 });
    await whole.fit(data, { epochs: 2, seed: 3 });
    expect(parametersOf(trainer.model)).toEqual(parametersOf(whole.model));
  });

  test("large parameters are brought home now and then; a loss between goes back to the last that were", async () => {
    // 2.1 million parameters take 25 MB with their moments: half a second of training for each time.
    const wide = () => sequential({ input: [4], seed: 1 }, [dense(60_000), dense(30)]);
    const setup = () => ({ loss: softmaxCrossEntropy(), optimizer: adam({ learningRate: 1e-5 }) });
    const data = (await iris()).take([0, 60, 120]);
    const device = await gpu();
    using trainer = new Trainer(wide(), { device, ...setup() });
    const clock = vi.spyOn(performance, "now").mockReturnValue(1000); // stands still: once only
    const onEpoch = ({ epoch }: EpochRecord) => void (epoch === 3 && device.device.destroy());
    const failure = await trainer.fit(data, { epochs: 6, callbacks: [{ onEpoch }] }).catch((error) => error);
    clock.mockRestore();
    expect(failure.name).toBe("DeviceLostError");
    expect(failure.message).toMatch(/lost after epoch 3, and opened again. The model is back at the end of epoch 1,/);
    expect([trainer.epoch, trainer.step]).toEqual([1, 1]);
    using whole = new Trainer(wide(), { device: await gpu(), ...setup() });
    await whole.fit(data, { epochs: 1 });
    expect(await trainer.evaluate(data)).toEqual(await whole.evaluate(data));
    for (const each of [trainer, whole]) await each.fit(data, { epochs: 2 });
    expect(await trainer.evaluate(data)).toEqual(await whole.evaluate(data));
  });
});
