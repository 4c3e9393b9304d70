import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  ArgumentError,
  adam,
  type Model,
  maxNorm,
  movingAverage,
  type Optimizer,
  parameterGroups,
  sgd,
  Trainer,
} from "../../src/index.js";
import { loadModel, saveModel } from "../../src/node.js";
import { optimizerFromConfig } from "../../src/optimizers/index.js";
import { BACKENDS, useDevices } from "../devices/backends.js";
import { parametersOf, regression, useFolder } from "../fixtures.js";
import { expectClose } from "../tolerance.js";

const device = useDevices({ guards: true });
const folder = useFolder().path();
const { rows: ROWS, data, network } = regression;
const numbers = (model: Model) => new Map(parametersOf(model));
const whole = { epochs: 1, batchSize: ROWS };
const trainerFor = (backend: (typeof BACKENDS)[number], optimizer: Optimizer, model = network()) =>
  regression.trainer(device(backend), optimizer, model);

describe.each(BACKENDS)("movingAverage on %s", (backend) => {
  const DECAY = 0.8;
  const optimizer = () => movingAverage(adam({ learningRate: 0.05 }), { decay: DECAY });

  test("is the mean of the parameters after each step, weighted by decay^age", async () => {
    using trainer = trainerFor(backend, optimizer());
    const steps: Map<string, number[]>[] = [];
    for (let step = 0; step < 6; step++) {
      await trainer.fit(data, whole);
      steps.push(numbers(trainer.model));
    }
    const averages = await trainer.withAverage(() => numbers(trainer.model));
    const weights = steps.map((_, step) => DECAY ** (steps.length - 1 - step));
    const total = weights.reduce((sum, weight) => sum + weight);
    for (const [name, values] of averages) {
      const expected = values.map((_, i) =>
        steps.reduce((sum, step, t) => sum + (weights[t] / total) * step.get(name)![i], 0),
      );
      expectClose(Float32Array.from(values), Float32Array.from(expected), { terms: 2 * steps.length });
    }
  });

  test("leaves the training as it is: with it and without, and after a look at it, to the same bits", async () => {
    using plain = trainerFor(backend, adam({ learningRate: 0.05 }));
    await plain.fit(data, { epochs: 4, batchSize: 5 });
    using averaging = trainerFor(backend, optimizer());
    const losses: number[] = [];
    const look = {
      async onEpoch() {
        losses.push(await averaging.withAverage(async () => (await averaging.evaluate(data)).loss));
      },
    };
    await averaging.fit(data, { epochs: 2, batchSize: 5, callbacks: [look] });
    const before = numbers(averaging.model);
    const raw = await averaging.evaluate(data);
    const averaged = await averaging.withAverage(() => averaging.evaluate(data));
    expect(averaged.loss).toBe(losses[1]);
    expect(averaged.loss).not.toBe(raw.loss);
    expect(numbers(averaging.model)).toEqual(before);
    expect(await averaging.evaluate(data)).toEqual(raw);
    await averaging.fit(data, { epochs: 2, batchSize: 5 });
    expect(numbers(averaging.model)).toEqual(numbers(plain.model));
  });

  test("is saved and goes on; a model saved within has the average", async () => {
    const [state, average] = [join(folder, `${backend}-state`), join(folder, `${backend}-average`)];
    using trainer = trainerFor(backend, optimizer());
    await trainer.fit(data, { epochs: 3, batchSize: 5 });
    await saveModel(trainer, state, { optimizer: true });
    await trainer.withAverage(() => saveModel(trainer, average));
    expect(numbers(await loadModel(average))).toEqual(await trainer.withAverage(() => numbers(trainer.model)));

    using resumed = new Trainer(await loadModel(state), { device: device(backend) });
    for (const each of [trainer, resumed]) await each.fit(data, { epochs: 2, batchSize: 5 });
    expect(numbers(resumed.model)).toEqual(numbers(trainer.model));
    const [one, other] = [trainer, resumed].map((each) => each.withAverage(() => numbers(each.model)));
    expect(await other).toEqual(await one);
  });

  test("goes on from a model that was saved without it", async () => {
    const path = join(folder, `${backend}-bare`);
    using trainer = trainerFor(backend, movingAverage(sgd({ learningRate: 1e-6 })));
    await trainer.fit(data, { epochs: 50, batchSize: 5 });
    await saveModel(trainer, path);
    using resumed = new Trainer(await loadModel(path), { device: device(backend) });
    await resumed.fit(data, whole);
    const [averages, parameters] = [await resumed.withAverage(() => numbers(resumed.model)), numbers(resumed.model)];
    // The weights hardly moved, so that their mean is near them and far from 0.
    averages.get("dense.weight")!.forEach((value, i) => {
      const weight = parameters.get("dense.weight")![i];
      expect(Math.abs(value - weight)).toBeLessThan(Math.abs(weight) / 2);
    });
  });

  test("what fails within leaves the trained parameters", async () => {
    using trainer = trainerFor(backend, optimizer());
    await trainer.fit(data, whole);
    await trainer.fit(data, whole);
    const before = numbers(trainer.model);
    const failing = trainer.withAverage(() => {
      expect(numbers(trainer.model)).not.toEqual(before);
      throw new Error("on purpose");
    });
    await expect(failing).rejects.toThrow("on purpose");
    expect(numbers(trainer.model)).toEqual(before);
  });
});

describe.each(BACKENDS)("maxNorm on %s", (backend) => {
  const norms = (model: Model, name: string) => {
    const { shape, values } = model.parameters().get(name)!;
    const [inputs, units] = shape;
    return Array.from({ length: units }, (_, unit) =>
      Math.hypot(...Array.from({ length: inputs }, (_, input) => values[input * units + unit])),
    );
  };

  test("scales the units that are too long after a step, and no others", async () => {
    const LIMIT = 0.9;
    const step = async (optimizer: Optimizer) => {
      using trainer = trainerFor(backend, optimizer);
      await trainer.fit(data, whole);
      return trainer.model;
    };
    const plain = await step(sgd({ learningRate: 0.1 }));
    const limited = await step(maxNorm(sgd({ learningRate: 0.1 }), LIMIT));
    for (const [name, { shape, values }] of limited.parameters()) {
      const free = plain.parameters().get(name)!.values;
      if (name.endsWith("bias")) {
        expect([...values]).toEqual([...free]);
        continue;
      }
      const lengths = norms(plain, name);
      const expected = free.map((value, i) => value * Math.min(1, LIMIT / lengths[i % shape[1]]));
      expectClose(values, expected, { terms: 2 * shape[0], functions: ["root", "division"] });
      values.forEach((value, i) => {
        if (lengths[i % shape[1]] < 0.99 * LIMIT) expect(value).toBe(free[i]);
      });
    }
    const lengths = norms(plain, "dense.weight");
    expect(Math.max(...lengths)).toBeGreaterThan(LIMIT);
    expect(Math.min(...lengths)).toBeLessThan(0.99 * LIMIT);
  });

  test("within a moving average and around groups, it is saved and goes on to the same bits", async () => {
    const optimizer = () => {
      const groups = parameterGroups(adam, { learningRate: 0.1 }, [{ parameters: "bias", learningRate: 0.01 }]);
      return movingAverage(maxNorm(groups, 1), { decay: 0.5 });
    };
    const path = join(folder, `${backend}-max-norm`);
    using trainer = trainerFor(backend, optimizer());
    await trainer.fit(data, { epochs: 3, batchSize: 5 });
    for (const name of ["dense.weight", "dense_1.weight"]) {
      for (const length of norms(trainer.model, name)) expect(length).toBeLessThan(1 + 1e-6);
    }
    await saveModel(trainer, path, { optimizer: true });
    using resumed = new Trainer(await loadModel(path), { device: device(backend) });
    for (const each of [trainer, resumed]) await each.fit(data, { epochs: 2, batchSize: 5 });
    expect(numbers(resumed.model)).toEqual(numbers(trainer.model));
  });
});

test("a config tells what is around what, and is read back", () => {
  const optimizer = movingAverage(maxNorm(adam({ beta1: 0.8 }), 3), { decay: 0.9 });
  expect(optimizer.config).toMatchObject({
    optimizer: "movingAverage(maxNorm(adam))",
    decay: 0.9,
    of: { optimizer: "maxNorm(adam)", limit: 3, of: { optimizer: "adam", beta1: 0.8 } },
  });
  const again = optimizerFromConfig(JSON.parse(JSON.stringify(optimizer.config)));
  expect(again.config).toEqual(optimizer.config);
  expect(again.hyperparameters(7, 0.1)).toEqual(optimizer.hyperparameters(7, 0.1));
});

test("refuses numbers out of range, too many groups, and averages that aren't there", async () => {
  for (const limit of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => maxNorm(adam(), limit)).toThrow(ArgumentError);
  }
  for (const decay of [-0.1, 1, Number.NaN]) expect(() => movingAverage(adam(), { decay })).toThrow(ArgumentError);
  const groups = parameterGroups(
    adam,
    {},
    Array.from({ length: 4 }, (_, i) => ({ parameters: `dense_${i}.bias` })),
  );
  for (const around of [maxNorm, (inner: Optimizer) => movingAverage(inner)]) {
    expect(() => around(groups, 3)).toThrow("too many parameter groups");
    expect(() => around(movingAverage(adam()), 3)).toThrow("put movingAverage around all others");
  }
  using plain = trainerFor("cpu", adam());
  await expect(plain.withAverage(() => 1)).rejects.toThrow("movingAverage(adam())");
  using fresh = trainerFor("cpu", movingAverage(adam()));
  await expect(fresh.withAverage(() => 1)).rejects.toThrow("Call fit first");
});
