import { expect, test } from "vitest";
import { cliJson } from "./command-line.js";

/* Scores of the defaults with one seed; test/long/defaults.test.ts holds the means over ten to what is promised. */

test.each([
  ["iris", "accuracy", 0.9],
  ["digits", "accuracy", 0.95],
  ["diabetes", "r2", 0.35],
])("%s reaches %s %f", async (data, metric, least) => {
  expect((await cliJson("train", data, "--seed", "1"))[metric]).toBeGreaterThanOrEqual(least);
});

test.each(Array.from({ length: 10 }, (_, i) => i + 1))("xor is learnt whole with seed %i", async (seed) => {
  expect(await cliJson("train", "xor", "--seed", String(seed))).toMatchObject({ accuracy: 1, rows: 4 });
});
