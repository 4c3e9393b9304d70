import { describe, expect, test } from "vitest";
import { digits } from "../../src/data/index.js";
import type { BackendName } from "../../src/index.js";
import { adam, dense, dropout, sequential, sgd, softmaxCrossEntropy, Trainer } from "../../src/index.js";
import { BACKENDS, useDevices } from "../devices/backends.js";
import { weightsOf } from "../fixtures.js";

const device = useDevices();
const network = () =>
  sequential({ input: [64], seed: 1 }, [dense(16, { activation: "relu" }), dropout(0.1), dense(10)]);
const setup = (backend: BackendName) => ({
  device: device(backend),
  loss: softmaxCrossEntropy(),
  optimizer: adam({ learningRate: 0.01 }),
});

describe.each(BACKENDS)("looking for a learning rate on %s", (backend) => {
  test("suggests one at which the model learns, and leaves everything as it was", async () => {
    const data = await digits();
    using trainer = new Trainer(network(), setup(backend));
    using other = new Trainer(network(), setup(backend));
    for (const each of [trainer, other]) await each.fit(data, { epochs: 1 });
    const before = weightsOf(trainer.model);
    const { rates, losses, smoothed, suggestion } = await trainer.findLearningRate(data, { from: 1e-5, to: 100 });
    expect(rates).toHaveLength(100); // more than the 57 steps of a pass
    expect(rates[0]).toBe(1e-5);
    expect(rates.at(-1)).toBeCloseTo(100, 10);
    expect(rates[50] / rates[49]).toBeCloseTo(1e7 ** (1 / 99), 10);
    expect([losses.length, smoothed.length]).toEqual([100, 100]);
    expect(losses.at(-1)).toBeGreaterThan(losses[0]);
    expect(suggestion).toBeGreaterThan(1e-4);
    expect(suggestion).toBeLessThan(0.5);

    expect([trainer.epoch, trainer.learningRate]).toEqual([1, 0.01]);
    expect(weightsOf(trainer.model)).toEqual(before);
    for (const each of [trainer, other]) await each.fit(data, { epochs: 1 });
    expect(weightsOf(trainer.model)).toEqual(weightsOf(other.model));
  });

  test("ends where a loss is NaN or infinite", async () => {
    const model = sequential({ input: [64], seed: 1 }, [dense(16), dense(10)]); // nothing that saturates
    using trainer = new Trainer(model, { ...setup(backend), optimizer: sgd() });
    const before = weightsOf(model);
    const { rates, losses } = await trainer.findLearningRate(await digits(), { to: 1e30, steps: 200, batchSize: 64 });
    expect(losses.length).toBeLessThan(200);
    expect(rates).toHaveLength(losses.length);
    expect(losses.every(Number.isFinite)).toBe(true);
    await trainer.sync();
    expect(weightsOf(model)).toEqual(before);
  });
});

test("where the loss falls at no rate, none is suggested", async () => {
  const rows = Array.from({ length: 40 }, (_, i) => i);
  using trainer = new Trainer(network(), setup("cpu"));
  const search = await trainer.findLearningRate((await digits()).take(rows), { from: 1e9, to: 1e10 });
  expect(search.suggestion).toBeUndefined();
});

test.each([
  [{ from: 0 }, /from must be above 0 and below to, got from 0 to 10/],
  [{ from: 1, to: 1 }, /below to/],
  [{ to: Number.POSITIVE_INFINITY }, /below to/],
  [{ from: Number.NaN }, /got from NaN/],
  [{ steps: 0 }, /steps must be a positive integer/],
  [{ batchSize: 1.5 }, /batchSize must be a positive integer/],
])("%j is an ArgumentError", async (options, message) => {
  using trainer = new Trainer(network(), setup("cpu"));
  await expect(trainer.findLearningRate(await digits(), options)).rejects.toMatchObject({
    name: "ArgumentError",
    message: expect.stringMatching(message),
  });
});
