// @module-tag slow
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { BackendName } from "../../src/index.js";
import {
  adam,
  type Callback,
  cosineAnnealing,
  dense,
  type EpochRecord,
  earlyStopping,
  type FitOptions,
  linearWarmup,
  type Optimizer,
  reduceOnPlateau,
  rmsprop,
  type Schedule,
  sequential,
  sgd,
  softmaxCrossEntropy,
  Trainer,
} from "../../src/index.js";
import { bestCheckpoint, checkpoint, loadModel, newestCheckpoint, resume } from "../../src/node.js";
import { BACKENDS, useDevices } from "../devices/backends.js";
import { irisNetwork, irisSplit, parametersOf, useFolder, withoutTime } from "../fixtures.js";

const device = useDevices();
const folder = useFolder();
const newFolder = folder.next;

const setup = (backend: BackendName, optimizer: Optimizer = adam({ learningRate: 0.01 }), schedule?: Schedule) => ({
  device: device(backend),
  loss: softmaxCrossEntropy(),
  optimizer,
  schedule,
  metrics: ["accuracy"],
});

/** Ends the process, as far as this training is concerned. */
const crash = (when: number): Callback => ({
  onEpoch({ epoch }: EpochRecord) {
    if (epoch === when) throw new Error("crash");
  },
});

/** Gives the validation part other scores, epoch by epoch. */
const spoiled = (name: "loss" | "accuracy", scores: number[]): Callback => ({
  onEpoch({ epoch, validation }) {
    validation![name] = scores[epoch - 1];
  },
});

const EPOCHS = 9;
const ways: [string, () => Optimizer, () => Schedule | undefined][] = [
  ["adam, no schedule", () => adam({ learningRate: 0.01 }), () => undefined],
  [
    "adam with amsgrad, cosine per step",
    () => adam({ amsgrad: true }),
    () => cosineAnnealing({ period: 72, per: "step" }),
  ],
  [
    "sgd with momentum, warm-up per step, micro-batches",
    () => sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true }),
    () => linearWarmup({ period: 20, before: cosineAnnealing({ period: 52, per: "step" }) }),
  ],
  ["plain sgd, plateau", () => sgd({ learningRate: 2 }), () => reduceOnPlateau({ factor: 0.5, patience: 0 })],
  [
    "rmsprop, warm-up before plateau",
    () => rmsprop({ learningRate: 0.02, centered: true, momentum: 0.5 }),
    () => linearWarmup({ period: 3, before: reduceOnPlateau({ factor: 0.5, patience: 0, monitor: "accuracy" }) }),
  ],
];

describe.each(BACKENDS)("a run on %s that crashed", (backend) => {
  test.each(ways)("%s: resumed, it gives the bits of one that never stopped", async (name, optimizer, schedule) => {
    const { train, test: held } = await irisSplit();
    // Dropout, shuffling, a short last batch, and early stopping that remembers its best epoch.
    const fitOptions = (callbacks: Callback[]): FitOptions => ({
      epochs: EPOCHS,
      batchSize: 16,
      microBatchSize: name.includes("micro-batches") ? 6 : undefined,
      seed: 3,
      validation: held,
      callbacks: [...callbacks, earlyStopping({ patience: 3 })],
    });
    const whole = irisNetwork();
    using uninterrupted = new Trainer(whole, setup(backend, optimizer(), schedule()));
    const expected = await uninterrupted.fit(train, fitOptions([]));

    const directory = newFolder();
    const seen: object[] = [];
    for (const when of [2, 3, 7, Number.NaN]) {
      // The checkpoint comes first in the list, and is taken last.
      const callbacks = [checkpoint({ directory, keep: 2 }), crash(when)];
      const options = setup(backend, optimizer(), schedule());
      using trainer = (await resume(directory, options)) ?? new Trainer(irisNetwork(), options);
      seen.length = trainer.epoch;
      callbacks.push({ onEpoch: (record: EpochRecord) => void seen.push(withoutTime(record)) });
      const outcome = await trainer.fit(train, { ...fitOptions(callbacks), resume: true }).catch((error) => error);
      if (outcome instanceof Error) {
        expect(outcome.message).toBe("crash");
        continue;
      }
      expect(outcome.stopped).toBe(expected.stopped);
      expect(parametersOf(trainer.model)).toEqual(parametersOf(whole));
    }
    expect(seen).toEqual(expected.epochs.map(withoutTime));
  });
});

describe("checkpoints", () => {
  const run = async (directory: string, epochs: number, options = {}, more: Callback[] = []) => {
    const { train, test: held } = await irisSplit();
    using trainer = new Trainer(irisNetwork(), setup("cpu"));
    const callbacks = [checkpoint({ directory, ...options }), ...more];
    return await trainer.fit(train, { epochs, batchSize: 16, validation: held, callbacks });
  };

  test("the last ones are kept, and the best", async () => {
    const directory = newFolder();
    // Worse from epoch to epoch, but for the second.
    const losses = [5, 1, 2, 3, 4, 5];
    const spoil = spoiled("loss", losses);
    await run(directory, 6, { keep: 2 }, [spoil]);
    expect((await readdir(directory)).sort()).toEqual(["epoch-000002", "epoch-000005", "epoch-000006"]);
    expect(await newestCheckpoint(directory)).toBe(join(directory, "epoch-000006"));
    expect(await bestCheckpoint(directory)).toBe(join(directory, "epoch-000002"));
    const { training } = await loadModel(join(directory, "epoch-000002"));
    expect(training).toMatchObject({ epoch: 2, step: 16, run: { start: 0, seed: 2, batchSize: 16, rows: 120 } });
  });

  test("fewer are written where every so many epochs are asked for, but for better ones", async () => {
    const directory = newFolder();
    await run(directory, 7, { every: 3, best: false, keep: 9 });
    expect((await readdir(directory)).sort()).toEqual(["epoch-000003", "epoch-000006"]);
    expect(await bestCheckpoint(directory)).toBeUndefined();
    const better = newFolder();
    const losses = [5, 1, 2, 3, 0, 5, 5];
    const spoil = spoiled("loss", losses);
    await run(better, 7, { every: 10, keep: 9 }, [spoil]);
    expect((await readdir(better)).sort()).toEqual([1, 2, 5].map((epoch) => `epoch-00000${epoch}`));
  });

  test("the best score is remembered over a resume, and accuracy gets better upwards", async () => {
    const directory = newFolder();
    const { train, test: held } = await irisSplit();
    const scores = [0.5, 0.9, 0.6, 0.7, 0.8];
    const spoil = spoiled("accuracy", scores);
    for (const epochs of [3, 5]) {
      using trainer = (await resume(directory, { device: device("cpu") })) ?? new Trainer(irisNetwork(), setup("cpu"));
      const callbacks = [checkpoint({ directory, keep: 1, best: "accuracy" }), spoil];
      await trainer.fit(train, { epochs, batchSize: 16, validation: held, resume: true, callbacks });
      expect(trainer.epoch).toBe(epochs);
    }
    expect((await readdir(directory)).sort()).toEqual(["epoch-000002", "epoch-000005"]);
  });

  test("a run that was over, or stopped, has nothing left to do", async () => {
    const directory = newFolder();
    const { train, test: held } = await irisSplit();
    const stop = { onEpoch: ({ epoch }: EpochRecord) => (epoch === 4 ? "stop" : undefined) };
    await run(directory, 9, {}, [stop]);
    using trainer = (await resume(directory, { device: device("cpu") }))!;
    const history = await trainer.fit(train, { epochs: 9, validation: held, resume: true });
    expect(history).toEqual({ epochs: [], stopped: true, warnings: [] });
    const done = newFolder();
    await run(done, 3);
    using finished = (await resume(done, { device: device("cpu") }))!;
    expect((await finished.fit(train, { epochs: 3, resume: true })).epochs).toEqual([]);
    await expect(finished.fit(train, { epochs: 2 })).resolves.toMatchObject({ stopped: false });
    expect(finished.epoch).toBe(5);
  });

  test("a rate that a callback changed stays changed", async () => {
    const directory = newFolder();
    const lower: Callback = {
      onEpoch(_, control) {
        control.learningRate *= 0.5;
      },
    };
    await run(directory, 3, {}, [lower]);
    for (const options of [setup("cpu"), { device: device("cpu") }]) {
      using trainer = (await resume(directory, options))!;
      expect(trainer.learningRate).toBe(0.01 / 8);
    }
    using other = (await resume(directory, setup("cpu", adam({ learningRate: 0.5 }))))!;
    expect(other.learningRate).toBe(0.5);
  });

  test("a trainer that is disposed while it trains leaves the epoch's checkpoint", async () => {
    const directory = newFolder();
    const trainer = new Trainer(irisNetwork(), setup("cpu"));
    const stop = { onEpoch: ({ epoch }: EpochRecord) => epoch === 2 && trainer.dispose() };
    const { train } = await irisSplit();
    await trainer.fit(train, { epochs: 9, callbacks: [stop, checkpoint({ directory })] });
    expect(await newestCheckpoint(directory)).toBe(join(directory, "epoch-000002"));
  });

  test("what a killed process left in part is cleared away; other files stay", async () => {
    const directory = newFolder();
    await mkdir(join(directory, "epoch-000009.123.partial"), { recursive: true });
    await writeFile(join(directory, "notes.txt"), "mine");
    await run(directory, 1);
    expect((await readdir(directory)).sort()).toEqual(["epoch-000001", "notes.txt"]);
  });
});

describe("refused with an ArgumentError", () => {
  const expectArgumentError = (promise: Promise<unknown>, message: RegExp) =>
    expect(promise).rejects.toMatchObject({ name: "ArgumentError", message: expect.stringMatching(message) });
  const fresh = () => new Trainer(irisNetwork(), setup("cpu"));

  test.each([
    [{}, /needs a directory/],
    [{ directory: "" }, /needs a directory/],
    [{ directory: "x", keep: 0 }, /checkpoint: keep must be a positive integer/],
    [{ directory: "x", every: 1.5 }, /checkpoint: every must be a positive integer/],
  ])("options %j", (options, message) => {
    expect(() => checkpoint(options as never)).toThrow(message);
  });

  test("a folder with another run's checkpoints, before any work", async () => {
    const directory = newFolder();
    const { train } = await irisSplit();
    const callbacks = [checkpoint({ directory })];
    using first = fresh();
    await first.fit(train, { epochs: 2, callbacks });
    using second = fresh();
    await expectArgumentError(
      second.fit(train, { callbacks }),
      /has a checkpoint of epoch 2, but .* at epoch 0.*resume/,
    );
    expect(second.step).toBe(0);
  });

  test("a folder that can't be written, a score there isn't, a layer that can't be saved", async () => {
    const { train } = await irisSplit();
    const file = newFolder();
    await writeFile(file, "");
    using trainer = fresh();
    const directory = join(file, "below");
    await expectArgumentError(trainer.fit(train, { callbacks: [checkpoint({ directory })] }), /can't be written/);
    const best = { directory: newFolder(), best: "f1" };
    await expectArgumentError(trainer.fit(train, { callbacks: [checkpoint(best)] }), /there is no score "f1"/);
    const own = sequential({ input: [4] }, [dense(3), (x) => x]);
    using custom = new Trainer(own, setup("cpu"));
    await expectArgumentError(
      custom.fit(train, { callbacks: [checkpoint({ directory: newFolder() })] }),
      /function of your own/,
    );
    expect(custom.step).toBe(0);
  });

  test("another seed, batch or data; a trainer that has moved on", async () => {
    const directory = newFolder();
    const { train, test: held } = await irisSplit();
    using first = fresh();
    await first.fit(train, { epochs: 2, batchSize: 16, callbacks: [checkpoint({ directory })] });
    const resumed = () => resume(directory, { device: device("cpu") }) as Promise<Trainer>;
    using trainer = await resumed();
    for (const [options, message] of [
      [{ seed: 9 }, /seed is as before: 2, not 9/],
      [{ batchSize: 32 }, /batchSize is as before: 16, not 32/],
      [{ shuffle: false }, /shuffle is as before: true, not false/],
    ] as const) {
      await expectArgumentError(trainer.fit(train, { ...options, resume: true }), message);
    }
    await expectArgumentError(trainer.fit(held, { resume: true }), /as many rows as before: 120, not 30/);
    await trainer.fit(train, { epochs: 1 });
    await expectArgumentError(trainer.fit(train, { resume: true }), /has trained since/);
    await expectArgumentError(first.fit(train, { resume: true }), /there is nothing to resume/);
    using other = (await resume(directory, setup("cpu", sgd())))!;
    await expectArgumentError(other.fit(train, { resume: true }), /another optimizer/);
  });
});

test("where there is no checkpoint yet, there is nothing to resume", async () => {
  expect(await resume(folder.path("nowhere"), { device: device("cpu") })).toBeUndefined();
  expect(await newestCheckpoint(folder.path())).toBeUndefined();
  expect(await bestCheckpoint(folder.path())).toBeUndefined();
});

test("a damaged checkpoint is named; without it the one before is the newest", async () => {
  const directory = newFolder();
  const { train } = await irisSplit();
  using trainer = new Trainer(irisNetwork(), setup("cpu"));
  await trainer.fit(train, { epochs: 3, callbacks: [checkpoint({ directory, best: false })] });
  const file = join(directory, "epoch-000003/model.safetensors");
  const bytes = await readFile(file);
  bytes[bytes.length - 5] ^= 4;
  await writeFile(file, bytes);
  await expect(resume(directory, { device: device("cpu") })).rejects.toMatchObject({
    name: "FormatError",
    message: expect.stringMatching(/epoch-000003: the safetensors file is damaged/),
  });
  await rm(join(directory, "epoch-000003"), { recursive: true });
  using resumed = (await resume(directory, { device: device("cpu") }))!;
  expect(resumed.epoch).toBe(2);
});
