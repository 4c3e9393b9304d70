// @module-tag slow
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Papa from "papaparse";
import { beforeAll, describe, expect, test } from "vitest";
import { saveRun } from "../../src/cli/runs/folder.js";
import { useFolder } from "../fixtures.js";
import { readEvents } from "../node/event-reader.js";
import { cli, cliJson, expectFailure, table } from "./command-line.js";

const folder = useFolder();
const run = folder.path("run");
// biome-ignore lint/suspicious/noExplicitAny: whatever the command line says
let result: any;

beforeAll(async () => {
  result = await cliJson("train", "iris", "--epochs", "5", "--seed", "3", "--out", run);
});

const json = (file: string, of = run) => JSON.parse(readFileSync(join(of, file), "utf8"));
const rowsOf = (file: string) =>
  Papa.parse<Record<string, string>>(readFileSync(join(run, file), "utf8"), { header: true, skipEmptyLines: true })
    .data;

/** Runs a command that needs no device. */
async function compare(...args: string[]) {
  const { code, stdout, stderr } = await cli("compare", ...args, "--json");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return JSON.parse(stdout);
}

describe("a run's folder", () => {
  test("has everything, and nothing half written beside it", () => {
    expect(readdirSync(run).sort()).toEqual([
      "configuration.json",
      "history.csv",
      "history.jsonl",
      "metrics.json",
      "model.json",
      "model.safetensors",
      "predictions.csv",
      "report.html",
      "run.json",
      "tensorboard",
    ]);
    expect(folder.list().filter((name) => name.includes("partial"))).toEqual([]);
  });

  test("configuration and metrics are what --json prints", () => {
    const { data, settings, seed, device } = json("configuration.json");
    expect({ seed, settings, ...device }).toEqual({
      seed: result.seed,
      settings: result.settings,
      backend: "cpu",
      adapter: result.adapter,
      software: false,
    });
    expect(data).toMatchObject({ name: "iris", rows: 150, parts: { train: 97, validation: 23, test: 30 } });
    expect(result).toMatchObject(json("metrics.json"));
    expect(Object.keys(json("metrics.json"))).toEqual(
      expect.arrayContaining(["accuracy", "report", "confusionMatrix", "rocAuc", "validation", "train", "epochs"]),
    );
  });

  test("the history is there as CSV, as lines of JSON and for TensorBoard", () => {
    const csv = rowsOf("history.csv");
    const lines = readFileSync(join(run, "history.jsonl"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(csv).toHaveLength(5);
    expect(
      csv.map((row) => Object.fromEntries(Object.entries(row).map(([name, text]) => [name, Number(text)]))),
    ).toEqual(lines);
    expect(lines[4]).toMatchObject({
      epoch: 5,
      loss: result.history[4].loss,
      validation_accuracy: result.history[4].validation.accuracy,
    });
    for (const part of ["train", "validation"]) {
      expect(readdirSync(join(run, "tensorboard", part))[0]).toMatch(/^events\.out\.tfevents\./);
    }
  });

  test("TensorBoard's events are the history, epoch by epoch, whatever else is in the folder", () => {
    const lines = readFileSync(join(run, "history.jsonl"), "utf8").trim().split("\n");
    const history = lines.map((line) => JSON.parse(line));
    // TensorBoard takes any file below a folder whose name holds "tfevents".
    const files = readdirSync(run, { recursive: true }).map(String);
    expect(files.filter((file) => /tfevents/.test(file))).toHaveLength(2);
    for (const [part, prefix] of [
      ["train", ""],
      ["validation", "validation_"],
    ]) {
      const [file] = readdirSync(join(run, "tensorboard", part));
      const events = readEvents(readFileSync(join(run, "tensorboard", part, file)));
      const scalars = events.filter(({ step }) => step !== undefined);
      for (const name of ["loss", "accuracy"]) {
        const values = scalars.flatMap(({ step, scalars }) => (name in scalars ? [[step, scalars[name]]] : []));
        expect(values).toEqual(history.map((epoch) => [epoch.epoch, Math.fround(epoch[`${prefix}${name}`])]));
      }
    }
  });

  test("predictions are those of the rows held out, by the row of the data", async () => {
    const rows = rowsOf("predictions.csv");
    expect(rows).toHaveLength(30);
    const right = rows.filter(({ truth, prediction }) => truth === prediction).length;
    expect(right / 30).toBe(result.accuracy);
    // Iris has 50 rows of each kind, one kind after the other.
    const kinds = ["setosa", "versicolor", "virginica"];
    for (const row of rows) {
      expect(row.truth).toBe(kinds[Math.floor((Number(row.row) - 1) / 50)]);
      const probabilities = kinds.map((kind) => Number(row[`probability ${kind}`]));
      expect(probabilities.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
      expect(row.prediction).toBe(kinds[probabilities.indexOf(Math.max(...probabilities))]);
    }
    const numbers = rows.map(({ row }) => Number(row));
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
  });

  test("of numbers, in the target's own units", async () => {
    const out = folder.path("numbers");
    const file = folder.write("number.csv", table(100, "number"));
    const { mse } = await cliJson("train", file, "--target", "number", "--epochs", "5", "--out", out);
    const lines = readFileSync(join(out, "predictions.csv"), "utf8").trim().split("\n").slice(1);
    const truth = table(100, "number")
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => line.split(",").at(-1));
    const errors = lines.map((line) => {
      const [row, target, prediction] = line.split(",");
      expect(Number(target)).toBeCloseTo(Number(truth[Number(row) - 1]), 12);
      return (Number(target) - Number(prediction)) ** 2;
    });
    expect(errors.reduce((a, b) => a + b) / errors.length / mse).toBeCloseTo(1, 3);
  });

  test("is replaced whole by another run, and nothing else in it is touched", async () => {
    const out = folder.path("again");
    cpSync(run, out, { recursive: true });
    writeFileSync(join(out, "notes.txt"), "mine");
    await cliJson("train", "iris", "--epochs", "2", "--out", out);
    expect(json("metrics.json", out).epochs).toBe(2);
    expect(readFileSync(join(out, "history.csv"), "utf8").trim().split("\n")).toHaveLength(3);
    expect(readdirSync(join(out, "tensorboard/train"))).toHaveLength(1);
    expect(readFileSync(join(out, "notes.txt"), "utf8")).toBe("mine");
  });

  test("never overwrites a file that isn't a run's", async () => {
    for (const file of ["metrics.json", "history.csv", "predictions.csv", "report.html", "run.json"]) {
      const out = folder.path(`other ${file}`);
      mkdirSync(out);
      writeFileSync(join(out, file), "mine");
      expectFailure(
        await cli("train", "iris", "--out", out, "--backend", "cpu"),
        2,
        new RegExp(`${file} isn't neuromotor's`),
      );
      expect(readFileSync(join(out, file), "utf8")).toBe("mine");
    }
  });

  test("says which folder can't be written when the training is over", async () => {
    const taken = folder.write("taken", "mine");
    const saving = saveRun({} as never, {} as never, {} as never, join(taken, "run"));
    await expect(saving).rejects.toThrow(/^--out .*taken.run: the run was trained, but can't be saved \(ENOTDIR/);
    expect(readFileSync(taken, "utf8")).toBe("mine");
  });

  test("--run is short for --out runs/NAME, and takes one of both", async () => {
    for (const name of ["a/b", "..", ".", "", "a\\b"]) {
      expectFailure(await cli("train", "iris", "--run", name), 2, /--run must be a name without/);
    }
    expectFailure(await cli("train", "iris", "--run", "a", "--out", "b"), 2, /--run a is short for --out runs\/a/);
  });

  test("a resumed run has the history of the whole", async () => {
    const checkpoints = folder.path("checkpoints");
    await cliJson(
      "train",
      "iris",
      "--epochs",
      "6",
      "--seed",
      "3",
      "--schedule",
      "constant",
      "--checkpoint",
      checkpoints,
    );
    rmSync(join(checkpoints, "epoch-000006"), { recursive: true });
    const out = folder.path("resumed");
    await cliJson("train", "iris", "--resume", checkpoints, "--out", out);
    expect(readFileSync(join(out, "history.jsonl"), "utf8").trim().split("\n")).toHaveLength(6);
  });
});

describe("compare", () => {
  test("shows what differs, and the scores", async () => {
    const other = folder.path("other");
    await cliJson("train", "iris", "--epochs", "5", "--lr", "0.05", "--out", other);
    const { stdout, code } = await cli("compare", run, other);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ +run +lr +l2 +seed +validation accuracy +test accuracy +loss +epochs +time\n/);
    expect(stdout).toMatch(/run +0\.01 +0\.02 +3 +\d\.\d{4}/);
    expect(stdout).toMatch(/other +0\.05 +- +0 +\d\.\d{4}/);
    const { differing, runs } = await compare(run, other);
    expect(differing).toEqual(["lr", "l2", "seed"]);
    expect(runs[0]).toMatchObject({ run, seed: 3, accuracy: result.accuracy, report: result.report });
  });

  test("runs of different tasks stand side by side", async () => {
    const other = folder.path("diabetes");
    await cliJson("train", "diabetes", "--epochs", "2", "--out", other);
    const { stdout } = await cli("compare", run, other);
    expect(stdout).toMatch(/run +data .* test accuracy +validation R² +test R² /);
  });

  test("what holds no run is refused", async () => {
    expectFailure(await cli("compare", folder.path("nowhere")), 2, /there is no such folder/);
    mkdirSync(folder.path("empty"));
    expectFailure(await cli("compare", folder.path("empty")), 2, /it holds no run/);
    expectFailure(await cli("compare", "digits"), 2, /neuromotor compare-backends digits/);
    expectFailure(await cli("compare"), 2, /missing required argument 'run'/);
    const damaged = folder.path("damaged");
    cpSync(run, damaged, { recursive: true });
    for (const [file, text] of [
      ["metrics.json", "{"],
      ["metrics.json", "{}"],
      ["metrics.json", "[1]"],
      ["configuration.json", "null"],
      ["configuration.json", "{}"],
      ["configuration.json", JSON.stringify({ ...json("configuration.json"), version: 9 })],
      ["configuration.json", JSON.stringify({ ...json("configuration.json"), settings: { epochs: -1 } })],
    ]) {
      cpSync(run, damaged, { recursive: true });
      writeFileSync(join(damaged, file), text);
      expectFailure(await cli("compare", damaged), 2, /damaged/);
    }
  });
});
