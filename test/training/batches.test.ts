import { describe, expect, test, vi } from "vitest";
import type { BackendName } from "../../src/backends/backend.js";
import { Dataset } from "../../src/data/index.js";
import {
  adam,
  cosineAnnealing,
  dense,
  reduceOnPlateau,
  type Schedule,
  type Scores,
  type StepRecord,
  sequential,
  sgd,
  softmaxCrossEntropy,
  Trainer,
  type TrainerOptions,
} from "../../src/index.js";
import { BACKENDS, useDevices } from "../devices/backends.js";
import { irisNetwork, irisSplit, parametersOf, withoutTime } from "../fixtures.js";

const device = useDevices();
const SIZE = 16;

/** The batches of a data set in its order; the last of 120 rows has 8. */
const batchesOf = (data: Dataset): Dataset[] =>
  Array.from({ length: Math.ceil(data.rows / SIZE) }, (_, i) =>
    data.take(Array.from({ length: Math.min(SIZE, data.rows - i * SIZE) }, (_, row) => i * SIZE + row)),
  );

describe.each(BACKENDS)("batches that come in pieces on %s", (backend: BackendName) => {
  const newTrainer = (schedule?: Schedule, more: Partial<TrainerOptions> = {}) =>
    new Trainer(irisNetwork(), {
      device: device(backend),
      loss: softmaxCrossEntropy(),
      optimizer: adam({ learningRate: 0.01 }),
      schedule,
      metrics: ["accuracy"],
      ...more,
    });
  const schedules: [string, () => Schedule][] = [
    ["a rate by step", () => cosineAnnealing({ period: 24, per: "step" })],
    ["a rate by epoch that follows results", () => reduceOnPlateau({ patience: 0, factor: 0.5 })],
  ];

  test("a further step checks and encodes its batch once, and makes nothing on the device", async () => {
    const { train } = await irisSplit();
    const loss = softmaxCrossEntropy();
    const encode = vi.fn(loss.encode);
    using trainer = newTrainer(undefined, { loss: { ...loss, encode } });
    const [first, ...more] = batchesOf(train);
    await trainer.trainStep(first);
    encode.mockClear();
    const checks = vi.spyOn(trainer.model, "checkSamples");
    const made = vi.spyOn(device(backend), "create");
    for (const batch of more) await trainer.trainStep(batch);
    const counts = [checks, encode, made].map(({ mock }) => mock.calls.length);
    made.mockRestore();
    expect(counts).toEqual([more.length, more.length, 0]);
  });

  test.each(schedules)("%s: fit gives the bits of a fit of one data set", async (_, schedule) => {
    const { train, test: validation } = await irisSplit();
    const batches = batchesOf(train);
    using whole = newTrainer(schedule());
    const fit = { epochs: 3, validation, recordSteps: true };
    const expected = await whole.fit(train, { ...fit, batchSize: SIZE, shuffle: false });
    async function* later() {
      for (const batch of batches) yield await Promise.resolve(batch);
    }
    for (const source of [batches, () => batches, later, async () => later()]) {
      using trainer = newTrainer(schedule());
      const history = await trainer.fit(source, fit);
      expect(parametersOf(trainer.model)).toEqual(parametersOf(whole.model));
      expect(history.epochs.map(withoutTime)).toEqual(expected.epochs.map(withoutTime));
      expect(history.stepLosses).toEqual(expected.stepLosses);
      expect([trainer.epoch, trainer.step]).toEqual([3, 24]);
    }
  });

  test("trainStep gives the bits of a fit, and the scores of its batch", async () => {
    const { train } = await irisSplit();
    using whole = newTrainer(cosineAnnealing({ period: 24, per: "step" }));
    const { stepLosses } = await whole.fit(train, { epochs: 1, batchSize: SIZE, shuffle: false, recordSteps: true });
    using trainer = newTrainer(cosineAnnealing({ period: 24, per: "step" }));
    const scores: Scores[] = [];
    for (const batch of batchesOf(train)) scores.push(await trainer.trainStep(batch));
    expect(scores.map(({ loss }) => Math.fround(loss))).toEqual([...stepLosses!]);
    expect(scores.every(({ accuracy }) => accuracy! >= 0 && accuracy! <= 1)).toBe(true);
    expect(parametersOf(trainer.model)).toEqual(parametersOf(whole.model));
    expect([trainer.epoch, trainer.step]).toEqual([0, 8]);
    // Between other calls, on what the model has by then; from plain numbers; larger than before.
    await trainer.fit(train, { epochs: 1 });
    trainer.model.setParameters(whole.model.parameters());
    const { loss } = await trainer.evaluate(train);
    const step = await trainer.trainStep({ features: train.features as Float32Array, labels: train.labels });
    expect(step.loss).toBeGreaterThan(0);
    expect((await trainer.evaluate(train)).loss).toBeLessThan(loss);
  });

  test("a fit that is stopped in the middle of an epoch goes on to the same bits", async () => {
    const { train } = await irisSplit();
    const batches = batchesOf(train);
    using whole = newTrainer();
    await whole.fit(batches, { epochs: 3 });
    using trainer = newTrainer();
    const onStep = ({ step }: StepRecord) => (step === 11 ? "stop" : undefined);
    const { stopped } = await trainer.fit(batches, { epochs: 3, callbacks: [{ onStep }] });
    expect([stopped, trainer.epoch, trainer.step]).toEqual([true, 1, 11]);
    await trainer.fit(() => batches, { epochs: 2 });
    expect(parametersOf(trainer.model)).toEqual(parametersOf(whole.model));
  });

  test("training scores and warnings are those of a fit of one data set", async () => {
    const { train, test: validation } = await irisSplit();
    const weighted = Dataset.from({ ...train, weights: Float32Array.from(train.labels, (label) => 1 + label) });
    const still = { optimizer: sgd({ learningRate: 0 }) };
    for (const data of [train, weighted]) {
      using whole = newTrainer(undefined, still);
      const fit = { epochs: 2, validation, trainingScores: true };
      const expected = await whole.fit(data, { ...fit, batchSize: SIZE, shuffle: false });
      using trainer = newTrainer(undefined, still);
      const { epochs, warnings } = await trainer.fit(() => batchesOf(data), fit);
      expect(epochs.map(({ training }) => training)).toEqual(expected.epochs.map(({ training }) => training));
      // The losses themselves differ by the mean weight of a batch.
      const guess = (text: string) => text.replace(/^The loss, [\d.]+/, "");
      expect(warnings.map(guess)).toEqual(expected.warnings.map(guess));
      expect(warnings).toEqual([expect.stringMatching(/no better than guessing: .* has 1\.0\d+/)]);
      expect(trainer.model.inputRange).toEqual(whole.model.inputRange);
    }
  });

  test("an epoch that was broken off is scored whole", async () => {
    const { train } = await irisSplit();
    using whole = newTrainer();
    const fit = { epochs: 1, trainingScores: true };
    const expected = await whole.fit(batchesOf(train), fit);
    using trainer = newTrainer();
    const onStep = ({ step }: StepRecord) => (step === 3 ? "stop" : undefined);
    await trainer.fit(batchesOf(train), { ...fit, callbacks: [{ onStep }] });
    const { epochs, warnings } = await trainer.fit(batchesOf(train), fit);
    expect(epochs.map(withoutTime)).toEqual(expected.epochs.map(withoutTime));
    expect(warnings).toEqual(expected.warnings);
  });

  test("single steps tell the model the range of its features", async () => {
    const { train } = await irisSplit();
    using trainer = newTrainer();
    for (const batch of batchesOf(train)) await trainer.trainStep(batch);
    const told = await trainer.predict([[0, 0, -9999, 0]], { warnings: true });
    expect(told.warnings).toEqual([expect.stringMatching(/feature 2 is -9999 in a row/)]);
  });

  test("a step that diverges says so, and leaves the model as it was", async () => {
    const { train } = await irisSplit();
    using trainer = newTrainer(undefined, { optimizer: sgd({ learningRate: 0.1 }) });
    const [batch] = batchesOf(train);
    await trainer.trainStep(batch);
    const before = parametersOf(trainer.model);
    trainer.learningRate = 1e38;
    const steps = async () => {
      for (let i = 0; i < 5; i++) {
        before.splice(0, before.length, ...parametersOf(trainer.model));
        await trainer.trainStep(batch);
      }
    };
    await expect(steps()).rejects.toMatchObject({ name: "DivergedError" });
    expect(parametersOf(trainer.model)).toEqual(before);
    trainer.learningRate = 0.1;
  });
});

test("class weights and rows' weights change the loss, not the plan", async () => {
  const { train } = await irisSplit();
  const loss = softmaxCrossEntropy({ classWeights: [1, 2, 3] });
  using trainer = new Trainer(irisNetwork({ rate: 0 }), {
    device: device("cpu"),
    loss,
    optimizer: sgd({ learningRate: 0.1 }),
  });
  using single = new Trainer(irisNetwork({ rate: 0 }), {
    device: device("cpu"),
    loss,
    optimizer: sgd({ learningRate: 0.1 }),
  });
  for (const batch of batchesOf(train)) {
    const step = await trainer.trainStep(batch);
    const { epochs } = await single.fit(batch, { epochs: 1, shuffle: false });
    expect(step.loss).toBeCloseTo(epochs[0].loss, 5);
  }
});

test("what can't be is refused, with what to do", async () => {
  const { train } = await irisSplit();
  const model = sequential({ input: [4] }, [dense(3)]);
  using trainer = new Trainer(model, { device: device("cpu"), loss: softmaxCrossEntropy(), optimizer: adam() });
  function* once() {
    yield* batchesOf(train);
  }
  await expect(trainer.fit(once(), { epochs: 2 })).rejects.toThrow(
    /gives its batches once.*fit\(\(\) => batches\(\)\)/,
  );
  expect((await trainer.fit(once())).epochs).toHaveLength(1);
  await expect(trainer.fit([], { epochs: 1 })).rejects.toThrow(/gave no batch/);
  await expect(trainer.fit([train], { batchSize: 3 })).rejects.toThrow(/leave batchSize out/);
  const wide = Dataset.from({ features: [[1, 2, 3, 4, 5]], labels: [0] });
  await expect(trainer.trainStep(wide)).rejects.toThrow(/takes features \[rows, 4\]/);
  await expect(trainer.fit([wide])).rejects.toThrow(/takes features \[rows, 4\]/);
  const callbacks = [{ onEpoch: () => trainer.trainStep(train) }];
  await expect(trainer.fit(train, { epochs: 1, callbacks })).rejects.toThrow(/still training/);
});

describe("a source that is waited for", () => {
  const never = new Promise<never>(() => {});
  const trainerOf = () =>
    new Trainer(irisNetwork({ rate: 0 }), { device: device("cpu"), loss: softmaxCrossEntropy(), optimizer: adam() });

  test("in vain is left when the signal is aborted, and the epoch is gone on with later", async () => {
    const { train } = await irisSplit();
    const batches = batchesOf(train);
    let isStuck = true;
    async function* source() {
      yield* batches.slice(0, 2);
      if (isStuck) await never;
      yield* batches.slice(2);
    }
    using trainer = trainerOf();
    const stop = new AbortController();
    const callbacks = [
      { onStep: ({ step }: { step: number }) => void (step === 2 && setTimeout(() => stop.abort(), 5)) },
    ];
    const { stopped, epochs } = await trainer.fit(source, { epochs: 1, signal: stop.signal, callbacks });
    expect([stopped, epochs.length, trainer.epoch, trainer.step]).toEqual([true, 0, 0, 2]);
    isStuck = false;
    await trainer.fit(source, { epochs: 1 });
    using straight = trainerOf();
    await straight.fit(() => batches, { epochs: 1 });
    expect(parametersOf(trainer.model)).toEqual(parametersOf(straight.model));
  });

  test("is closed where the training ends early, and its own error is the fit's", async () => {
    const { train } = await irisSplit();
    let closed = 0;
    function* endless() {
      try {
        for (;;) yield train;
      } finally {
        closed++;
      }
    }
    using trainer = trainerOf();
    const callbacks = [{ onStep: ({ step }: { step: number }) => (step === 3 ? "stop" : undefined) }];
    const { signal } = new AbortController();
    expect((await trainer.fit(endless, { epochs: 1, signal, callbacks })).stopped).toBe(true);
    expect([closed, trainer.step]).toEqual([1, 3]);
    function* broken() {
      yield train;
      throw new RangeError("mine");
    }
    await expect(trainer.fit(broken, { epochs: 1, signal })).rejects.toThrow(new RangeError("mine"));
  });
});
