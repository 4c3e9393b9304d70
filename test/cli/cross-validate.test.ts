import { expect, test } from "vitest";
import { useFolder } from "../fixtures.js";
import { cli, cliJson, expectFailure, table } from "./command-line.js";

const { write } = useFolder();
const FAST = ["--layers", "8", "--epochs", "10", "--lr", "0.02", "--seed", "1"];

test("scores of each fold, their mean and deviation as JSON; a seed gives the same", async () => {
  const args = ["cross-validate", "iris", ...FAST, "--folds", "3", "--repeats", "2"];
  const result = await cliJson(...args);
  expect(result).toMatchObject({ data: "iris", seed: 1, backend: "cpu", folds: 3, repeats: 2, rows: 150 });
  expect(result.perFold).toHaveLength(6);
  const numbers = result.perFold.map(({ repeat, fold, rows }: Record<string, number>) => [repeat, fold, rows]);
  expect(numbers).toEqual([1, 2].flatMap((repeat) => [1, 2, 3].map((fold) => [repeat, fold, 50])));
  const accuracies = result.perFold.map(({ accuracy }: { accuracy: number }) => accuracy);
  expect(result.mean.accuracy).toBeCloseTo(accuracies.reduce((a: number, b: number) => a + b) / 6, 12);
  expect(result.mean.accuracy).toBeGreaterThan(0.7);
  expect(result.deviation.accuracy).toBeGreaterThanOrEqual(0);
  expect((await cliJson(...args)).mean).toEqual(result.mean);
});

test("a table for people, with the mean last", async () => {
  const file = write("numbers.csv", table(100, "number"));
  const args = ["cross-validate", file, "--target", "number", ...FAST, "--backend", "cpu", "--no-early-stopping"];
  const { code, stdout } = await cli(...args, "--folds", "4");
  expect(code).toBe(0);
  expect(stdout).toMatch(/^numbers\.csv: 100 rows in 4 folds, seed 1\n/);
  expect(stdout).toMatch(/\nfold +rows +loss +r2 +mse +rmse +mae\n +1 +25 /);
  expect(stdout).toMatch(
    /\nR² -?\d\.\d+ ± \d\.\d+, RMSE [^\n]+ ± [^\n]+, loss [^\n]+ \(mean and deviation of 4 folds\)\n$/,
  );
  const quiet = await cli(...args, "--folds", "4", "--quiet");
  expect(quiet.stdout.split("\n")).toHaveLength(2);
});

test("groups of a column stay together, and it isn't a feature", async () => {
  const lines = table(120, "class").trim().split("\n");
  const grouped = lines.map((line, i) => (i === 0 ? `${line},who` : `${line},person ${i % 10}`));
  const file = write("grouped.csv", `${grouped.join("\n")}\n`);
  const args = ["--target", "class", ...FAST, "--groups", "who", "--folds", "5"];
  const { perFold } = await cliJson("cross-validate", file, ...args);
  for (const { rows } of perFold) expect(rows % 12).toBe(0); // whole groups of 12
  expectFailure(await cli("cross-validate", file, ...args.slice(0, -1), "11"), 2, /10 groups can't fill 11 folds/);
  expectFailure(await cli("cross-validate", file, "--target", "class", "--groups", "nobody"), 2, /no column "nobody"/);
});

test.each<[string, string[], RegExp]>([
  ["one fold", ["iris", "--folds", "1"], /folds must be 2 or more/],
  ["too many folds", ["xor", "--folds", "5"], /4 rows can't fill 5 folds/],
  ["a test part", ["iris", "--test", "0.2"], /unknown option '--test'.*an option of train/],
  ["stratified numbers", ["diabetes", "--stratify"], /Leave stratify out/],
  ["groups of a sample", ["iris", "--groups", "species"], /--groups is for files/],
])("%s is refused", async (_, args, message) => {
  expectFailure(await cli("cross-validate", ...args), 2, message);
});
