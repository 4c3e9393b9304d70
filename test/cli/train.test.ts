// @module-tag slow
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { useFolder } from "../fixtures.js";
import { cli, cliJson, expectFailure, table } from "./command-line.js";

const folder = useFolder();
const SHORT = ["--epochs", "3", "--backend", "cpu"];

describe("what train prints", () => {
  test("for people: data, model, epochs, report, time", async () => {
    const { code, stdout, stderr } = await cli("train", "iris", "--backend", "cpu");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^iris: 150 rows, 4 features, 3 classes\n/);
    expect(stdout).toContain("device: CPU, as asked for");
    expect(stdout).toContain("total: 243 parameters");
    expect(stdout).toMatch(/epoch +loss +accuracy +validation loss +validation accuracy +rate\n/);
    expect(stdout).toMatch(/precision +recall +f1-score +support/);
    expect(stdout).toContain("truth \\ predicted");
    expect(stdout).toMatch(/\d steps\/s/);
    expect(stdout).toMatch(/\naccuracy 0\.\d+, loss \d\.\d+ \(30 held-out rows\)\n$/);
    expect(stdout.split("\n").length).toBeLessThan(70);
  });

  test.each([
    ["iris", []],
    ["digits", ["--epochs", "2"]],
    ["diabetes", ["--optimizer", "sgd", "--epochs", "2", "--loss", "huber", "--delta", "2"]],
    ["xor", ["--early-stopping", "3", "--validation", "0.25"]],
  ])("the settings that a training has as options: %s %j", async (data, options) => {
    const { stdout } = await cli("train", data, ...options, "--backend", "cpu");
    const [, shown] = /\nsettings: (.*)\n/.exec(stdout)!;
    expect(shown).toMatch(/^--preset none --/);
    const again = await cliJson("train", data, ...shown.split(" "));
    const { loss, settings, history } = await cliJson("train", data, ...options);
    expect(again).toMatchObject({ loss, settings, history });
  });

  test("for programs: the fields of the contract", async () => {
    const result = await cliJson("train", "iris", "--seed", "3");
    expect(result).toMatchObject({ backend: "cpu", adapter: expect.any(String), evaluatedOn: "test", rows: 30 });
    for (const key of ["loss", "accuracy", "epochs", "steps", "seconds", "stepsPerSecond"]) {
      expect(result[key], key).toBeGreaterThan(0);
    }
    expect(result.validation).toEqual({ loss: expect.any(Number), accuracy: expect.any(Number) });
    expect(result.stepsPerSecond).toBeCloseTo(result.steps / result.seconds, 6);
  });

  test("report, confusion matrix, area under the curve, scores of each part and the history", async () => {
    const result = await cliJson("train", "iris", "--epochs", "4");
    const { report, confusionMatrix, rocAuc, history, train, settings } = result;
    expect(report.classes.map(({ name }: { name: string }) => name)).toEqual(["setosa", "versicolor", "virginica"]);
    expect(report.accuracy).toBe(result.accuracy);
    expect(confusionMatrix.flat().reduce((a: number, b: number) => a + b)).toBe(30);
    expect([0, 1, 2].reduce((sum, i) => sum + confusionMatrix[i][i] / 30, 0)).toBeCloseTo(result.accuracy, 12);
    expect(rocAuc).toBeGreaterThan(0.8);
    expect(history.map(({ epoch }: { epoch: number }) => epoch)).toEqual([1, 2, 3, 4]);
    expect(history[3]).toEqual({
      epoch: 4,
      loss: expect.any(Number),
      accuracy: expect.any(Number),
      validation: { loss: expect.any(Number), accuracy: expect.any(Number) },
      learningRate: 0.01,
    });
    expect(history[3].validation.loss).toBeCloseTo(result.validation.loss, 6); // nothing has gone back to another epoch
    expect(train.accuracy).toBeGreaterThan(0.5);
    expect(settings).toMatchObject({ layers: [16, 8], epochs: 4, weightDecay: 0.02 });

    const diabetes = await cliJson("train", "diabetes", "--epochs", "4");
    expect(diabetes.report.r2).toBe(diabetes.r2);
    expect(diabetes).not.toHaveProperty("confusionMatrix");
  });

  test("a report with more decimals", async () => {
    const { stdout } = await cli("train", "iris", ...SHORT, "--digits", "3");
    expect(stdout).toMatch(/\n +setosa +\d\.\d{3} +\d\.\d{3} +\d\.\d{3} +10\n/);
    expect(stdout).toMatch(/\nROC AUC \d\.\d{3}\n/);
    const regression = await cli("train", "diabetes", ...SHORT, "--digits", "1");
    expect(regression.stdout).toMatch(/\nRMSE +\d+\.\d\n/);
    expectFailure(await cli("train", "iris", "--digits", "16"), 2, /--digits must be a whole number from 0 to 15/);
  });

  test("regression in the target's own units", async () => {
    const result = await cliJson("train", "diabetes", "--epochs", "60");
    expect(result.r2).toBeGreaterThan(0.3);
    expect(result.rmse).toBeGreaterThan(40);
    expect(result.rmse).toBeLessThan(70);
    expect(result.mse).toBeCloseTo(result.rmse ** 2, 6);
    expect(result.loss).toBeLessThan(1);
    expect(result).not.toHaveProperty("accuracy");
  });

  test("the same seed gives the same numbers, another seed others", async () => {
    const numbers = async (seed: string) => {
      const { seconds, setupSeconds, stepsPerSecond, ...rest } = await cliJson(
        "train",
        "iris",
        "--epochs",
        "5",
        "--seed",
        seed,
      );
      return rest;
    };
    const first = await numbers("7");
    expect(await numbers("7")).toEqual(first);
    expect((await numbers("8")).loss).not.toBe(first.loss);
  });

  test("--quiet leaves one line", async () => {
    const { stdout, stderr } = await cli("train", "xor", "--backend", "cpu", "--quiet");
    expect(stdout).toMatch(/^accuracy 1\.0000, loss [^\n]+ \(the 4 rows it was trained on\)\n$/);
    expect(stderr).toBe("");
  });

  test("a bar on a terminal only", async () => {
    const { run } = await import("../../src/cli/run.js");
    for (const [options, hasBar] of [
      [[], true],
      [["--quiet"], false],
      [["--json"], false],
    ] as const) {
      let stderr = "";
      const terminal = {
        isTTY: true,
        columns: 80,
        write: (text: string) => (stderr += text),
        cursorTo() {},
        clearLine() {},
      };
      await run(["train", "xor", "--backend", "cpu", ...options], {
        stdout: { write() {} },
        stderr: { ...terminal, on() {}, moveCursor() {}, clearScreenDown() {} } as never,
      });
      expect(stderr.includes("epoch"), options.join()).toBe(hasBar);
    }
  });
});

describe("options of train", () => {
  test("reach the training", async () => {
    const { stdout } = await cli(
      "train",
      "iris",
      ...SHORT,
      "--layers",
      "7,5",
      "--dropout",
      "0.1",
      "--batch-size",
      "97",
    );
    expect(stdout).toContain("[batch, 7]");
    expect(stdout).toContain("[batch, 5]");
    expect(stdout).toContain("dropout_1");
    expect(stdout).toContain("3 epochs, 3 steps in");
  });

  test("early stopping with and without a number, and none", async () => {
    const epochs = async (...options: string[]) =>
      (await cliJson("train", "iris", "--lr", "0.1", "--epochs", "60", ...options)).epochs;
    expect(await epochs("--no-early-stopping")).toBe(60);
    expect(await epochs("--early-stopping", "2")).toBeLessThan(60);
    expect(await epochs("--early-stopping")).toBeLessThan(60);
  });

  test("schedules lower the rate", async () => {
    const { stdout } = await cli(
      "train",
      "iris",
      "--epochs",
      "9",
      "--backend",
      "cpu",
      "--schedule",
      "step",
      "--lr",
      "0.02",
    );
    expect(stdout).toMatch(/\n +4\*? .* 0\.002\n/);
    expect(stdout).toMatch(/\n +9\*? .* 0\.0002\n/);
  });
});

describe("CSV files", () => {
  test("classes and numbers are told apart", async () => {
    const classes = await cliJson("train", folder.write("class.csv", table(200, "class")), "--target", "class");
    expect(classes).toMatchObject({ data: "class.csv", rows: 40 });
    expect(classes.accuracy).toBeGreaterThan(0.9);
    const numbers = await cliJson("train", folder.write("number.csv", table(200, "number")), "--target", "number");
    expect(numbers.r2).toBeGreaterThan(0.95);
  });

  test("too few rows to hold any out", async () => {
    const few = folder.write("few.csv", table(12, "class"));
    expect(await cliJson("train", few, "--target", "class")).toMatchObject({
      evaluatedOn: "train",
      rows: 12,
      validation: null,
    });
  });

  test("a file wins over a sample of its name", async () => {
    const cwd = process.cwd();
    mkdirSync(folder.path("beside"));
    writeFileSync(folder.path("beside/iris"), table(60, "class"));
    process.chdir(folder.path("beside"));
    try {
      expect(await cliJson("train", "iris", "--target", "class", "--epochs", "2")).toMatchObject({ rows: 12 });
    } finally {
      process.chdir(cwd);
    }
  });
});

describe("--out", () => {
  test("saves a model as two files, and replaces one", async () => {
    const out = folder.path("nested/folders/model");
    for (const seed of ["1", "2"]) {
      expect(await cliJson("train", "iris", "--epochs", "2", "--seed", seed, "--out", out)).toMatchObject({ out });
      expect(JSON.parse(readFileSync(join(out, "model.json"), "utf8"))).toMatchObject({
        seed: Number(seed),
        metadata: { task: "classification", targetName: "species", split: { seed: Number(seed) } },
      });
      expect(existsSync(join(out, "model.safetensors"))).toBe(true);
    }
    expect(existsSync(folder.path("nested/folders"))).toBe(true);
  });

  test("never touches what isn't a model", async () => {
    const file = folder.write("taken", "text");
    expectFailure(await cli("train", "iris", ...SHORT, "--out", file), 2, /--out .*there is a file of that name/);
    expectFailure(await cli("train", "iris", ...SHORT, "--out", join(file, "below")), 2, /--out .*can't be written/);
    const other = folder.path("other");
    mkdirSync(other);
    writeFileSync(join(other, "model.json"), '{"format":"layers-model"}');
    expectFailure(await cli("train", "iris", ...SHORT, "--out", other), 2, /model\.json isn't neuromotor's/);
    expect(readFileSync(join(other, "model.json"), "utf8")).toBe('{"format":"layers-model"}');
  });

  test("a training that diverges fails and leaves nothing", async () => {
    const before = folder.list();
    const args = ["--optimizer", "sgd", "--lr", "1e30", "--out", folder.path("diverged/model"), "--json"];
    expectFailure(await cli("train", "iris", ...SHORT, ...args), 1, /epoch 1, step \d/);
    expect(folder.list()).toEqual(before);
  });
});

test("a sentinel is told of, in whichever part its row lies", async () => {
  const lines = table(60, "class").split("\n");
  const told: string[] = [];
  for (const row of [1, 2, 3, 4, 5, 6, 7, 8]) {
    const cells = lines[row].split(",");
    const changed = lines.with(row, [cells[0], "-9999", ...cells.slice(2)].join(","));
    const file = folder.write("sentinel.csv", changed.join("\n"));
    const { warnings } = (await cliJson("train", file, "--target", "class", ...SHORT)) as { warnings: string[] };
    expect(warnings[0], `row ${row}`).toMatch(/"a" has -9999 in 1 of its rows/);
    told.push(...warnings.flatMap((warning) => warning.match(/^In the (\w+) part/)?.[1] ?? []));
  }
  expect(new Set(told)).toContain("test");
});
