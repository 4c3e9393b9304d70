import { expect, test } from "vitest";
import { cliJson } from "../cli/command-line.js";

/*
 * Promise of the defaults: the mean over ten seeds, each with its own split, first weights and shuffles. Tuned on
 * other seeds (see src/cli/settings/presets.ts). scikit-learn's MLPClassifier reaches 0.973 on digits with one split in
 * five.
 */
const seeds = Array.from({ length: 10 }, (_, i) => i + 1);

test.each([
  ["iris", "accuracy", 0.95],
  ["digits", "accuracy", 0.965],
  ["diabetes", "r2", 0.42],
])("%s reaches a mean %s of %f", async (data, metric, least) => {
  const scores: number[] = [];
  for (const seed of seeds) {
    const result = await cliJson("train", data, "--seed", String(seed));
    expect(result.evaluatedOn).toBe("test");
    scores.push(result[metric]);
  }
  const mean = scores.reduce((sum, score) => sum + score / scores.length, 0);
  console.log(`${data}: ${scores.map((score) => score.toFixed(4)).join(" ")}; mean ${mean.toFixed(4)}`);
  expect(mean).toBeGreaterThanOrEqual(least);
});
