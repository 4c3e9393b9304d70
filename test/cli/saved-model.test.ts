// @module-tag slow
import { copyFileSync, existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Papa from "papaparse";
import { beforeAll, describe, expect, test } from "vitest";
import { checksumsFor, sealJson } from "../../src/formats/checksums.js";
import { useFolder } from "../fixtures.js";
import { cli, cliJson, expectFailure, table } from "./command-line.js";

const folder = useFolder();
const CPU = ["--backend", "cpu"];
// biome-ignore lint/suspicious/noExplicitAny: whatever the command line says
const trained: Record<string, any> = {};
const csv = { class: "", number: "" };

beforeAll(async () => {
  for (const kind of ["class", "number"] as const) {
    csv[kind] = folder.write(`${kind}.csv`, table(200, kind));
    trained[kind] = await cliJson("train", csv[kind], "--target", kind, "--out", folder.path(`model-${kind}`));
  }
});

const rowsOf = (text: string) => Papa.parse<Record<string, string>>(text, { header: true, skipEmptyLines: true }).data;

describe("predict", () => {
  test("adds a column that agrees with evaluate", async () => {
    const { code, stdout, stderr } = await cli("predict", folder.path("model-class"), csv.class, ...CPU);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.split("\n")[0]).toBe('id,a,"b, with comma",class,prediction');
    const rows = rowsOf(stdout);
    expect(rows).toHaveLength(200);
    const right = rows.filter((row) => row.class === row.prediction).length / rows.length;
    const { accuracy } = await cliJson("evaluate", folder.path("model-class"), csv.class);
    expect(right).toBe(accuracy);
  });

  test("numbers in the target's own units", async () => {
    const { stdout } = await cli("predict", folder.path("model-number"), csv.number, ...CPU);
    const rows = rowsOf(stdout);
    const squares = rows.map((row) => (Number(row.number) - Number(row.prediction)) ** 2);
    const mse = squares.reduce((sum, square) => sum + square / rows.length, 0);
    const evaluated = await cliJson("evaluate", folder.path("model-number"), csv.number);
    expect(Math.abs(mse / evaluated.mse - 1)).toBeLessThan(0.01);
    expect(evaluated.r2).toBeGreaterThan(0.95);
  });

  test("finds columns by name, without the target and in any order", async () => {
    const file = folder.write("new.csv", '"b, with comma",prediction,id,a\n0.9,old,1,0.9\n0.1,old,1,0.1\n');
    const { stdout } = await cli("predict", folder.path("model-class"), file, ...CPU);
    expect(stdout).toBe('"b, with comma",prediction,id,a,prediction 2\n0.9,old,1,0.9,high\n0.1,old,1,0.1,low\n');
  });

  test("keeps the file's delimiter", async () => {
    const file = folder.write("semicolons.csv", "id;a;b, with comma\n1;0.9;0.9\n");
    const { stdout } = await cli("predict", folder.path("model-class"), file, ...CPU);
    expect(stdout).toBe("id;a;b, with comma;prediction\n1;0.9;0.9;high\n");
  });

  test("--probabilities", async () => {
    const { stdout } = await cli("predict", folder.path("model-class"), csv.class, ...CPU, "--probabilities");
    for (const row of rowsOf(stdout)) {
      const [high, low] = [Number(row["probability high"]), Number(row["probability low"])];
      expect(high + low).toBeCloseTo(1, 5);
      expect(row.prediction).toBe(high > low ? "high" : "low");
    }
    const numbers = await cli("predict", folder.path("model-number"), csv.number, ...CPU, "--probabilities");
    expectFailure(numbers, 2, /predicts numbers/);
  });

  test("a single sigmoid output gives both probabilities", async () => {
    const out = folder.path("model-sigmoid");
    await cliJson(
      "train",
      csv.class,
      "--target",
      "class",
      "--loss",
      "sigmoidCrossEntropy",
      "--epochs",
      "5",
      "--out",
      out,
    );
    const result = await cliJson("predict", out, csv.class, "--probabilities");
    expect(result.classNames).toEqual(["high", "low"]);
    result.probabilities.forEach(([high, low]: number[], row: number) => {
      expect(high + low).toBeCloseTo(1, 5);
      expect(result.predictions[row]).toBe(low > 0.5 ? "low" : "high");
    });
  });

  test("--out writes the file whole", async () => {
    const out = folder.path("predicted.csv");
    const { stdout } = await cli("predict", folder.path("model-class"), csv.class, ...CPU);
    const done = await cli("predict", folder.path("model-class"), csv.class, ...CPU, "--out", out);
    expect(done).toMatchObject({ code: 0, stdout: "" });
    expect(readFileSync(out, "utf8")).toBe(stdout);
    const nowhere = folder.path("missing/predicted.csv");
    expectFailure(await cli("predict", folder.path("model-class"), csv.class, ...CPU, "--out", nowhere), 2, /--out/);
  });

  test("--json", async () => {
    const result = await cliJson("predict", folder.path("model-class"), csv.class);
    expect(result).toMatchObject({ backend: "cpu", task: "classification", rows: 200 });
    expect(result.predictions).toHaveLength(200);
  });

  test("data that don't fit", async () => {
    const predict = (text: string) => cli("predict", folder.path("model-class"), folder.write("bad.csv", text), ...CPU);
    expectFailure(await predict("id,a\n1,2\n"), 2, /no column "b, with comma"/);
    expectFailure(await predict('id,a,"b, with comma"\n1,2,x\n'), 2, /line 2/);
    expectFailure(await predict(""), 2, /empty/);
  });
});

describe("evaluate", () => {
  test("gives train's numbers on the rows held out", async () => {
    for (const [kind, metric] of [
      ["class", "accuracy"],
      ["number", "r2"],
    ] as const) {
      const result = await cliJson("evaluate", folder.path(`model-${kind}`), csv[kind], "--held-out");
      expect(result).toMatchObject({ evaluatedOn: "test", rows: 40, loss: trained[kind].loss });
      expect(result[metric]).toBe(trained[kind][metric]);
    }
  });

  test("says where rows were trained on", async () => {
    const { stdout, stderr } = await cli("evaluate", folder.path("model-class"), csv.class, ...CPU);
    expect(stdout).toMatch(/precision +recall/);
    expect(stderr).toContain("include those the model was trained on; --held-out evaluates the 40 that weren't");
  });

  test("on a sample", async () => {
    const out = folder.path("model-xor");
    await cliJson("train", "xor", "--out", out);
    expect(await cliJson("evaluate", out, "xor")).toMatchObject({ accuracy: 1, rows: 4, includesTrainingRows: true });
    expectFailure(await cli("evaluate", out, "xor", "--held-out"), 2, /no rows were held out/);
    expectFailure(await cli("evaluate", out, "iris", ...CPU), 2, /trained on xor; iris has other features/);
  });

  test("on other data, with another target column or unknown classes", async () => {
    const renamed = folder.write("renamed.csv", table(30, "class").replace("class", "truth"));
    const model = folder.path("model-class");
    expect(await cliJson("evaluate", model, renamed, "--target", "truth")).toMatchObject({ rows: 30 });
    expectFailure(await cli("evaluate", model, renamed), 2, /no column "class"/);
    expectFailure(await cli("evaluate", model, renamed, "--target", "truth", "--held-out"), 2, /isn't the data/);
    const unknown = folder.write("unknown.csv", table(30, "class").replace("low", "middle"));
    expectFailure(await cli("evaluate", model, unknown), 2, /"middle" isn't one of the classes/);
  });
});

describe("a damaged model", () => {
  const edit = (change: (json: Record<string, never>) => void) => (copy: string) => {
    const json = JSON.parse(readFileSync(join(copy, "model.json"), "utf8"));
    change(json);
    // Checksums find every damage; with those of the damaged files each shows by itself.
    json.checksums = checksumsFor(readFileSync(join(copy, "model.safetensors")));
    writeFileSync(join(copy, "model.json"), sealJson(JSON.stringify(json, null, 2)));
  };
  // biome-ignore lint/suspicious/noExplicitAny: damage of every kind
  const metadata = (change: (metadata: any) => void) => edit((json) => change(json.metadata));

  test.each<[string, (copy: string) => void, RegExp]>([
    ["truncated safetensors", (copy) => truncateSync(join(copy, "model.safetensors"), 100), /safetensors/],
    ["empty safetensors", (copy) => truncateSync(join(copy, "model.safetensors"), 0), /safetensors/],
    ["truncated JSON", (copy) => truncateSync(join(copy, "model.json"), 100), /not JSON/],
    ["other JSON", (copy) => writeFileSync(join(copy, "model.json"), "[1]"), /model\.json/],
    ["no metadata", edit((json) => delete json.metadata), /doesn't say the task/],
    ["another task", metadata((m) => Object.assign(m, { task: "art" })), /doesn't say the task/],
    ["too few feature names", metadata((m) => m.featureNames.pop()), /features/],
    ["no class names", metadata((m) => delete m.classNames), /classes/],
    ["too many class names", metadata((m) => m.classNames.push("more")), /3 classes for 2 outputs/],
    ["no split", metadata((m) => delete m.split), /doesn't say/],
    [
      "preprocessing without columns",
      edit((json) => delete (json.preprocessing as { columns?: unknown }).columns),
      /describe its columns/,
    ],
    [
      "preprocessing without steps",
      edit((json) => Object.assign(json.preprocessing, { inputs: { features: {} } })),
      /list of columns/,
    ],
  ])("%s ends with 2", async (name, damage, message) => {
    const copy = folder.path(`damaged ${name}`);
    mkdirSync(copy);
    for (const file of ["model.json", "model.safetensors"]) {
      copyFileSync(join(folder.path("model-class"), file), join(copy, file));
    }
    damage(copy);
    expectFailure(await cli("predict", copy, csv.class, ...CPU), 2, message);
    expectFailure(await cli("evaluate", copy, csv.class, ...CPU), 2, message);
  });

  test("a file that is missing", async () => {
    expect(existsSync(folder.path("empty"))).toBe(false);
    mkdirSync(folder.path("empty"));
    expectFailure(await cli("predict", folder.path("empty"), csv.class), 2, /there is no such file/);
  });
});
