import { expect, test } from "vitest";
import { lossNames } from "../../src/index.js";
import { cli, cliJson, expectFailure, table, useFolder } from "./command-line.js";

const { write, path } = useFolder();
const FAST = ["--layers", "8", "--epochs", "30", "--lr", "0.02", "--seed", "1"];

test(`train --help names all ${lossNames.length} losses`, async () => {
  const { stdout } = await cli("train", "--help");
  for (const name of lossNames) expect(stdout).toContain(name);
});

const classLosses = lossNames.filter((name) => !["poisson"].includes(name));

test.each(classLosses)("%s learns two classes, and predicts from what it saved", async (loss) => {
  const file = write(`${loss}.csv`, table(200, "class"));
  const folder = path(`${loss} model`);
  const trained = await cliJson("train", file, "--target", "class", ...FAST, "--loss", loss, "--out", folder);
  expect(trained.accuracy).toBeGreaterThan(0.85);
  const evaluated = await cliJson("evaluate", folder, file, "--held-out");
  expect(evaluated.accuracy).toBe(trained.accuracy);
});

test.each(["meanSquaredError", "meanAbsoluteError", "huber"])("%s learns a number", async (loss) => {
  const file = write(`${loss} number.csv`, table(200, "number"));
  const { r2 } = await cliJson("train", file, "--target", "number", ...FAST, "--loss", loss);
  expect(r2).toBeGreaterThan(0.8);
});

test("poisson learns counts, and predicts rates", async () => {
  const rows = Array.from({ length: 300 }, (_, i) => {
    const x = (i * 0.37) % 2;
    return `${x.toFixed(3)},${Math.round(Math.exp(1 + x) + Math.sin(i))}`;
  });
  const file = write("counts.csv", `x,count\n${rows.join("\n")}\n`);
  const args = ["--target", "count", "--task", "regression", "--loss", "poisson", "--out", path("counts")];
  const { r2 } = await cliJson("train", file, ...args, ...FAST);
  expect(r2).toBeGreaterThan(0.9);
  const { predictions } = await cliJson("predict", path("counts"), write("new.csv", "x\n0\n1.9\n"));
  expect(Math.abs(Math.log(predictions[0]) - 1)).toBeLessThan(0.4);
  expect(Math.abs(Math.log(predictions[1]) - 2.9)).toBeLessThan(0.4);
});

test("a column of weights is no feature, and rows of weight 0 teach nothing", async () => {
  const lines = table(200, "class").trim().split("\n");
  // Every second row lies, without weight.
  const weighted = lines.map((line, i) => {
    if (i === 0) return `${line},weight`;
    const lie = line.endsWith("high") ? line.replace("high", "low") : line.replace("low", "high");
    return i % 2 ? `${line},1.5` : `${lie},0`;
  });
  const file = write("weighted.csv", `${weighted.join("\n")}\n`);
  const folder = path("weighted");
  const args = ["--target", "class", ...FAST, "--test", "0", "--validation", "0"];
  await cliJson("train", file, ...args, "--weights", "weight", "--out", folder);
  const { accuracy } = await cliJson("evaluate", folder, write("truth.csv", table(200, "class")));
  expect(accuracy).toBeGreaterThan(0.9);
  const { loss } = await cliJson("evaluate", folder, file);
  const { loss: ofWeighted } = await cliJson("evaluate", folder, file, "--weights", "weight");
  expect(ofWeighted).toBeLessThan(loss / 2); // the lies count in the one, not in the other
});

test.each<[string, string[], RegExp]>([
  [
    "delta without huber",
    ["--loss", "meanSquaredError", "--delta", "1"],
    /--delta is for --loss huber, not meanSquaredError/,
  ],
  ["poisson of classes", ["--loss", "poisson"], /poisson is for counts.*--task regression/],
  [
    "smoothing of hinge",
    ["--loss", "hinge", "--label-smoothing", "0.1"],
    /--label-smoothing is for --loss softmaxCrossEntropy/,
  ],
  ["a gamma without gradient", ["--loss", "categoricalFocal", "--gamma", "0.5"], /gamma must be 0 or at least 1/],
  ["weights of a sample", ["--weights", "w"], /--weights is for CSV files/],
])("%s is refused", async (_, args, message) => {
  expectFailure(await cli("train", "iris", ...args), 2, message);
});
