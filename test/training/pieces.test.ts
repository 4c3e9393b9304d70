import { describe, expect, test } from "vitest";
import { iris } from "../../src/data/index.js";
import {
  adam,
  type Callback,
  cosineAnnealing,
  dense,
  type EpochRecord,
  type StepRecord,
  sequential,
  sgd,
  softmaxCrossEntropy,
  Trainer,
} from "../../src/index.js";
import { BACKENDS, useDevices } from "../devices/backends.js";
import { irisNetwork, weightsOf } from "../fixtures.js";

const device = useDevices();
const small = useDevices({ maxBufferBytes: 1024 });

describe.each(BACKENDS)("callbacks on steps on %s", (backend) => {
  const run = async (callbacks: Callback[], from = device) => {
    const model = irisNetwork();
    using trainer = new Trainer(model, {
      device: from(backend),
      loss: softmaxCrossEntropy(),
      optimizer: adam({ learningRate: 0.01 }),
      schedule: cosineAnnealing({ period: 40, per: "step" }),
      metrics: ["accuracy"],
    });
    // 150 rows: ten steps, the last with 6 rows.
    const fit = { epochs: 3, batchSize: 16, seed: 4, recordSteps: true, callbacks };
    const { epochs, stepLosses } = await trainer.fit(await iris(), fit);
    return {
      weights: weightsOf(model),
      losses: epochs.map(({ loss, accuracy }) => [loss, accuracy]),
      stepLosses,
      epochs,
    };
  };

  test.each([1, 3, 4, 10, 17, 100])("every %i steps: the bits are those of a run without", async (every) => {
    const records: StepRecord[] = [];
    const { epochs, ...whole } = await run([]);
    const { epochs: _, ...cut } = await run([{ every, onStep: (record: StepRecord) => void records.push(record) }]);
    expect(cut).toEqual(whole);
    const due = Array.from({ length: Math.floor(30 / every) }, (_, i) => (i + 1) * every);
    expect(records.map(({ step }) => step)).toEqual(due);
    expect(records.map(({ epoch }) => epoch)).toEqual(due.map((step) => Math.ceil(step / 10)));
    const rows = (step: number) => (step % 10 === 9 ? 6 : 16);
    due.forEach((to, i) => {
      const steps = Array.from({ length: every }, (_, k) => to - every + k);
      const total = steps.reduce((sum, step) => sum + rows(step), 0);
      const loss = steps.reduce((sum, step) => sum + rows(step) * whole.stepLosses![step], 0) / total;
      expect(records[i].loss).toBeCloseTo(loss, 12);
      expect(records[i].learningRate).toBe(cosineAnnealing({ period: 40 }).learningRate(to - 1, 0.01));
    });
    if (every === 10) {
      expect(records.map(({ loss, accuracy }) => [loss, accuracy])).toEqual(whole.losses);
      expect(records.map(({ learningRate }) => learningRate)).toEqual(epochs.map((record) => record.learningRate));
    }
  });

  test("in windows too, and several at their own pace, beside callbacks on epochs", async () => {
    const seen: string[] = [];
    const watch = (every: number): Callback => ({
      every,
      onStep: ({ step }) => void seen.push(`${every}: ${step}`),
      onEpoch: ({ epoch }: EpochRecord) => void seen.push(`epoch ${epoch}`),
    });
    const { epochs, ...whole } = await run([]);
    const { epochs: _, ...cut } = await run([watch(4), watch(15)], small);
    expect(cut).toEqual(whole);
    expect(seen.filter((line) => !line.startsWith("epoch"))).toEqual([
      "4: 4",
      "4: 8",
      "4: 12",
      "15: 15",
      "4: 16",
      "4: 20",
      "4: 24",
      "4: 28",
      "15: 30",
    ]);
    expect(seen.indexOf("epoch 1")).toBe(2);
  });

  test("a training that diverges ends with its piece, and says where", async () => {
    const steps: number[] = [];
    const model = sequential({ input: [4], seed: 1 }, [dense(8, { activation: "relu" }), dense(3)]);
    using trainer = new Trainer(model, {
      device: device(backend),
      loss: softmaxCrossEntropy(),
      optimizer: sgd({ learningRate: 0.1 }),
    });
    await trainer.fit(await iris(), { epochs: 1, batchSize: 15 });
    const good = weightsOf(model);
    trainer.learningRate = 1e30;
    const callbacks = [{ every: 1, onStep: ({ step }: StepRecord) => void steps.push(step) }];
    const failure = await trainer.fit(await iris(), { epochs: 2, batchSize: 15, callbacks }).catch((error) => error);
    expect(failure).toMatchObject({ name: "DivergedError", epoch: 2, step: 2 });
    expect(steps).toEqual([11]);
    expect(weightsOf(model)).toEqual(good);
  });
});

test.each([0, -1, 1.5, Number.NaN, "3"])("every %j is refused before any work", async (every) => {
  using trainer = new Trainer(irisNetwork(), { device: device("cpu"), loss: softmaxCrossEntropy(), optimizer: adam() });
  const callbacks = [{ every: every as number, onStep() {} }];
  await expect(trainer.fit(await iris(), { callbacks })).rejects.toThrow(/every must be a positive integer/);
  expect(trainer.step).toBe(0);
});
