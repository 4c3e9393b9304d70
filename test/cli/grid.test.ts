// @module-tag slow
import { existsSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { combinations } from "../../src/cli/settings/grid.js";
import { bestRow, formatRuns } from "../../src/cli/text/run-table.js";
import { useFolder } from "../fixtures.js";
import { cli, cliJson, expectFailure } from "./command-line.js";

const folder = useFolder();
const FAST = ["--epochs", "3", "--backend", "cpu"];

test("every combination, the last setting changing fastest", () => {
  expect(combinations({})).toEqual([{}]);
  expect(combinations({ a: [1, 2], b: ["x"], c: [true, false] })).toEqual([
    { a: 1, b: "x", c: true },
    { a: 1, b: "x", c: false },
    { a: 2, b: "x", c: true },
    { a: 2, b: "x", c: false },
  ]);
});

describe("train with several values", () => {
  test("trains each as it would be trained alone", async () => {
    const args = ["--epochs", "3", "--seed", "4"];
    const { runs } = await cliJson("train", "iris", ...args, "--lr", "0.1,0.01", "--optimizer", "adam,sgd");
    expect(runs.map(({ differs }: { differs: object }) => differs)).toEqual([
      { optimizer: "adam", lr: "0.1" },
      { optimizer: "adam", lr: "0.01" },
      { optimizer: "sgd", lr: "0.1" },
      { optimizer: "sgd", lr: "0.01" },
    ]);
    for (const { differs, seconds, setupSeconds, stepsPerSecond, ...run } of runs) {
      const {
        seconds: _,
        setupSeconds: __,
        stepsPerSecond: ___,
        ...alone
      } = await cliJson("train", "iris", ...args, "--lr", differs.lr, "--optimizer", differs.optimizer);
      expect(run).toEqual(alone);
    }
  });

  test("prints one table, with the best by its validation part", async () => {
    const { code, stdout, stderr } = await cli(
      "train",
      "iris",
      ...FAST,
      "--layers",
      "8",
      "--layers",
      "16,8",
      "--lr",
      "0.1,0.001",
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^iris: 4 trainings, one after the other\n/);
    expect(stdout).toMatch(/\n *layers +lr +validation accuracy +test accuracy +loss +epochs +time\n/);
    expect(stdout).toMatch(/\n +16,8 +0\.001 +\d\.\d{4} +\d\.\d{4} +\d\.\d{4} +3 +\d\.\d\d s/);
    expect(stdout).toMatch(/\n\* best validation accuracy\n$/);
    expect(stdout.match(/ \*$/gm)).toHaveLength(1);
    const quiet = await cli("train", "iris", ...FAST, "--lr", "0.1,0.001", "--quiet");
    expect(quiet.stdout.split("\n")).toHaveLength(5); // heading, two runs, what the star means
    // Without a validation part none is picked: rows held out are for the report alone.
    const blind = await cli("train", "iris", ...FAST, "--lr", "0.1,0.001", "--validation", "0");
    expect(blind.stdout).not.toContain("*");
  });

  test("gives mean and deviation over seeds", async () => {
    const { stdout } = await cli("train", "iris", ...FAST, "--lr", "0.1,0.01", "--seed", "1,2,3");
    expect(stdout).toMatch(/\n +0\.1 +\d\.\d{4} ± \d\.\d{4} +\d\.\d{4} ± \d\.\d{4} /);
    expect(stdout).toMatch(/\nmean ± deviation of 3 seeds\n$/);
    const { runs } = await cliJson("train", "iris", "--epochs", "3", "--lr", "0.1,0.01", "--seed", "1,2,3");
    expect(runs.map(({ seed }: { seed: number }) => seed)).toEqual([1, 2, 3, 1, 2, 3]);
  });

  test("goes on where one diverges, and fails where all do", async () => {
    const args = ["train", "iris", ...FAST, "--optimizer", "sgd", "--lr"];
    const { code, stdout } = await cli(...args, "1e30,0.1");
    expect(code).toBe(0);
    expect(stdout).toMatch(/\n1e\+30 .* diverged\n/);
    const json = JSON.parse((await cli(...args, "1e30,0.1", "--json")).stdout);
    expect(json.runs[0]).toMatchObject({
      differs: { lr: "1e+30" },
      diverged: { epoch: 1, tensor: expect.any(String) },
    });
    expect(json.runs[1].accuracy).toBeGreaterThan(0);
    const all = await cli(...args, "1e30,1e31");
    expect(all.code).toBe(1);
    expect(all.stdout).toMatch(/diverged\n.*diverged\n/);
    expect(all.stderr).toMatch(/^neuromotor: .*epoch 1/);
  });

  test("says of a training that learned nothing that it is at chance", async () => {
    const network = ["--preset", "none", "--layers", "8", "--optimizer", "sgd"];
    const args = ["train", "digits", ...network, "--epochs", "2", "--backend", "cpu", "--lr"];
    const { stdout } = await cli(...args, "500,0.1");
    expect(stdout).toMatch(/\n500 .* at chance\n *0\.1 .* s {2}█/);
    const alone = await cli(...args, "500");
    expect(alone.code).toBe(0);
    expect(alone.stderr).toMatch(
      /^neuromotor: As far as 359 held-out rows tell, this is no better than always saying the most frequent class\. /m,
    );
    expect((await cli(...args, "0.1")).stderr).not.toContain("no better");
    const mean = await cli(
      "train",
      "diabetes",
      "--preset",
      "none",
      "--epochs",
      "1",
      "--lr",
      "1e-9",
      "--backend",
      "cpu",
    );
    expect(mean.stderr).toMatch(/held-out rows tell, this is no better than always saying the mean\./);
  });

  test("saves each run to a folder of its own, which predict, evaluate and compare take", async () => {
    const out = folder.path("grid");
    await cliJson(
      "train",
      "iris",
      "--epochs",
      "2",
      "--lr",
      "0.1,0.01",
      "--layers",
      "4",
      "--layers",
      "4,4",
      "--out",
      out,
    );
    expect(readdirSync(out).sort()).toEqual([
      "layers-4,4_lr-0.01",
      "layers-4,4_lr-0.1",
      "layers-4_lr-0.01",
      "layers-4_lr-0.1",
      "report.html",
    ]);
    const { runs, differing } = await cliJson2("compare", out);
    expect(differing).toEqual(["layers", "lr"]);
    expect(runs).toHaveLength(4);
    expect(await cliJson("evaluate", `${out}/layers-4_lr-0.1`, "iris", "--held-out")).toMatchObject({ rows: 30 });
  });

  test("a value that is given twice is trained once", async () => {
    expect(await cliJson("train", "iris", "--epochs", "2", "--lr", "0.1,0.10", "--lr", "1e-1")).toMatchObject({
      epochs: 2,
    });
    const { runs } = await cliJson("train", "iris", "--epochs", "2", "--layers", "8", "--layers", "4", "--layers", "8");
    expect(runs.map(({ differs }: { differs: object }) => differs)).toEqual([{ layers: "8" }, { layers: "4" }]);
  });

  test("finds what is wrong with any of them before the first is trained", async () => {
    const before = folder.list();
    const out = ["--out", folder.path("wrong")];
    const train = (...args: string[]) => cli("train", "iris", ...FAST, ...out, ...args);
    expectFailure(await train("--optimizer", "sgd,adam", "--momentum", "0.9"), 2, /--momentum is for .*not adam/);
    expectFailure(await train("--loss", "hinge,poisson"), 2, /poisson is for counts/);
    expectFailure(await train("--test", "0.2,0.9", "--validation", "0.15"), 2, /leave no rows to train on/);
    expectFailure(await train("--lr", "0.1,0.2", "--checkpoint", "x"), 2, /--checkpoint is for a single training/);
    expectFailure(await train("--lr", "0.1,0.2", "--resume", "x"), 2, /--resume is for a single training/);
    expect(folder.list()).toEqual(before);
    expect(existsSync("x")).toBe(false);
  });
});

/** Commands without a device. */
async function cliJson2(...args: string[]) {
  const { code, stdout } = await cli(...args, "--json");
  expect(code).toBe(0);
  return JSON.parse(stdout);
}

describe("the table", () => {
  const run = (validation: number | undefined, accuracy: number) =>
    ({
      evaluatedOn: "test",
      rows: 100,
      report: { classes: [{ support: 0 }] },
      accuracy,
      loss: 1,
      epochs: 2,
      seconds: 1,
      validation: validation === undefined ? null : { loss: 1, accuracy: validation },
    }) as never;

  test("takes the best by the mean of its validation scores", () => {
    const rows = [
      { labels: ["a"], runs: [run(0.9, 0.1), run(0.7, 0.1)] },
      { labels: ["b"], runs: [run(0.85, 0), run(0.85, 0)] },
    ];
    expect(bestRow(rows)).toEqual({ place: 1, by: "validation accuracy" });
    expect(formatRuns(["x"], rows)).toBe(
      [
        "x  validation accuracy    test accuracy             loss  epochs    time",
        "a      0.8000 ± 0.1000  0.1000 ± 0.0000  1.0000 ± 0.0000       2  1.00 s  █████████▋",
        "b      0.8500 ± 0.0000  0.0000 ± 0.0000  1.0000 ± 0.0000       2  1.00 s  ██████████▎     *",
        "* best validation accuracy",
      ].join("\n"),
    );
  });

  test("picks none where runs have no validation part, or diverged", () => {
    expect(bestRow([{ labels: [], runs: [run(undefined, 1)] }])).toBeUndefined();
    expect(
      bestRow([
        { labels: [], runs: [run(0.5, 1)] },
        { labels: [], runs: [run(undefined, 1)] },
      ]),
    ).toBeUndefined();
    expect(bestRow([{ labels: [], runs: [undefined] }])).toBeUndefined();
    const rows = [
      { labels: ["a"], runs: [undefined, run(0.99, 1)] },
      { labels: ["b"], runs: [run(0.5, 0.5), run(0.5, 0.5)] },
    ];
    expect(bestRow(rows)?.place).toBe(1);
    expect(formatRuns(["x"], rows)).toContain("1 of 2 diverged");
  });
});
