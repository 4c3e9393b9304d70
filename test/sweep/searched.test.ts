// @module-tag slow
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Dataset, standardise, wine } from "../../src/data/index.js";
import {
  adam,
  type Backend,
  dense,
  dropout,
  l2Penalty,
  medianPruning,
  type Sweep,
  type SweepOptions,
  sequential,
  softmaxCrossEntropy,
  successiveHalving,
  sweep,
  Trainer,
  type Trial,
} from "../../src/index.js";
import { openDevice } from "../../src/node.js";
import { joinRows } from "../../src/sweep/train.js";
import { irisSplit, weightsOf } from "../fixtures.js";

let device: Backend;
let train: Dataset;
let validation: Dataset;
beforeAll(async () => {
  device = await openDevice({ backend: "wasm" });
  ({ train, test: validation } = await irisSplit());
});
afterAll(() => device.dispose());

const space = {
  rate: { low: 1e-4, high: 0.3, log: true },
  drop: { low: 0, high: 0.5 },
  penalty: { low: 1e-5, high: 0.1, log: true },
  units: [4, 8],
};

const on =
  (own: Backend, input = [4]) =>
  (trial: Trial) => {
    const { rate, drop, penalty, units, seed } = trial as unknown as Record<string, number>;
    const layers = [dense(units, { activation: "relu" }), dropout(drop), dense(3)];
    return new Trainer(sequential({ input, seed }, layers), {
      device: own,
      loss: softmaxCrossEntropy(),
      optimizer: adam({ learningRate: rate }),
      gradients: [l2Penalty(penalty)],
      metrics: ["accuracy"],
    });
  };

const options = (): SweepOptions => ({ search: space, trials: 24, group: 8, fit: { epochs: 8, validation } });

/** All of a sweep that doesn't depend on the clock. */
const table = ({ runs, ranking }: Sweep) => ({
  runs: runs.map(({ configuration, seed, state, scores, model }) => ({
    configuration,
    seed,
    state,
    scores,
    weights: model && weightsOf(model),
  })),
  ranking: ranking.map(({ configuration }) => configuration),
});

test("a search depends on its seed alone, however its trials are grouped on the device", async () => {
  const small = await openDevice({ backend: "wasm", maxBufferBytes: 2048 });
  const first = await sweep(train, on(device), options());
  expect(table(await sweep(train, on(small), options()))).toEqual(table(first));
  small.dispose();
  const other = await sweep(train, on(device), { ...options(), seed: 1 });
  expect(other.runs[0].configuration).not.toEqual(first.runs[0].configuration);
  // The first groups are drawn, the third follows from them.
  expect(new Set(first.runs.map(({ configuration }) => configuration.rate)).size).toBe(24);
  const { runs } = await sweep(train, on(device), { ...options(), trials: 16 });
  expect(runs.map(({ configuration }) => configuration)).toEqual(
    first.runs.slice(0, 16).map(({ configuration }) => configuration),
  );
});

test("finds more than random trials at the same number of epochs", async () => {
  const parts = standardise((await wine()).split({ test: 0.3, stratify: true, seed: 1 }));
  const fit = { epochs: 8, seed: 7, validation: parts.test };
  const losses = async (kind: "search" | "random") => {
    const own: number[] = [];
    for (const seed of [0, 1, 2, 3]) {
      const found = await sweep(parts.train, on(device, [13]), { [kind]: space, trials: 48, group: 8, fit, seed });
      own.push(found.best!.scores!.loss);
    }
    return own.reduce((a, b) => a + b, 0);
  };
  expect(await losses("search")).toBeLessThan(await losses("random"));
});

test.each([1, 2])("pruned trials, validated every %i epochs, are those that their rule ends", async (validateEvery) => {
  const random = { ...options(), search: undefined, random: space, fit: { epochs: 8, validation, validateEvery } };
  const all = await sweep(train, on(device), random);
  const lossesOf = ({ history }: (typeof all.runs)[number]) =>
    history!.epochs.flatMap(({ validation: own }) => own?.loss ?? []);
  expect(lossesOf(all.runs[0])).toHaveLength(8 / validateEvery);
  for (const pruning of [medianPruning({ warmup: 1 }), successiveHalving({ epochs: 2, factor: 2 })]) {
    const { runs, ranking, best } = await sweep(train, on(device), { ...random, pruning });
    const courses = runs.map((run) => ({ losses: lossesOf(run), isComplete: run.state === "done" }));
    for (const [i, { state, history, scores }] of runs.entries()) {
      const others = courses.slice(0, 8 * Math.floor(i / 8));
      const whole = lossesOf(all.runs[i]);
      const end = whole.findIndex((_, epoch) => pruning.prunes(whole.slice(0, epoch + 1), others));
      expect(state).toBe(end < 0 ? "done" : "pruned");
      expect(lossesOf(runs[i])).toEqual(end < 0 ? whole : whole.slice(0, end + 1));
      if (end >= 0) expect(scores).toEqual(history!.epochs.at(-1)!.validation);
    }
    expect(runs.filter(({ state }) => state === "pruned").length).toBeGreaterThan(validateEvery === 1 ? 3 : 1);
    expect(ranking.at(-1)!.runs[0].state).toBe("pruned");
    expect(best!.runs[0].state).toBe("done");
  }
});

test("several objectives have a front, and the best one is trained again on all rows", async () => {
  const { front, ranking, refitted, best } = await sweep(train, on(device), {
    ...options(),
    objectives: [{ monitor: "accuracy" }, "parameters"],
    refit: true,
  });
  const values = ({ runs: [{ scores, parameters }] }: Sweep["ranking"][number]) => [scores!.accuracy!, parameters];
  const isBeaten = (each: Sweep["ranking"][number]) =>
    ranking.some((other) => {
      const [[a, p], [b, q]] = [values(other), values(each)];
      return a >= b && p <= q && (a > b || p < q);
    });
  expect(front.length).toBeGreaterThan(0);
  expect(new Set(front)).toEqual(new Set(ranking.filter((each) => !isBeaten(each))));
  expect(front).toContain(best);
  const { configuration, seed, repeat } = best!.runs[0];
  using again = on(device)({ ...configuration, seed, repeat } as Trial);
  await again.fit(joinRows(train, validation), { seed, epochs: 8 });
  expect(weightsOf(refitted!.model!)).toEqual(weightsOf(again.model));
  expect(joinRows(train, validation).rows).toBe(train.rows + validation.rows);
});

test("points of a Sobol sequence are trained like others", async () => {
  const { runs } = await sweep(train, on(device), { ...options(), search: undefined, sobol: space, trials: 8 });
  const halves = runs.map(({ configuration }) => Number((configuration.drop as number) < 0.25));
  expect(halves.reduce((a, b) => a + b)).toBe(4);
  expect(runs.filter(({ configuration }) => configuration.units === 4)).toHaveLength(4);
});

test("options that don't go together are refused", async () => {
  const refused = (more: unknown, message: string) =>
    expect(sweep(train, on(device), { ...options(), ...(more as SweepOptions) })).rejects.toThrow(message);
  await refused({ random: space }, "needs either");
  await refused({ pruning: medianPruning(), repeats: 2 }, "leave out repeats");
  await refused({ pruning: medianPruning(), objectives: ["loss", "seconds"] }, "Leave out objectives");
  await refused({ pruning: {} }, "medianPruning()");
  await refused({ objectives: [] }, 'such as ["accuracy", "parameters"]');
  await refused({ objectives: ["loss", "loss"] }, "stands twice");
  await refused({ objectives: ["loss"], monitor: "loss" }, "in the place of monitor");
  await refused({ objectives: ["acuracy"] }, "Did you mean accuracy?");
  await refused({ group: 0 }, "group");
  await refused({ refit: "yes" }, "refit must be true or false");
  await refused({ journal: {} }, "openJournal");
  await refused({ queue: {} }, "openQueue");
});

test("a sweep whose signal is aborted ends with the signal's reason, and ranks nothing that was cut short", async () => {
  const stop = new AbortController();
  const onTrial = () => stop.abort(new Error("That is enough."));
  const fit = { epochs: 8, validation, signal: stop.signal };
  await expect(sweep(train, on(device), { ...options(), onTrial, fit })).rejects.toThrow("That is enough.");
});
