import { readFileSync, writeFileSync } from "node:fs";
import { expect } from "vitest";
import { textInput } from "../../src/data/index.js";
import { cli, cliJson, expectFailure, table } from "./command-line.js";
import { configs, type Recorded, type Recorder, record, type SettingTests, SHOWING } from "./recorder.js";

/* Options of the data: that the value of each arrives in the data that a command takes. */

/** Rows that a command reads of the table of classes as it stands in another dialect, by options; undefined where it fails. */
async function readDialect(
  { csv, trainedTable }: Pick<Recorder, "csv" | "trainedTable">,
  name: string,
  change: (text: string) => string,
  options: readonly string[][],
): Promise<(number | undefined)[]> {
  const file = csv.class.replace("class", "dialect");
  writeFileSync(file, change(readFileSync(csv.class, "utf8")));
  const isModels = name === "evaluate" || name === "predict";
  const model = isModels ? await trainedTable() : "";
  const rows: (number | undefined)[] = [];
  for (const option of options) {
    if (isModels || name === "columns") {
      const given = isModels ? [model, file, "--backend", "cpu"] : [file, "--target", "class"];
      const { code, stdout } = await cli(name, ...given, "--json", ...option);
      rows.push(code === 0 ? (JSON.parse(stdout) as { rows: number }).rows : undefined);
      continue;
    }
    const recorded = await record(name, file, "--target", "class", ...option);
    rows.push("data" in recorded ? recorded.data.rows : undefined);
  }
  return rows;
}

export const dataSettings = ({ folder, csv, images, text, texts, trainedTable }: Recorder): SettingTests => ({
  async delimiter({ name }) {
    const change = (text: string) =>
      text.replace('"b, with comma"', "b; with comma").replaceAll(",", "~").replace("b;", "b,");
    const rows = await readDialect({ csv, trainedTable }, name, change, [["--delimiter", "~"], []]);
    expect(rows).toEqual([expect.any(Number), undefined]);
  },
  async quote({ name }) {
    const change = (text: string) => text.replaceAll('"', "'");
    const rows = await readDialect({ csv, trainedTable }, name, change, [["--quote", "'"], ["--quote", '"'], []]);
    expect(rows).toEqual([expect.any(Number), undefined, expect.any(Number)]);
  },
  async header({ name }) {
    const rows = await readDialect({ csv, trainedTable }, name, String, [["--header"], ["--no-header"], []]);
    expect(rows).toEqual([expect.any(Number), undefined, expect.any(Number)]);
  },
  async classNames({ name }) {
    const file = csv.class.replace("class", "None");
    writeFileSync(file, readFileSync(csv.class, "utf8").replaceAll("low", "None"));
    const { data } = (await record(name, file, "--target", "class", "--class-names", "None,high")) as Recorded;
    expect(data.classNames).toEqual(["None", "high"]);
  },
  async "columns.classNames"() {
    const file = csv.class.replace("class", "None");
    writeFileSync(file, readFileSync(csv.class, "utf8").replaceAll("low", "None"));
    const { stdout } = await cli("columns", file, "--target", "class", "--class-names", "None,high", "--json");
    expect(JSON.parse(stdout).classNames).toEqual(["None", "high"]);
  },
  async target({ name }) {
    const result = (await record(name, csv.class, "--target", "class")) as Recorded;
    expect(result.data.targetName).toBe("class");
  },
  async weights({ name }) {
    const result = (await record(name, csv.class, "--target", "class", "--weights", "a")) as Recorded;
    expect(result.data.weights).toHaveLength(result.data.rows);
    expect(result.data.featureNames).toEqual(["id", "b, with comma"]);
  },
  async features({ name }) {
    for (const [given, features] of [
      ["a", ["a"]],
      ['"b, with comma",id', ["b, with comma", "id"]],
    ] as const) {
      const result = (await record(name, csv.class, "--target", "class", "--features", given)) as Recorded;
      expect(result.data.featureNames).toEqual(features);
    }
  },
  async targets({ name }) {
    const result = (await record(name, csv.number, "--targets", "number,a")) as Recorded;
    expect(result.data.targetShape).toEqual([2]);
    expect(result.model.output).toEqual([2]);
  },
  async "columns.targets"() {
    const { stdout } = await cli("columns", csv.number, "--targets", "number,a");
    expect(stdout.match(/^(number|a) +number +target/gm)).toHaveLength(2);
  },
  async ignore({ name }) {
    const result = (await record(name, csv.class, "--target", "class", "--ignore", "id")) as Recorded;
    expect(result.data.featureNames).toEqual(["a", "b, with comma"]);
  },
  async categorical({ name }) {
    const result = (await record(name, csv.class, "--target", "class", "--categorical", "id")) as Recorded;
    expect(result.data.featureNames).toEqual([..."0123456"].map((id) => `id=${id}`).concat("a", "b, with comma"));
  },
  async numeric({ name }) {
    const codes = csv.class.replace("class", "codes");
    writeFileSync(codes, readFileSync(csv.class, "utf8").replace(/^(\d),/gm, "0$1,"));
    const names = async (...options: string[]) =>
      ((await record(name, codes, "--target", "class", ...options)) as Recorded).data.featureNames;
    expect(await names()).toContain("id=01");
    expect(await names("--numeric", "id")).toEqual(["id", "a", "b, with comma"]);
  },
  async missing({ name }) {
    const result = (await record(name, csv.class, "--target", "class", "--missing", "low")) as { stderr: string };
    expect(result.stderr).toMatch(/single class, "high"/);
  },
  async decimal({ name }) {
    const file = csv.class.replace("class", "decimal");
    const lines = Array.from({ length: 40 }, (_, i) => `${1 + (i % 9)},${(i * 37) % 10}00;${i % 2}`);
    writeFileSync(file, `x;class\n${lines.join("\n")}\n`);
    const failed = (await record(name, file, "--target", "class")) as { stderr: string };
    expect(failed.stderr).toMatch(/say whether the comma is decimal/);
    expect(((await record(name, file, "--target", "class", "--decimal", ",")) as Recorded).data.featureNames).toEqual([
      "x",
    ]);
  },
  async dates({ name }) {
    const file = csv.class.replace("class", "dates");
    const lines = Array.from({ length: 40 }, (_, i) => `0${1 + (i % 9)}/0${1 + ((i * 7) % 9)}/2024,${i % 2}`);
    writeFileSync(file, `x,class\n${lines.join("\n")}\n`);
    const failed = (await record(name, file, "--target", "class")) as { stderr: string };
    expect(failed.stderr).toMatch(/say the order of day and month.*Give --dates x=dmy, or --ignore x/);
    const months = async (order: string) => {
      const { data } = (await record(name, file, "--target", "class", "--dates", `x=${order}`)) as Recorded;
      expect(data.featureNames).toContain("x month");
      return data.features;
    };
    expect(await months("dmy")).not.toEqual(await months("mdy"));
  },
  async imageSize({ name }) {
    for (const [size, shape] of [
      ["4x5", [4, 5, 3]],
      ["6x4x1", [6, 4, 1]],
    ] as const) {
      expect(((await record(name, images, "--image-size", size)) as Recorded).data.shape).toEqual(shape);
    }
    const pixels = csv.class.replace("class", "pixels");
    const row = (i: number) => [...Array.from({ length: 6 }, (_, x) => (i * 37 + x * 101) % 256), i % 2].join();
    writeFileSync(pixels, `a,b,c,d,e,f,class\n${Array.from({ length: 40 }, (_, i) => row(i)).join("\n")}\n`);
    const asked = ["--target", "class", "--image-size"];
    const { data } = (await record(name, pixels, ...asked, "2x3")) as Recorded;
    expect([data.shape, Math.max(...data.features) <= 1]).toEqual([[6], true]);
    for (const [file, size, message] of [
      [pixels, "4x5", /has 6 columns beside "class", and such images have 20 pixels/],
      [pixels, "2x3x3", /has 6 columns/],
      ["iris", "4x5", /is for folders of images and files of pixels/],
    ] as const) {
      expect(
        ((await record(name, file, ...(file === "iris" ? ["--image-size"] : asked), size)) as { stderr: string })
          .stderr,
      ).toMatch(message);
    }
  },
  async embed({ name }) {
    const args = [csv.class, "--target", "class", "--categorical", "id", "--embed"];
    for (const columns of [["id"], []]) {
      const result = (await record(name, ...args, ...columns)) as Recorded;
      expect(result.data.featureNames).toEqual(["id", "a", "b, with comma"]);
      const [{ layer }] = result.model.layers;
      expect(layer.config).toMatchObject({ layer: "embedColumns", columns: [{ column: 0, ids: 8, features: 5 }] });
    }
    const refused = (await record(name, csv.class, "--target", "class", "--embed", "a")) as { stderr: string };
    expect(refused.stderr).toContain("--embed a: it must be a feature that holds names, and there is none");
  },
  async text({ name }) {
    const { data, model } = (await record(name, texts, "--target", "label", "--text", "text")) as Recorded;
    expect(data.shape).toEqual(model.input);
    const { ids } = textInput(data.preprocessing!)!;
    const [first, second] = configs({ model });
    expect([first, second]).toMatchObject([{ layer: "embedding", ids, padding: 0 }, { layer: "globalAveragePool1d" }]);
    const refused = (await record(name, texts, "--target", "label")) as { stderr: string };
    expect(refused.stderr).toContain("name them: --text text");
  },
  async "columns.text"() {
    expect((await cli("columns", texts)).stdout).toMatch(/^text +text +left out/m);
    expect((await cli("columns", texts, "--text", "text")).stdout).toMatch(/^text +text +feature/m);
  },
  async tokenizer({ name }) {
    for (const [tokenizer, ids] of [
      ["characters", 3],
      ["words", 5],
      ["bytes", 256],
      ["bpe", 260],
    ] as const) {
      const args = ["--tokenizer", tokenizer, "--context", "4", "--layers", "gru 3"];
      const table = [texts, "--target", "label", "--text", "text"];
      const { data } = (await record(name, ...table, ...args)) as Recorded;
      const { tokenizer: own } = textInput(data.preprocessing!)!;
      expect(own.toJSON().tokenizer).toBe(tokenizer === "bpe" ? "bytePairs" : tokenizer);
      if (name === "cross-validate") continue; // a text's rows are in order
      expect(((await record(name, text, ...args)) as Recorded).model.output).toEqual([4, ids]);
    }
  },
  async vocabulary({ name }) {
    const table = [texts, "--target", "label", "--text", "text", "--vocabulary"];
    const { model } = (await record(name, ...table, "9")) as Recorded;
    expect(configs({ model })[0].ids).toBe(10);
    const wrong = (await record(name, ...table, "9", "--tokenizer", "bytes")) as { stderr: string };
    expect(wrong.stderr).toContain("--vocabulary is for --tokenizer words and bytePairs");
    if (name === "cross-validate") return;
    const args = ["--tokenizer", "words", "--vocabulary", "3", "--context", "4", "--layers", "gru 3"];
    expect(((await record(name, text, ...args)) as Recorded).model.output).toEqual([4, 3]);
    const refused = (await record(name, text, "--vocabulary", "3")) as { stderr: string };
    expect(refused.stderr).toContain("--vocabulary is for --tokenizer words and bytePairs");
  },
  async context({ name }) {
    const table = [texts, "--target", "label", "--text", "text"];
    expect(((await record(name, ...table, "--context", "3")) as Recorded).data.shape).toEqual([3]);
    if (name === "cross-validate") return;
    const { data } = (await record(name, text, "--context", "6", "--layers", "gru 3")) as Recorded;
    expect(data.shape).toEqual([6]);
    const refused = (await record(name, csv.class, "--target", "class", "--context", "6")) as { stderr: string };
    expect(refused.stderr).toContain("--target is for tables");
  },
  async window({ name }) {
    const args = ["--target", "number", "--layers", "lstm 3", "--window"];
    const { data, model } = (await record(name, csv.number, ...args, "5")) as Recorded;
    expect([data.shape, model.output]).toEqual([[5, 4], [1]]);
    const refused = (await record(name, "iris", "--window", "5")) as { stderr: string };
    expect(refused.stderr).toContain("--window is for files whose rows are in order of time");
  },
  async horizon({ name }) {
    const rows = async (horizon: string) => {
      const args = [
        "--target",
        "number",
        "--layers",
        "lstm 3",
        "--window",
        "5",
        "--test",
        "0",
        "--validation",
        "0",
        ...(SHOWING[name] ?? []),
      ];
      return ((await record(name, csv.number, ...args, "--horizon", horizon)) as Recorded).data.rows;
    };
    expect([await rows("1"), await rows("11")]).toEqual([95, 85]);
    const refused = (await record(name, csv.number, "--target", "number", "--horizon", "2")) as { stderr: string };
    expect(refused.stderr).toContain("--horizon is for series: give --window, too");
  },
  async maxRows({ name, settings }) {
    const part = (data: string, ...options: string[]) => record(name, data, "--max-rows", "60", ...options);
    const validation = ["--validation", "0", ...("test" in settings ? ["--test", "0"] : [])];
    const { data } = (await part("iris", ...(SHOWING[name] ?? []), ...validation)) as Recorded;
    expect(data.rows).toBe(name === "cross-validate" ? 48 : 60);
    const classes = [0, 1, 2].map((label) => data.labels.filter((each: number) => each === label).length);
    expect(classes).toEqual(classes.map(() => data.rows / 3));
  },
  async dataDir({ name }) {
    const result = (await record(name, "titanic", "--data-dir", csv.class)) as { stderr: string };
    expect(result.stderr).toContain(`${csv.class}/titanic`);
  },
  async "evaluate.dataDir"() {
    const model = await trainedTable();
    expectFailure(await cli("evaluate", model, "titanic", "--data-dir", csv.class), 2, /titanic/);
  },
  async "columns.target"() {
    const { stdout } = await cli("columns", csv.class, "--target", "id");
    expect(stdout).toMatch(/^id +category +target/m);
  },
  async "columns.task"() {
    const { stdout } = await cli("columns", csv.class, "--target", "id", "--task", "regression");
    expect(stdout).toMatch(/^id +number +target/m);
  },
  async "columns.features"() {
    const { stdout } = await cli("columns", csv.class, "--features", "a");
    expect(stdout).toMatch(/^id +number +left out.*not asked for$/m);
  },
  async "columns.ignore"() {
    expect((await cli("columns", csv.class, "--ignore", "a")).stdout).toMatch(/^a +number +left out/m);
  },
  async "columns.categorical"() {
    expect((await cli("columns", csv.class, "--categorical", "id")).stdout).toMatch(/^id +category/m);
  },
  async "columns.numeric"() {
    expectFailure(await cli("columns", csv.class, "--numeric", "class"), 2, /"class" must be numbers/);
  },
  async "columns.missing"() {
    expect((await cli("columns", csv.class, "--missing", "low")).stdout).toMatch(/^class +category +feature +\d+ +1 /m);
  },
  async "columns.dates"() {
    const file = csv.class.replace("class", "days");
    writeFileSync(file, "x,y\n01/02/2024,a\n03/04/2024,b\n05/06/2024,a\n");
    expectFailure(await cli("columns", file), 2, /order of day and month/);
    expect((await cli("columns", file, "--dates", "x=dmy")).stdout).toMatch(/^x +date +feature/m);
    expectFailure(await cli("columns", file, "--dates", "x=ymmd"), 2, /--dates must be columns with the order/);
  },
  async "columns.decimal"() {
    const file = csv.class.replace("class", "comma");
    writeFileSync(file, "x;y\n1,500;a\n2,250;b\n1,125;a\n");
    expectFailure(await cli("columns", file), 2, /decimal/);
    expect((await cli("columns", file, "--decimal", ",")).stdout).toMatch(/^x +number +feature/m);
  },
  async task({ name }) {
    const args = ["--target", "id", "--task"];
    for (const [task, classes] of [
      ["classification", 7],
      ["regression", undefined],
    ] as const) {
      const result = (await record(name, csv.class.replace("class", "number"), ...args, task)) as Recorded;
      expect(result.data.classes).toBe(classes);
    }
  },
  async scale({ name }) {
    const highest = async (scale: string) => {
      const { data } = (await record(name, "diabetes", "--scale", scale, ...(SHOWING[name] ?? []))) as Recorded;
      return Math.max(...data.features);
    };
    expect(await highest("none")).toBeGreaterThan(100);
    expect(await highest("standard")).toBeLessThan(10);
  },
  async "evaluate.target"() {
    const model = await trainedTable();
    const renamed = folder.write("renamed.csv", table(30, "class").replace("class", "truth"));
    expect(await cliJson("evaluate", model, renamed, "--target", "truth")).toMatchObject({ rows: 30 });
  },
  async "evaluate.weights"() {
    const model = await trainedTable();
    const lines = table(100, "class").trim().split("\n");
    const file = folder.write("weighted.csv", lines.map((line, i) => `${line},${i === 0 ? "w" : i % 3}`).join("\n"));
    const even = await cliJson("evaluate", model, file);
    expect((await cliJson("evaluate", model, file, "--weights", "w")).loss).not.toBe(even.loss);
  },
  async stratify() {
    const classes = async (option: string) => {
      const { data } = (await record("cross-validate", "iris", option)) as Recorded;
      return [0, 1, 2].map((label) => data.labels.filter((each: number) => each === label).length);
    };
    expect(new Set(await classes("--stratify")).size).toBe(1);
    expect(new Set(await classes("--no-stratify")).size).toBeGreaterThan(1);
  },
  async groups() {
    const result = (await record("cross-validate", csv.class, "--target", "class", "--groups", "id")) as Recorded;
    expect(result.data.featureNames).toEqual(["a", "b, with comma"]);
  },
});
