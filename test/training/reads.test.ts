import { describe, expect, test } from "vitest";
import type { BackendName } from "../../src/backends/backend.js";
import { adam, softmaxCrossEntropy, Trainer } from "../../src/index.js";
import { BACKENDS, useDevices } from "../devices/backends.js";
import { irisNetwork, irisSplit, parametersOf } from "../fixtures.js";

const device = useDevices();
const newTrainer = (backend: BackendName) =>
  new Trainer(irisNetwork(), {
    device: device(backend),
    loss: softmaxCrossEntropy(),
    optimizer: adam({ learningRate: 0.01 }),
    metrics: ["accuracy"],
  });

describe.each(BACKENDS)("reads at once on %s", (backend) => {
  test("predict and evaluate wait their turn, and answer as they do by themselves", async () => {
    const { train, test: held } = await irisSplit();
    using trainer = newTrainer(backend);
    await trainer.fit(train, { epochs: 2 });
    const rows = Array.from({ length: held.rows }, (_, row) => Array.from(held.features.slice(row * 4, row * 4 + 4)));
    const { values } = await trainer.predict(held, { batchSize: 30 });
    const { values: likely } = await trainer.predict(held, { probabilities: true, batchSize: 30 });
    const scores = await trainer.evaluate(held);
    const answers = await Promise.all([
      ...rows.map((row) => trainer.predict([row])),
      trainer.evaluate(held),
      ...rows.map((row) => trainer.predict([row], { probabilities: true })),
      trainer.predict(held),
    ]);
    const together = answers.flatMap((answer) => ("values" in answer ? [...answer.values] : []));
    expect(together).toEqual([...values, ...likely, ...values]);
    expect(answers[rows.length]).toEqual(scores);
    // Of any number of rows: around powers of two, and what the graphs that stay were made for.
    for (const count of [1, 2, 3, 15, 16, 17, 30]) {
      const { shape, values: some } = await trainer.predict(rows.slice(0, count));
      expect(shape).toEqual([count, 3]);
      expect([...some]).toEqual([...values.slice(0, 3 * count)]);
    }
    // With other parameters, at once.
    trainer.model.setParameters(new Map([["dense_1.bias", { values: [9, 0, 0] }]]));
    const [first] = (await trainer.predict([rows[0]])).values;
    expect(first).toBeGreaterThan(values[0] + 5);
  });

  test("during fit they are refused, or answered between epochs where they wait", async () => {
    const { train, test: held } = await irisSplit();
    using trainer = newTrainer(backend);
    const training = trainer.fit(train, { epochs: 40, batchSize: 16, validation: held });
    await expect(trainer.predict(held)).rejects.toThrow(/still at work/);
    const answers = await Promise.all([
      trainer.predict(held, { wait: true }),
      trainer.evaluate(held, { wait: true }),
      trainer.predict(held, { wait: true, batchSize: 7 }),
    ]);
    const done = trainer.epoch;
    expect(done).toBeLessThan(40); // not at the end
    const { epochs } = await training;
    expect(epochs.map(({ validation }) => validation)).toContainEqual(answers[1]);
    expect([...answers[0].values]).toEqual([...answers[2].values]);
    using undisturbed = newTrainer(backend);
    await undisturbed.fit(train, { epochs: 40, batchSize: 16, validation: held });
    expect(parametersOf(trainer.model)).toEqual(parametersOf(undisturbed.model));
  });

  test("one that fails leaves the others alone", async () => {
    const { train, test: held } = await irisSplit();
    using trainer = newTrainer(backend);
    await trainer.fit(train, { epochs: 1 });
    const outcomes = await Promise.allSettled([
      trainer.predict(held),
      trainer.predict([[1, 2]]),
      trainer.predict(held, { batchSize: -1 }),
      trainer.predict(held),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected", "fulfilled"]);
  });
});
