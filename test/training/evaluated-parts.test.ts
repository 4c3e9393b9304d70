import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import {
  adam,
  type Callback,
  decodeModel,
  earlyStopping,
  encodeModel,
  type FitOptions,
  reduceOnPlateau,
  sgd,
  softmaxCrossEntropy,
  Trainer,
} from "../../src/index.js";
import { csvLog } from "../../src/node.js";
import { BACKENDS, useDevices } from "../devices/backends.js";
import { irisNetwork, irisSplit, parametersOf, useFolder, withoutTime } from "../fixtures.js";

/* Parts of the data that are evaluated after epochs: the validation part every so many, the training part on request. */

const device = useDevices();
const { path } = useFolder();
const { train, test: held } = await irisSplit();
const newTrainer = (backend: (typeof BACKENDS)[number], rest: object = {}) =>
  new Trainer(irisNetwork(), {
    device: device(backend),
    loss: softmaxCrossEntropy(),
    optimizer: adam({ learningRate: 0.05 }),
    metrics: ["accuracy"],
    ...rest,
  });

test.each(BACKENDS)("the training part's scores on %s are those of evaluate after the epoch", async (backend) => {
  using trainer = newTrainer(backend);
  const seen: unknown[] = [];
  const look: Callback = { onEpoch: async () => void seen.push(await trainer.evaluate(train)) };
  const options: FitOptions = { epochs: 4, seed: 2, validation: held, validateEvery: 2, trainingScores: true };
  const { epochs } = await trainer.fit(train, { ...options, callbacks: [look] });
  expect(epochs.map(({ training }) => training)).toEqual([undefined, seen[1], undefined, seen[3]]);
  expect(epochs.map(({ validation }) => validation !== undefined)).toEqual([false, true, false, true]);
  using plain = newTrainer(backend);
  await plain.fit(train, { epochs: 4, seed: 2 });
  expect(parametersOf(plain.model)).toEqual(parametersOf(trainer.model));
});

describe("validation every three epochs", () => {
  test("is what early stopping, schedules and callbacks go by", async () => {
    using trainer = newTrainer("cpu", {
      optimizer: sgd({ learningRate: 0 }),
      schedule: reduceOnPlateau({ patience: 1 }),
    });
    const stopping = earlyStopping({ patience: 2 });
    const fit = { epochs: 40, validation: held, validateEvery: 3, callbacks: [stopping] };
    const { epochs, stopped } = await trainer.fit(train, fit);
    // The first of 3, 6 and 9 is the best.
    expect([epochs.length, stopped]).toEqual([9, true]);
    using other = newTrainer("cpu", {
      optimizer: sgd({ learningRate: 1e-9 }),
      schedule: reduceOnPlateau({ patience: 1 }),
    });
    const rates = (await other.fit(train, { ...fit, epochs: 12, callbacks: [] })).epochs.map(
      ({ learningRate }) => learningRate,
    );
    expect(rates.filter((rate) => rate === 1e-9)).toHaveLength(9);
  });

  test("goes on after a resume, also of batches that come in pieces, with the same records", async () => {
    const options = () => ({
      seed: 3,
      validation: held,
      validateEvery: 3,
      callbacks: [earlyStopping({ patience: 9 })],
    });
    using whole = newTrainer("cpu");
    const all = await whole.fit(train, { ...options(), epochs: 7 });
    using first = newTrainer("cpu");
    let saved: Awaited<ReturnType<typeof encodeModel>> | undefined;
    const keep: Callback = {
      afterEpoch: async ({ epoch }, control) => {
        if (epoch === 4) saved = encodeModel(first.model, (await control.snapshot()).training);
      },
    };
    const callbacks = [...options().callbacks, keep];
    await first.fit(train, { ...options(), epochs: 5, callbacks });
    using second = new Trainer(decodeModel(saved!), { device: device("cpu") });
    const { validateEvery, ...resumed } = options();
    const rest = await second.fit(train, { ...resumed, epochs: 7, resume: true });
    expect(rest.epochs.map(withoutTime)).toEqual(all.epochs.slice(4).map(withoutTime));
    expect(parametersOf(second.model)).toEqual(parametersOf(whole.model));
    using pieces = newTrainer("cpu");
    const halves = [train.take([...Array(60).keys()]), train.take([...Array(60).keys()].map((row) => row + 60))];
    const { epochs } = await pieces.fit(halves, { epochs: 4, validation: held, validateEvery: 2 });
    expect(epochs.map(({ validation }) => validation !== undefined)).toEqual([false, true, false, true]);
  });

  test("leaves empty cells in a log, and says nothing of guessing where nothing was validated", async () => {
    using trainer = newTrainer("cpu");
    const options = { validation: held, validateEvery: 2, epochs: 3, callbacks: [csvLog(path("log.csv"))] };
    const { warnings } = await trainer.fit(train, options);
    const [header, first, second] = (await readFile(path("log.csv"), "utf8"))
      .split("\n")
      .map((line) => line.split(","));
    expect(header.slice(0, 5)).toEqual(["epoch", "loss", "accuracy", "validation_loss", "validation_accuracy"]);
    expect([first, second].map((row) => row[3] !== "")).toEqual([false, true]);
    using short = newTrainer("cpu", { optimizer: adam({ learningRate: 0.1 }) });
    const unseen = await short.fit(train, { epochs: 9, validation: held, validateEvery: 20 });
    expect([...warnings, ...unseen.warnings]).toEqual([]);
  });

  test("is a positive integer, and the switch a boolean", async () => {
    using trainer = newTrainer("cpu");
    await expect(trainer.fit(train, { validation: held, validateEvery: 0 })).rejects.toThrow(/validateEvery must be/);
    await expect(trainer.fit(train, { trainingScores: "yes" as never })).rejects.toThrow(/true or false/);
  });
});
