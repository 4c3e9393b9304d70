import { ArgumentError, adam, dense, sequential, softmaxCrossEntropy, sweep, Trainer } from "neuromotor";
import { iris, standardise } from "neuromotor/data";
import { openDevice } from "neuromotor/node";
import { describeSweep, report, reportCharts, type SearchTrial } from "neuromotor/report";
import { describe, expect, test } from "vitest";
import { settingImportances } from "../../src/report/setting-importance.js";
import { pairCells } from "../../src/report/setting-pairs.js";
import { searched } from "./search.js";
import { textOf } from "./text.js";

const namesOf = async (subject: Parameters<typeof reportCharts>[0]) =>
  (await reportCharts(subject)).map(({ name }) => name);

describe("a search", () => {
  test("is drawn by trial, by setting, by pairs, all at once and by epoch, the settings that matter first", async () => {
    expect(await namesOf(searched(80))).toEqual([
      "history",
      "importance",
      "learning-curves",
      "parallel-coordinates",
      "slice-rate",
      "slice-optimizer",
      "slice-units",
      "slice-idle",
      "pair-rate-optimizer",
      "pair-rate-units",
      "pair-optimizer-units",
    ]);
  });

  test("names the best of those that went through, and counts the others", async () => {
    const subject = searched(80);
    const text = textOf(await report(subject));
    const done = subject.trials.filter(({ state }) => state === "done");
    const best = done.reduce((a, b) => (b.values![0] < a.values![0] ? b : a));
    expect(text).toContain(`Trial ${best.number} is the best of 80: rate 0.`);
    expect(text).toContain("Trials: 80. Went through: 57, pruned: 16, diverged: 7.");
    const spanish = textOf(await report(subject, { language: "es" }));
    expect(spanish).toContain(`El ensayo ${best.number} es el mejor de 80`);
    expect(spanish).toContain("Ensayos: 80. Terminados: 57, podados: 16, divergentes: 7.");
  });

  test("says whether the end is reached, and when the best lies at an edge", async () => {
    const of = (values: readonly number[], rates: readonly number[]) =>
      searched(0, {
        settings: [{ name: "rate" }],
        trials: values.map((value, number) => ({ number, settings: { rate: rates[number] }, values: [value] })),
      });
    const rising = Array.from({ length: 20 }, (_, i) => 1 + i);
    const early = textOf(await report(of(rising, rising)));
    expect(early).toContain("The last 19 trials found nothing better");
    expect(early).toContain("The best rate, 1, lies at the edge of what was searched");
    const falling = rising.toReversed();
    const late = textOf(await report(of(falling, [...rising.slice(10), ...rising.slice(0, 10)])));
    expect(late).toContain("The best, trial 19, is among the last of 20");
    expect(late).not.toContain("lies at the edge");
  });

  test("of several objectives shows what one costs of the other", async () => {
    const two = searched(40, {
      objectives: [
        { score: "accuracy", better: "higher", part: "validation" },
        { score: "parameters", better: "lower" },
      ],
    });
    const trials = two.trials.map(
      (trial): SearchTrial => ({
        ...trial,
        ...(trial.values && { values: [1 - trial.values[0] / 10, Number(trial.settings.units) * 8] }),
      }),
    );
    expect(await namesOf({ ...two, trials })).toContain("front-parameters");
    expect(textOf(await report({ ...two, trials }))).toMatch(
      /Of 40 trials, [1-3] are such that none is better in all of accuracy, parameters\./,
    );
  });

  test("says so when every trial diverged, and draws nothing", async () => {
    const lost = searched(9, {
      trials: searched(9).trials.map(({ number, settings }) => ({ number, settings, state: "diverged" })),
    });
    expect(textOf(await report(lost))).toContain("No run came to an end with a score");
    expect(await namesOf(lost)).toEqual([]);
  });

  test("of one trial is a page as well", async () => {
    expect(await namesOf(searched(1))).toContain("history");
  });
});

describe("the importance of settings", () => {
  const { trials, settings } = searched(200);

  test("is what each explains of the trials' ranks: 1 of what decides alone, 0 of what has no part in it", () => {
    const shares = new Map(settingImportances(trials, settings, "lower").map((each) => [each.name, each.importance]));
    expect([...shares.keys()][0]).toBe("rate");
    expect(shares.get("rate")).toBeGreaterThan(0.5);
    expect(shares.get("idle")).toBeLessThan(0.05);
    const decided = trials.map(({ number, settings }) => ({ number, settings, values: [Number(settings.units)] }));
    const [first, ...rest] = settingImportances(decided, settings, "lower");
    expect(first.name).toBe("units");
    expect(first.importance).toBeCloseTo(1, 12);
    for (const { importance } of rest) expect(importance).toBeLessThan(0.06);
  });

  test("is epsilon squared of the groups, by hand", () => {
    const rows = [..."aaaaabbbbb"].map((choice, i) => ({ number: i, settings: { choice }, values: [i === 4 ? 9 : i] }));
    rows[9].values = [4];
    // Ranks of a: 0 1 2 3 9; of b: 5 6 7 8 4. Within: 50 + 10, in all 82.5.
    const [{ importance }] = settingImportances(rows, [{ name: "choice" }], "lower");
    expect(importance).toBeCloseTo(1 - (60 * 9) / (82.5 * 8), 12);
  });

  test("isn't told of few trials", () => {
    expect(settingImportances(trials.slice(0, 9), settings, "lower")).toEqual([]);
  });
});

test("pairs of settings have the best trial of each cell, and no map where most cells are empty", () => {
  const { trials, settings } = searched(200);
  const cells = pairCells(trials, [settings[0], settings[1]], "lower", String);
  expect(cells).toHaveLength(10);
  const adam = trials.filter((trial) => trial.settings.optimizer === "adam" && trial.values && trial.state === "done");
  const best = Math.min(...adam.map(({ values }) => values![0]));
  expect(Math.min(...cells.filter(({ column }) => column === "adam").map(({ value }) => value))).toBe(best);
  const line = trials.map((trial) => ({ ...trial, settings: { a: trial.settings.rate, b: trial.settings.rate } }));
  expect(pairCells(line, [{ name: "a" }, { name: "b" }], "lower", String)).toEqual([]);
});

test("a sweep is described with its trials, the mean of their repeats, and its settings that vary", async () => {
  const device = await openDevice({ backend: "wasm", threads: 1 });
  const { train, validation } = standardise((await iris()).split({ validation: 0.3, test: 0.1, seed: 1 }));
  const swept = await sweep(
    train,
    ({ units, learningRate, seed }) =>
      new Trainer(sequential({ input: [4], seed }, [dense(Number(units), { activation: "relu" }), dense(3)]), {
        device,
        loss: softmaxCrossEntropy(),
        optimizer: adam({ learningRate: Number(learningRate) }),
        metrics: ["accuracy"],
      }),
    {
      grid: { units: [2, 8], learningRate: [0.01, 0.1], fixed: ["one"] },
      repeats: 2,
      objectives: ["accuracy", "parameters"],
      fit: { epochs: 3, batchSize: 16, validation },
    },
  );
  device.dispose();
  const objectives = [{ monitor: "accuracy" }, { monitor: "parameters" }];
  const search = await describeSweep(swept, { name: "iris", objectives });
  expect(search.settings).toEqual([{ name: "units" }, { name: "learningRate" }]);
  expect(search.objectives).toEqual([
    { score: "accuracy", better: "higher", part: "validation" },
    { score: "parameters", better: "lower" },
  ]);
  expect(search.trials).toHaveLength(4);
  const runs = swept.runs.slice(0, 2).map(({ scores }) => (scores as unknown as { accuracy: number }).accuracy);
  expect(search.trials[0].values).toEqual([(runs[0] + runs[1]) / 2, 37 - 18]);
  expect(search.trials[3].course).toHaveLength(3);
  expect(textOf(await report(search))).toContain("compares units, learningRate");
  await expect(describeSweep(swept, { name: "iris", objectives: [{ monitor: "acuracy" }] })).rejects.toThrow(
    ArgumentError,
  );
});
