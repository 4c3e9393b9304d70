import { describe, expect, test } from "vitest";
import { iris } from "../../src/data/index.js";
import type { BackendName } from "../../src/index.js";
import {
  adam,
  cosineAnnealing,
  customSchedule,
  decodeModel,
  dense,
  encodeModel,
  exponentialDecay,
  linearWarmup,
  reduceOnPlateau,
  type Schedule,
  sequential,
  sgd,
  softmaxCrossEntropy,
  Trainer,
} from "../../src/index.js";
import { BACKENDS, useDevices } from "../devices/backends.js";
import { irisNetwork, weightsOf } from "../fixtures.js";
import { expectClose } from "../tolerance.js";

const device = useDevices();
const network = () => irisNetwork({ activation: "tanh" });
const setup = (backend: BackendName, schedule?: Schedule) => ({
  device: device(backend),
  loss: softmaxCrossEntropy(),
  optimizer: adam({ learningRate: 0.01 }),
  schedule,
});

describe.each(BACKENDS)("schedules while training on %s", (backend) => {
  test("a rate per step is the rate of that step", async () => {
    const data = (await iris()).take(Array.from({ length: 48 }, (_, i) => i * 3));
    const onlyStep = (chosen: number) => customSchedule((step) => (step === chosen ? 0.5 : 0), { per: "step" });
    const build = () => sequential({ input: [4], seed: 2 }, [dense(3)]);
    const run = async (rows: number[], epochs: number, schedule: Schedule) => {
      const model = build();
      using trainer = new Trainer(model, { ...setup(backend, schedule), optimizer: sgd({ learningRate: 0.1 }) });
      const history = await trainer.fit(data.take(rows), { epochs, batchSize: 16, shuffle: false });
      return { weights: weightsOf(model), history };
    };
    const all = Array.from({ length: 48 }, (_, i) => i);
    // Step 4 is the second of the second epoch: rows 16 to 31.
    const one = await run(all.slice(16, 32), 1, onlyStep(0));
    const many = await run(all, 3, onlyStep(4));
    expectClose(Float32Array.from(many.weights), Float32Array.from(one.weights), { terms: 16 });
    expect(many.weights).not.toEqual(weightsOf(build()));
    const last = await run(all, 3, onlyStep(5));
    expect(last.history.epochs.map(({ learningRate }) => learningRate)).toEqual([0, 0.5, 0]);
  });

  test("a rate per step goes on over several fits, and is reported as the epoch's last", async () => {
    const data = await iris();
    const schedule = linearWarmup({ period: 15, before: exponentialDecay({ factor: 0.97, per: "step" }) });
    const run = async (...fits: number[]) => {
      const model = network();
      using trainer = new Trainer(model, setup(backend, schedule));
      const records = [];
      for (const epochs of fits) records.push(...(await trainer.fit(data, { epochs, batchSize: 15 })).epochs);
      return { weights: weightsOf(model), rates: records.map(({ learningRate }) => learningRate) };
    };
    const whole = await run(5);
    expect(await run(2, 1, 2)).toEqual(whole);
    expect(whole.rates).toEqual([9, 19, 29, 39, 49].map((step) => schedule.learningRate(step, 0.01)));
  });

  test("reduce-on-plateau has each epoch's result before the next one's rate, and goes on after a resume", async () => {
    const data = await iris();
    const schedule = () => reduceOnPlateau({ factor: 0.5, patience: 1, threshold: 0.05 });
    const fit = { batchSize: 16, seed: 3 };
    const model = network();
    using trainer = new Trainer(model, setup(backend, schedule()));
    const { epochs } = await trainer.fit(data, { ...fit, epochs: 14 });
    let state: unknown;
    const rule = schedule();
    for (const record of epochs) {
      expect(record.learningRate).toBe(rule.learningRate(0, 0.01, state));
      state = rule.follow!(state, record, trainer.scores);
    }
    expect(epochs.at(-1)!.learningRate).toBeLessThan(0.01);

    for (const stop of [4, 9]) {
      using first = new Trainer(network(), setup(backend, schedule()));
      await first.fit(data, { ...fit, epochs: stop });
      const files = encodeModel(first.model, await first.training(true));
      for (const given of [{ device: device(backend) }, setup(backend, schedule())]) {
        const loaded = decodeModel(files);
        using resumed = new Trainer(loaded, given);
        const rest = await resumed.fit(data, { ...fit, epochs: 14 - stop });
        expect(weightsOf(loaded)).toEqual(weightsOf(model));
        expect(rest.epochs.map(({ learningRate }) => learningRate)).toEqual(
          epochs.slice(stop).map(({ learningRate }) => learningRate),
        );
      }
    }
  });
});

test("a model saved with a schedule of the user's own predicts, and trains once it is given again", async () => {
  const data = await iris();
  const own = customSchedule((epoch, initial) => initial / (1 + epoch));
  using first = new Trainer(network(), setup("cpu", own));
  await first.fit(data, { epochs: 2 });
  const files = encodeModel(first.model, await first.training(true));
  using without = new Trainer(decodeModel(files), { device: device("cpu") });
  expect((await without.predict(data)).shape).toEqual([150, 3]);
  await expect(without.fit(data)).rejects.toThrow(/schedule "custom".*Give it to the Trainer again/);
  using resumed = new Trainer(decodeModel(files), { device: device("cpu"), schedule: own });
  await resumed.fit(data, { epochs: 2 });
  await first.fit(data, { epochs: 2 });
  expect(weightsOf(resumed.model)).toEqual(weightsOf(first.model));
});

test.each([Number.NaN, -1, Number.POSITIVE_INFINITY, "0.1"])("a schedule that gives %j is refused", async (rate) => {
  const model = network();
  const before = weightsOf(model);
  for (const per of ["epoch", "step"] as const) {
    const schedule = customSchedule((place) => (place === 3 ? (rate as number) : 0), { per });
    using trainer = new Trainer(model, { ...setup("cpu", schedule), optimizer: sgd({ learningRate: 1 }) });
    await expect(trainer.fit(await iris(), { epochs: 4, batchSize: 15 })).rejects.toMatchObject({
      name: "ArgumentError",
      message: expect.stringContaining(`"custom" gave ${rate} for ${per} 3`),
    });
    expect(weightsOf(model)).toEqual(before);
  }
});

test.each(["cosine", 0.1, cosineAnnealing])("what is no schedule is refused: %s", (given) => {
  expect(() => new Trainer(network(), setup("cpu", given as never))).toThrow(/^Trainer: needs a schedule, such as/);
});

test("a saved schedule that can't be is a FormatError", async () => {
  using trainer = new Trainer(network(), setup("cpu", cosineAnnealing({ period: 9 })));
  const { json, safetensors } = encodeModel(trainer.model, await trainer.training(false));
  const { checksums, ...description } = JSON.parse(json);
  for (const schedule of [{ schedule: "cosineAnnealing", period: -1 }, { period: 1 }, "cosine"]) {
    const changed = JSON.stringify({ ...description, training: { ...description.training, schedule } });
    expect(() => decodeModel({ json: changed, safetensors })).toThrow(expect.objectContaining({ name: "FormatError" }));
  }
});
