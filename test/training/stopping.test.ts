import { describe, expect, test } from "vitest";
import type { BackendName } from "../../src/backends/backend.js";
import {
  adam,
  type Callback,
  cosineAnnealing,
  decodeModel,
  earlyStopping,
  encodeModel,
  type FitOptions,
  type Optimizer,
  reduceOnPlateau,
  type Schedule,
  type Snapshot,
  type StepRecord,
  sgd,
  softmaxCrossEntropy,
  Trainer,
} from "../../src/index.js";
import { BACKENDS, useDevices } from "../devices/backends.js";
import { irisNetwork, irisSplit, parametersOf, withoutTime } from "../fixtures.js";

const device = useDevices();
const EPOCHS = 4;
const PER_EPOCH = 8;
/** Dropout, shuffles, a short last batch. */
const options = { batchSize: 16, seed: 5, recordSteps: true };

const ways: [string, () => Optimizer, () => Schedule | undefined][] = [
  ["adam, a rate by step", () => adam({ amsgrad: true }), () => cosineAnnealing({ period: 32, per: "step" })],
  [
    "momentum, a rate that follows results",
    () => sgd({ learningRate: 1, momentum: 0.5 }),
    () => reduceOnPlateau({ patience: 0 }),
  ],
];

describe.each(BACKENDS)("a training on %s that is stopped", (backend: BackendName) => {
  describe.each(ways)("%s", (_, optimizer, schedule) => {
    const newTrainer = (model = irisNetwork()) =>
      new Trainer(model, {
        device: device(backend),
        loss: softmaxCrossEntropy(),
        optimizer: optimizer(),
        schedule: schedule(),
        metrics: ["accuracy"],
      });
    const whole = async (more: FitOptions = {}) => {
      const { train, test: validation } = await irisSplit();
      using trainer = newTrainer();
      const { epochs } = await trainer.fit(train, { ...options, epochs: EPOCHS, validation, ...more });
      return { numbers: parametersOf(trainer.model), epochs: epochs.map(withoutTime) };
    };

    test.each([1, 8, 11])('by "stop" after step %i, it goes on to the same bits', async (last) => {
      const { train, test: validation } = await irisSplit();
      const expected = await whole();
      using trainer = newTrainer();
      const onStep = ({ step }: StepRecord) => (step === last ? "stop" : undefined);
      const fit = { ...options, validation };
      const first = await trainer.fit(train, { ...fit, epochs: EPOCHS, callbacks: [{ onStep }] });
      expect(first.stopped).toBe(true);
      expect([trainer.epoch, trainer.step]).toEqual([Math.floor(last / PER_EPOCH), last]);
      const second = await trainer.fit(train, { ...fit, epochs: EPOCHS - trainer.epoch });
      expect(parametersOf(trainer.model)).toEqual(expected.numbers);
      expect([...first.epochs, ...second.epochs].map(withoutTime)).toEqual(expected.epochs);
    });

    test("by a signal, in memory and through a file, it goes on to the same bits", async () => {
      const { train, test: validation } = await irisSplit();
      const expected = await whole();
      using trainer = newTrainer();
      const abort = new AbortController();
      const onStep = ({ step }: StepRecord) => void (step === 13 && abort.abort());
      const fit = { ...options, validation };
      const fitOptions = { ...fit, epochs: EPOCHS, signal: abort.signal };
      const { stopped } = await trainer.fit(train, { ...fitOptions, callbacks: [{ onStep }] });
      expect([stopped, trainer.epoch, trainer.step]).toEqual([true, 1, 13]);
      expect(await trainer.fit(train, fitOptions)).toMatchObject({ epochs: [], stopped: true }); // aborted already
      const files = encodeModel(trainer.model, await trainer.training(true));
      using loaded = new Trainer(decodeModel(files), { device: device(backend) });
      await trainer.fit(train, { ...fit, epochs: EPOCHS - 1, signal: new AbortController().signal });
      await loaded.fit(train, { ...fit, epochs: EPOCHS - 1 });
      expect(parametersOf(trainer.model)).toEqual(expected.numbers);
      expect(parametersOf(loaded.model)).toEqual(expected.numbers);
    });

    test.each(["a signal", "onStep"])("by %s, early stopping remembers its best and goes on", async (by) => {
      const { train, test: validation } = await irisSplit();
      const stopping = () => earlyStopping({ patience: 2, monitor: "accuracy", minDelta: 0.5 });
      const fit = { ...options, validation };
      using once = newTrainer();
      const whole = await once.fit(train, { ...fit, epochs: 10, callbacks: [stopping()] });
      expect(once.epoch).toBe(3); // and back at the first one's parameters
      using trainer = newTrainer();
      const callback = stopping();
      const abort = new AbortController();
      const paused: boolean[] = [];
      const onStep = ({ step }: StepRecord) => {
        if (step === 13 && by === "onStep") return "stop";
        if (step === 13) abort.abort();
        return undefined;
      };
      const watch: Callback = { onStep, onEnd: (_, control) => void paused.push(control.isPaused) };
      await trainer.fit(train, { ...fit, epochs: 10, callbacks: [callback, watch], signal: abort.signal });
      const rest = { ...fit, epochs: 10 - trainer.epoch, callbacks: [callback, watch] };
      await trainer.fit(train, { ...rest, callbacks: [callback, { ...watch, onStep: undefined }] });
      expect(paused).toEqual([true, false]);
      expect([trainer.epoch, trainer.step]).toEqual([once.epoch, once.step]);
      expect(whole.stopped).toBe(true);
      expect(parametersOf(trainer.model)).toEqual(parametersOf(once.model));
    });

    test.each(["onStep", "onEpoch", "afterEpoch", "onEnd", "onClose"] as const)(
      "by an error in %s, it is where it says, and goes on to the same bits",
      async (where) => {
        const { train, test: validation } = await irisSplit();
        const expected = await whole();
        using trainer = newTrainer();
        const fails = () => {
          if (where !== "onStep" && where !== "onEpoch" && where !== "afterEpoch") throw new Error("mine");
          if (trainer.step >= 11) throw new Error("mine");
        };
        const closed: string[] = [];
        const close = { onClose: () => void closed.push("second") };
        const failing = {
          [where]: fails,
          ...(where !== "onClose" && { onClose: () => Promise.reject(new Error("closing")) }),
        };
        const epochs = where.startsWith("on") && where !== "onStep" && where !== "onEpoch" ? 2 : EPOCHS;
        const fit = { ...options, validation };
        const failure = await trainer
          .fit(train, { ...fit, epochs, callbacks: [failing, close] })
          .catch((error) => error);
        expect(failure.message).toBe("mine");
        expect(closed).toEqual(["second"]);
        const step = where === "onStep" ? 11 : 16;
        expect([trainer.epoch, trainer.step]).toEqual([Math.floor(step / PER_EPOCH), step]);
        const files = encodeModel(trainer.model, await trainer.training(true));
        using loaded = new Trainer(decodeModel(files), { device: device(backend) });
        await trainer.fit(train, { ...fit, epochs: EPOCHS - trainer.epoch });
        await loaded.fit(train, { ...fit, epochs: EPOCHS - loaded.epoch });
        expect(parametersOf(trainer.model)).toEqual(expected.numbers);
        expect(parametersOf(loaded.model)).toEqual(expected.numbers);
      },
    );

    test("goes back to snapshots, of its epochs and the middle of one, and resumes from them", async () => {
      const { train, test: validation } = await irisSplit();
      const stopping = () => [earlyStopping({ patience: 2 })];
      const expected = await whole({ callbacks: stopping() });
      using trainer = newTrainer();
      const snapshots: Snapshot[] = [await trainer.snapshot()];
      const take: Callback = {
        onStep: async ({ step }, control) => void (step === 13 && snapshots.push(await control.snapshot())),
        afterEpoch: async (_, control) => void snapshots.push(await control.snapshot()),
      };
      const fit = { ...options, validation, epochs: EPOCHS };
      await trainer.fit(train, { ...fit, callbacks: [...stopping(), take] });
      expect(parametersOf(trainer.model)).toEqual(expected.numbers);
      expect(snapshots.length).toBeGreaterThan(3);
      using other = newTrainer(irisNetwork());
      for (const snapshot of snapshots.reverse()) {
        for (const each of [trainer, other]) {
          await each.restore(snapshot);
          expect([each.epoch, each.step]).toEqual([snapshot.training.epoch, snapshot.training.step]);
          expect(new Map(each.model.parameters())).toEqual(snapshot.parameters);
          await each.fit(train, { ...fit, resume: true, callbacks: stopping() });
          expect(parametersOf(each.model)).toEqual(expected.numbers);
        }
      }
    });
  });
});

test("resume goes on with the call that was stopped; an epoch with other batches begins anew", async () => {
  const { train } = await irisSplit();
  const newTrainer = () =>
    new Trainer(irisNetwork(), { device: device("cpu"), loss: softmaxCrossEntropy(), optimizer: adam() });
  const stop = { onStep: ({ step }: StepRecord) => (step === 13 ? "stop" : undefined) };
  using whole = newTrainer();
  await whole.fit(train, { ...options, epochs: EPOCHS });
  using trainer = newTrainer();
  await trainer.fit(train, { ...options, epochs: EPOCHS, callbacks: [stop] });
  await trainer.fit(train, { epochs: EPOCHS, resume: true });
  expect(parametersOf(trainer.model)).toEqual(parametersOf(whole.model));
  using other = newTrainer();
  await other.fit(train, { ...options, epochs: EPOCHS, callbacks: [stop] });
  await other.fit(train, { ...options, batchSize: 60, epochs: 1 });
  expect([other.epoch, other.step]).toEqual([2, 15]);
});

test("other data of as many rows begin an epoch anew; resume refuses them", async () => {
  const { train } = await irisSplit();
  const rows = Array.from({ length: train.rows }, (_, i) => train.rows - 1 - i);
  const setup = { device: device("cpu"), loss: softmaxCrossEntropy(), optimizer: adam() };
  const stop = { onStep: ({ step }: StepRecord) => (step === 13 ? "stop" : undefined) };
  using trainer = new Trainer(irisNetwork(), setup);
  await trainer.fit(train, { ...options, epochs: EPOCHS, callbacks: [stop] });
  const files = encodeModel(trainer.model, await trainer.training(true));
  const resumed = trainer.fit(train.take(rows), { epochs: EPOCHS, resume: true });
  await expect(resumed).rejects.toThrow(/the data are as before/);
  await trainer.fit(train.take(rows), { ...options, epochs: 1 });
  expect([trainer.epoch, trainer.step]).toEqual([2, 21]);
  using loaded = new Trainer(decodeModel(files), setup);
  await loaded.fit(train.take(rows), { ...options, epochs: 1 });
  expect(parametersOf(loaded.model)).toEqual(parametersOf(trainer.model));
  using same = new Trainer(decodeModel(files), setup);
  await same.fit(train.take(rows).take(rows), { ...options, epochs: 1 }); // the rows of before, in their order
  expect([same.epoch, same.step]).toEqual([2, 16]);
});

test("early stopping begins anew after a fit that ended with an error", async () => {
  const { train, test: validation } = await irisSplit();
  const setup = { device: device("cpu"), loss: softmaxCrossEntropy(), optimizer: adam() };
  const epochsOf = async (fails: boolean) => {
    using trainer = new Trainer(irisNetwork(), setup);
    const callback = earlyStopping({ patience: 2, minDelta: 100 });
    const failing = { afterEpoch: () => Promise.reject(new Error("mine")) };
    if (fails) {
      const before = new Trainer(irisNetwork(), setup);
      await expect(before.fit(train, { ...options, validation, callbacks: [callback, failing] })).rejects.toThrow();
      before.dispose();
    }
    return (await trainer.fit(train, { ...options, validation, callbacks: [callback] })).epochs.length;
  };
  expect(await epochsOf(true)).toBe(await epochsOf(false));
});

test("a snapshot of another model or optimizer, and one during fit, are refused", async () => {
  const { train } = await irisSplit();
  const setup = { device: device("cpu"), loss: softmaxCrossEntropy() };
  using trainer = new Trainer(irisNetwork(), { ...setup, optimizer: adam() });
  using other = new Trainer(irisNetwork(), { ...setup, optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }) });
  await trainer.fit(train, { epochs: 1 });
  const snapshot = await trainer.snapshot();
  const before = parametersOf(other.model);
  await expect(other.restore(snapshot)).rejects.toThrow(/another model or optimizer: this trainer's optimizer/);
  const broken = { ...snapshot, parameters: new Map([...snapshot.parameters].slice(1)) };
  await expect(trainer.restore(broken)).rejects.toThrow(/it has no dense.weight/);
  await expect(trainer.restore({} as Snapshot)).rejects.toThrow(/needs a snapshot/);
  const nan = structuredClone(snapshot.parameters);
  nan.get("dense.bias")!.values[0] = Number.NaN;
  await expect(trainer.restore({ ...snapshot, parameters: nan })).rejects.toThrow(/NaN/);
  expect(trainer.epoch).toBe(1);
  expect(parametersOf(other.model)).toEqual(before);
  const callbacks = [{ onEpoch: () => trainer.restore(snapshot) }];
  await expect(trainer.fit(train, { epochs: 1, callbacks })).rejects.toThrow(/still training/);
});
