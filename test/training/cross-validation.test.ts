import { expect, test } from "vitest";
import { Dataset, iris, kFolds, Standardiser } from "../../src/data/index.js";
import {
  ArgumentError,
  adam,
  type CrossValidationOptions,
  crossValidate,
  DataError,
  dense,
  earlyStopping,
  type FoldParts,
  sequential,
  softmaxCrossEntropy,
  Trainer,
} from "../../src/index.js";
import { BACKENDS, useDevices } from "../devices/backends.js";

const device = useDevices();

const build =
  (backend: (typeof BACKENDS)[number], made: Trainer[] = []) =>
  ({ seed }: FoldParts) => {
    const model = sequential({ input: [4], seed }, [dense(8, { activation: "relu" }), dense(3)]);
    const optimizer = adam({ learningRate: 0.02 });
    const setup = { device: device(backend), loss: softmaxCrossEntropy(), optimizer, metrics: ["accuracy"] };
    made.push(new Trainer(model, setup));
    return made.at(-1)!;
  };

test.each(BACKENDS)("5 folds of Iris on %s: scores of each, mean and deviation", async (backend) => {
  const made: Trainer[] = [];
  const seen: number[] = [];
  const result = await crossValidate(await iris(), build(backend, made), {
    standardise: true,
    fit: { epochs: 15, batchSize: 16 },
    onFold: ({ fold }) => void seen.push(fold),
  });
  expect(result.folds.map(({ fold, rows, trainRows }) => [fold, rows, trainRows])).toEqual(
    [0, 1, 2, 3, 4].map((fold) => [fold, 30, 120]),
  );
  expect(seen).toEqual([0, 1, 2, 3, 4]);
  const accuracies = result.folds.map(({ scores }) => scores.accuracy);
  const mean = accuracies.reduce((a, b) => a + b) / 5;
  expect(result.mean.accuracy).toBe(mean);
  expect(result.deviation.accuracy).toBeCloseTo(Math.sqrt(accuracies.reduce((s, a) => s + (a - mean) ** 2, 0) / 5), 14);
  expect(mean).toBeGreaterThan(0.85);
  expect(Object.keys(result.mean)).toEqual(["loss", "accuracy"]);
  expect(made.every(({ disposed }) => disposed)).toBe(true);
});

test("the same seed gives the same scores, another one others", async () => {
  const data = (await iris()).take(Array.from({ length: 50 }, (_, i) => i * 3));
  const run = (seed: number) =>
    crossValidate(data, build("cpu"), { folds: 3, repeats: 2, seed, fit: { epochs: 3 } }).then(({ folds }) => folds);
  const first = await run(1);
  expect(first).toHaveLength(6);
  expect(await run(1)).toEqual(first);
  expect(await run(2)).not.toEqual(first);
});

test("scales are measured on the training part alone, and weights go along", async () => {
  const source = await iris();
  const weights = Array.from({ length: source.rows }, (_, row) => 1 + (row % 3));
  const data = Dataset.from({ ...source, weights });
  const folds = kFolds(data, { folds: 4, seed: 7 });
  const parts: FoldParts[] = [];
  const { mean } = await crossValidate(
    data,
    (fold) => {
      parts.push(fold);
      return { rows: fold.validation.rows };
    },
    { folds: 4, seed: 7, standardise: true },
  );
  expect(mean.rows).toBe(150 / 4);
  parts.forEach(({ train, validation, seed }, i) => {
    const scaler = Standardiser.fit(data.take(folds[i].train));
    expect(train).toEqual(scaler.apply(data.take(folds[i].train)));
    expect(validation).toEqual(scaler.apply(data.take(folds[i].test)));
    expect(validation.weights).toEqual(Float32Array.from(folds[i].test, (row) => weights[row]));
    expect(seed).toBe(7 + i);
  });
});

test("what can't be done is said before any work, and a failed fold frees its trainer", async () => {
  const data = await iris();
  await expect(crossValidate(data, undefined as never)).rejects.toThrow(ArgumentError);
  await expect(crossValidate(data, build("cpu"), { folds: 500 })).rejects.toThrow(DataError);
  const made: Trainer[] = [];
  await expect(crossValidate(data, build("cpu", made), { fit: { epochs: 0 } })).rejects.toThrow(/epochs/);
  expect(made.map(({ disposed }) => disposed)).toEqual([true]);
});

test.each(BACKENDS)(
  "folds that are trained together on %s have the scores that each has by itself",
  async (backend) => {
    const data = (await iris()).take(Array.from({ length: 52 }, (_, i) => (7 * i) % 150)); // folds of 10 and 11 rows
    const options = { folds: 5, standardise: true, fit: { epochs: 4, batchSize: 16 } };
    const alone = await crossValidate(data, build(backend), options);
    const seen: number[] = [];
    const onFold = ({ fold }: { fold: number }) => void seen.push(fold);
    const made: Trainer[] = [];
    expect(await crossValidate(data, build(backend, made), { ...options, together: true, onFold })).toEqual(alone);
    expect(seen).toEqual([0, 1, 2, 3, 4]);
    expect(made.map(({ disposed }) => disposed)).toEqual([true, true, true, true, true]);
  },
);

/** Whether the folds are trained at the same time: the last trainer is made before the first is disposed of. */
async function isTogether(backend: (typeof BACKENDS)[number], more: CrossValidationOptions = {}): Promise<boolean> {
  const data = (await iris()).take(Array.from({ length: 30 }, (_, i) => 5 * i));
  const made: Trainer[] = [];
  let atOnce = 0;
  const counted = (parts: FoldParts) => {
    const trainer = build(backend, made)(parts);
    atOnce = Math.max(atOnce, made.filter(({ disposed }) => !disposed).length);
    return trainer;
  };
  const options = { folds: 3, fit: { epochs: 2 }, ...more };
  const own = await crossValidate(data, counted, options);
  const { together, ...alone } = options;
  expect(own).toEqual(await crossValidate(data, build(backend), { ...alone, together: false }));
  expect(made.every(({ disposed }) => disposed)).toBe(true);
  return atOnce === 3;
}

test.each(BACKENDS)("by default folds are trained together where it pays: %s", async (backend) => {
  expect(await isTogether(backend)).toBe(backend !== "cpu");
  expect(await isTogether(backend, { together: true })).toBe(true);
  expect(await isTogether(backend, { together: false })).toBe(false);
  expect(await isTogether(backend, { onFold() {} })).toBe(false);
  expect(await isTogether(backend, { fit: { epochs: 2, callbacks: [{ onEpoch() {} }] } })).toBe(false);
});

test("folds that can't be trained side by side are trained one after the other", async () => {
  const data = (await iris()).take(Array.from({ length: 30 }, (_, i) => 5 * i));
  const mixed = ({ fold, seed, ...rest }: FoldParts) => build(fold === 2 ? "cpu" : "webgpu")({ fold, seed, ...rest });
  const options = { folds: 3, fit: { epochs: 2 } };
  const { folds } = await crossValidate(data, mixed, options);
  expect(folds).toEqual((await crossValidate(data, mixed, { ...options, together: false })).folds);
});

test("folds that are trained together need trainers, and callbacks of none", async () => {
  const scores = crossValidate(await iris(), () => ({ loss: 1 }), { together: true });
  await expect(scores).rejects.toThrow("must return a Trainer");
  const watched = { together: true, fit: { callbacks: [earlyStopping()] } };
  await expect(crossValidate(await iris(), build("cpu"), watched)).rejects.toThrow("callbacks remember one training");
});
