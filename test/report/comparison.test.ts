import { report, reportCharts } from "neuromotor/report";
import { beforeAll, describe, expect, test } from "vitest";
import { isReached } from "../../src/report/reproduction-page.js";
import { type Subjects, trainSubjects } from "./runs.js";
import { textOf } from "./text.js";

let subjects: Subjects;
beforeAll(async () => {
  subjects = await trainSubjects();
});

describe("a comparison", () => {
  test("ranks settings by the mean of their seeds, and draws a grid of two settings", async () => {
    const charts = await reportCharts(subjects.comparison);
    expect(charts.map(({ name }) => name)).toEqual([
      "scores",
      "grid",
      "learning-curves-loss",
      "learning-curves-accuracy",
    ]);
    const text = textOf(await report(subjects.comparison));
    expect(text).toContain("compares optimizer, learningRate");
    expect(text).toContain("Runs without a score: 1.");
    expect(text).toMatch(/mean of 2 seeds/);
  });

  test("draws no grid of settings that were drawn, and one where a few of its cells are missing or diverged", async () => {
    const namesOf = async (configurations: readonly Record<string, unknown>[], diverged = 0) => {
      const runs = configurations.map((configuration, i) => ({
        name: `run ${i}`,
        configuration,
        scores: { accuracy: i < diverged ? Number.NaN : 0.5 + i / 100 },
      }));
      return (await reportCharts({ ...subjects.comparison, runs })).map(({ name }) => name);
    };
    const drawn = Array.from({ length: 9 }, (_, i) => ({ lr: 0.001 * 1.7 ** i, dropout: ((i * 5) % 9) / 20 }));
    expect(await namesOf(drawn)).toEqual(["scores"]);
    const tried = [1, 2, 3].flatMap((lr) => [0, 0.1, 0.2].map((dropout) => ({ lr, dropout })));
    expect(await namesOf(tried, 4)).toContain("grid");
    expect(await namesOf(tried.slice(0, 7))).toContain("grid");
    expect(await namesOf(tried.filter(({ lr, dropout }) => lr === 1 || dropout === 0))).toEqual(["scores"]);
  });

  test("says when one seed proves nothing, and when none finished", async () => {
    const { runs } = subjects.comparison;
    const single = {
      ...subjects.comparison,
      runs: runs.filter(({ seed }) => seed === 1).map((run, i) => ({ ...run, scores: { accuracy: 0.8 + i / 50 } })),
    };
    expect(textOf(await report(single))).toContain("with one seed each: chance can do as much");
    const lost = { ...subjects.comparison, runs: runs.filter(({ state }) => state === "diverged") };
    expect(textOf(await report(lost))).toContain("No run came to an end with a score");
  });
});

test("a reproduction counts what is reached, within two standard errors of the mean", async () => {
  const text = textOf(await report(subjects.reproduction));
  expect(text).toMatch(/3 \/ 4\s+published figures reached/);
  expect(text).toContain("Rows not compared: 1.");
  const row = { id: "x", item: "x", verdict: "", published: 0.9, deviation: 0.02, seeds: 4 };
  expect(isReached({ ...row, mean: 0.885 })).toBe(true);
  expect(isReached({ ...row, mean: 0.875 })).toBe(false);
  expect(isReached({ ...row, mean: 0.915, better: "lower" })).toBe(true);
  expect(isReached({ ...row, mean: 0.925, better: "lower" })).toBe(false);
});
