// @module-tag slow
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { lossNames } from "../../src/index.js";
import { useFolder } from "../fixtures.js";
import { cli, cliJson, expectFailure, table } from "./command-line.js";

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

test("class weights: by number, and balanced by the classes of the training part", async () => {
  // 160 rows of one class, 40 of the other.
  const lines = table(400, "class").trim().split("\n");
  const [high, low] = ["high", "low"].map((name) => lines.filter((line) => line.endsWith(name)));
  const file = write("rare.csv", `${[lines[0], ...high.slice(0, 160), ...low.slice(0, 40)].join("\n")}\n`);
  const weightsWith = async (...options: string[]) => {
    const out = path(`weighted ${options.join(" ")}`);
    await cliJson("train", file, "--target", "class", "--epochs", "1", "--validation", "0", ...options, "--out", out);
    return JSON.parse(readFileSync(join(out, "model.json"), "utf8")).training.loss.classWeights;
  };
  expect(await weightsWith()).toBeUndefined();
  expect(await weightsWith("--class-weights", "1,2.5")).toEqual([1, 2.5]);
  // 128 and 32 rows are left to train on.
  expect(await weightsWith("--class-weights", "balanced")).toEqual([160 / (2 * 128), 160 / (2 * 32)]);
  const recall = async (...options: string[]) => {
    const { report } = await cliJson("train", file, "--target", "class", ...FAST, ...options);
    return report.classes[1].recall;
  };
  expect(await recall("--class-weights", "1,20")).toBeGreaterThan(await recall("--class-weights", "20,1"));
});

test.each<[string, string[], RegExp]>([
  ["too few class weights", ["--class-weights", "1,2"], /2 weights for 3 classes \(setosa, versicolor, virginica\)/],
  ["class weights of hinge", ["--loss", "hinge", "--class-weights", "1,2,3"], /--class-weights is for --loss softmax/],
  [
    "negative class weights",
    ["--class-weights", "1,-2,3"],
    /--class-weights must be balanced, or a number of 0 or more/,
  ],
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
  ["weights of a sample", ["--weights", "w"], /--weights is for files/],
])("%s is refused", async (_, args, message) => {
  expectFailure(await cli("train", "iris", ...args), 2, message);
});
