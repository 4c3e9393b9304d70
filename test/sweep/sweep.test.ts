import { afterAll, beforeAll, expect, test } from "vitest";
import type { Dataset } from "../../src/data/index.js";
import {
  adam,
  type Backend,
  dense,
  earlyStopping,
  type SweepOptions,
  sequential,
  softmaxCrossEntropy,
  sweep,
  Trainer,
  type Trial,
} from "../../src/index.js";
import { openDevice } from "../../src/node.js";
import { gridOf, randomOf } from "../../src/sweep/space.js";
import { irisSplit, weightsOf, withoutTime } from "../fixtures.js";

let device: Backend;
let train: Dataset;
let validation: Dataset;
beforeAll(async () => {
  device = await openDevice({ backend: "wasm" });
  ({ train, test: validation } = await irisSplit());
});
afterAll(() => device.dispose());

function trainerOf({ rate = 0.01, units = 6, seed }: Trial): Trainer {
  const model = sequential({ input: [4], seed }, [dense(units as number, { activation: "relu" }), dense(3)]);
  const optimizer = adam({ learningRate: rate as number });
  return new Trainer(model, { device, loss: softmaxCrossEntropy(), optimizer, metrics: ["accuracy"] });
}

test("a grid's runs are those of trainers by themselves, in the order of its configurations and repeats", async () => {
  const fit = { epochs: 3, batchSize: 16 };
  const options: SweepOptions = {
    grid: { units: [6, 9], rate: [0.003, 0.03] },
    repeats: 2,
    seed: 5,
    fit: { ...fit, validation },
  };
  const { runs, ranking, best } = await sweep(train, trainerOf, options);
  expect(runs.map(({ configuration, seed }) => [configuration.units, configuration.rate, seed])).toEqual(
    [6, 9].flatMap((units) => [0.003, 0.03].flatMap((rate) => [5, 6].map((seed) => [units, rate, seed]))),
  );
  for (const { configuration, seed, repeat, model, history, scores, state } of runs) {
    using trainer = trainerOf({ ...configuration, seed, repeat });
    const alone = await trainer.fit(train, { ...fit, validation, seed });
    expect(history!.epochs.map(withoutTime)).toEqual(alone.epochs.map(withoutTime));
    expect(weightsOf(model!)).toEqual(weightsOf(trainer.model));
    expect(scores).toEqual(await trainer.evaluate(validation));
    expect(state).toBe("done");
  }
  expect(ranking.map(({ scores }) => scores!.loss)).toEqual(
    ranking.map(({ scores }) => scores!.loss).sort((a, b) => a - b),
  );
  expect(best).toBe(ranking[0]);
  expect(best!.scores!.loss).toBe((best!.runs[0].scores!.loss + best!.runs[1].scores!.loss) / 2);
});

test("the better way of the score that is watched leads", async () => {
  const options: SweepOptions = { grid: { rate: [1e-6, 0.05] }, monitor: "accuracy", fit: { epochs: 10, validation } };
  const { best, ranking } = await sweep(train, trainerOf, options);
  expect(best!.configuration).toEqual({ rate: 0.05 });
  expect(best!.scores!.accuracy).toBeGreaterThan(ranking[1].scores!.accuracy!);
  await expect(sweep(train, trainerOf, { ...options, monitor: "acuracy" })).rejects.toThrow("Did you mean accuracy?");
});

test("one that diverges is told apart, and the others go on", async () => {
  const told: string[] = [];
  const { runs, ranking, best } = await sweep(train, trainerOf, {
    grid: { rate: [1e38, 0.01] },
    fit: { epochs: 2 },
    onTrial: ({ configuration, state }) => told.push(`${configuration.rate} ${state}`),
  });
  expect(runs.map(({ state }) => state)).toEqual(["diverged", "done"]);
  expect(runs[0].scores).toBeUndefined();
  expect(told.sort()).toEqual(["0.01 done", "1e+38 diverged"]);
  expect([best!.configuration.rate, ranking[1].configuration.rate]).toEqual([0.01, 1e38]);
  const { best: none } = await sweep(train, trainerOf, { grid: { rate: [1e38] }, fit: { epochs: 2 } });
  expect(none).toBeUndefined();
});

test("each training has callbacks of its own", async () => {
  const made: number[] = [];
  const { runs } = await sweep(train, trainerOf, {
    grid: { rate: [0, 0.01] },
    fit: {
      epochs: 6,
      callbacks: ({ rate }) => {
        made.push(rate as number);
        return [earlyStopping({ patience: 2, minDelta: 0.001 })];
      },
    },
  });
  expect(made).toEqual([0, 0.01]);
  expect(runs.map(({ history }) => history!.epochs.length)).toEqual([3, 6]);
});

test("many trials on a device of small buffers are trained in rounds, to the same bits", async () => {
  const small = await openDevice({ backend: "wasm", maxBufferBytes: 4096 });
  const on = (own: Backend) => async (trial: Trial) => {
    const model = sequential({ input: [4], seed: trial.seed }, [dense(9), dense(3)]);
    return new Trainer(model, { device: own, loss: softmaxCrossEntropy(), optimizer: adam() });
  };
  const options: SweepOptions = { grid: { unused: [1] }, repeats: 20, fit: { epochs: 2 } };
  const weights = async (own: Backend) =>
    (await sweep(train, on(own), options)).runs.map(({ model }) => weightsOf(model!));
  expect(await weights(small)).toEqual(await weights(device));
  small.dispose();
});

test("errors come before any work, and say what to do", async () => {
  const refused = (options: unknown, message: string, build: unknown = trainerOf) =>
    expect(sweep(train, build as never, options as SweepOptions)).rejects.toThrow(message);
  await refused({}, "needs either grid or random");
  await refused({ grid: { rate: [1] }, random: { rate: [1] } }, "needs either grid or random");
  await refused({ grid: {} }, "must name settings");
  await refused({ grid: { rate: [] } }, "must be a list with at least one value");
  await refused({ grid: { seed: [1] } }, "Use repeats");
  await refused({ random: { rate: { low: 2, high: 1 } } }, "low at most high");
  await refused({ random: { rate: { low: 0, high: 1, log: true } } }, "low must be above 0");
  await refused({ random: { rate: { low: 0, high: 1, step: 0 } } }, "step must be a number above 0");
  await refused({ random: { rate: { low: 0.5, high: 1, integer: true } } }, "whole numbers");
  await refused({ random: { rate: { low: 0, hihg: 1 } } }, "high");
  await refused({ grid: { rate: [1] }, repeats: 0 }, "repeats");
  await refused({ grid: { rate: [1] }, seed: -1 }, "seed");
  await refused({ grid: { rate: [1] }, fit: { epoch: 1 } }, "epochs");
  await refused({ grid: { rate: [1] }, fit: { callbacks: [] } }, "must be a function");
  await refused({ grid: { rate: [1] } }, "must return a Trainer", () => ({}));
  await refused({ grid: { rate: [1] } }, "needs a function", 5);
});

test("grids are all combinations, the last setting fastest", () => {
  expect(gridOf({ a: [1, 2], b: ["x", "y"] })).toEqual([
    { a: 1, b: "x" },
    { a: 1, b: "y" },
    { a: 2, b: "x" },
    { a: 2, b: "y" },
  ]);
});

test("random configurations lie in their ranges, spread as they should, and more of them begin with the same", () => {
  const space = {
    choice: ["a", "b", "c"],
    rate: { low: 1e-4, high: 1e-1, log: true },
    units: { low: 4, high: 7, integer: true },
    step: { low: 0.5, high: 2, step: 0.5 },
    width: { low: 8, high: 512, log: true, integer: true },
    plain: { low: -1, high: 1 },
  };
  const all = randomOf(space, 2000, 3);
  expect(randomOf(space, 10, 3)).toEqual(all.slice(0, 10));
  expect(randomOf(space, 10, 4)).not.toEqual(all.slice(0, 10));
  const counted = (name: keyof typeof space) => {
    const counts = new Map<unknown, number>();
    for (const each of all) counts.set(each[name], (counts.get(each[name]) ?? 0) + 1);
    return counts;
  };
  for (const [name, values] of [
    ["choice", ["a", "b", "c"]],
    ["units", [4, 5, 6, 7]],
    ["step", [0.5, 1, 1.5, 2]],
  ] as const) {
    const counts = counted(name);
    expect([...counts.keys()].sort()).toEqual([...values]);
    for (const count of counts.values()) {
      // Five deviations of a binomial distribution.
      const share = 1 / values.length;
      expect(Math.abs(count - 2000 * share)).toBeLessThan(5 * Math.sqrt(2000 * share * (1 - share)));
    }
  }
  const rates = all.map(({ rate }) => rate as number);
  expect(rates.every((rate) => rate >= 1e-4 && rate <= 1e-1)).toBe(true);
  // A third in each decade.
  expect(Math.abs(rates.filter((rate) => rate < 1e-3).length - 667)).toBeLessThan(110);
  const widths = all.map(({ width }) => width as number);
  expect(widths.every((width) => Number.isInteger(width) && width >= 8 && width <= 512)).toBe(true);
  expect(Math.abs(widths.filter((width) => width < 64).length - 1000)).toBeLessThan(115);
});
