import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { CommandSpec } from "../../src/cli/commands/command.js";
import { commands } from "../../src/cli/commands/index.js";
import { trainSettings } from "../../src/cli/commands/train-settings.js";
import { type Destination, longFlag, negatedFlag, type Setting, type Table } from "../../src/cli/settings/setting.js";
import { modelSettings } from "../../src/cli/settings/table.js";
import { takersOf } from "../../src/cli/settings/takers.js";
import type { Dataset } from "../../src/data/index.js";
import { type Callback, DivergedError, lossNames, type Model, optimizerNames, Trainer } from "../../src/index.js";
import type { SavedTraining } from "../../src/model/model.js";
import { useFolder } from "../fixtures.js";
import { cli, cliJson, expectFailure, table, writeImages } from "./command-line.js";

/*
 * Every value of every option arrives: in the settings that are saved, and in what trains. The cases come from the
 * tables, so that a new option is covered, or fails here until `byHand` says how it is tested.
 */

const folder = useFolder();
const images = writeImages(folder, "images");
const csv = {
  class: folder.write("class.csv", table(100, "class")),
  number: folder.write("number.csv", table(100, "number")),
};

/** A trainer as a command made it, and the first call that would have trained. */
interface Recorded {
  model: Model;
  training: SavedTraining;
  data: Dataset;
  options: Record<string, unknown>;
}

afterEach(() => vi.restoreAllMocks());

/** Runs a command up to its first training. */
async function record(...args: string[]): Promise<Recorded | { stderr: string }> {
  let recorded: Recorded | undefined;
  for (const method of ["fit", "profile", "findLearningRate", "explainStep"] as const) {
    vi.spyOn(Trainer.prototype, method).mockImplementation(async function (this: Trainer, data: Dataset, options = {}) {
      const training = await this.training(false);
      recorded ??= { model: this.model, training, data, options: options as Record<string, unknown> };
      throw new Error("recorded");
    });
  }
  const { stderr } = await cli(...args, "--backend", "cpu");
  vi.restoreAllMocks();
  return recorded ?? { stderr };
}

const configs = ({ model }: Recorded) => model.layers.map(({ layer }) => layer.config);
const hidden = (recorded: Recorded) =>
  configs(recorded)
    .filter(({ layer }) => layer === "dense")
    .slice(0, -1);

/** How many epochs of no progress a callback watches before it stops. */
async function patienceOf(callback: Callback): Promise<number> {
  for (let epoch = 1; epoch < 100; epoch++) {
    const record = { epoch, loss: epoch, learningRate: 1, seconds: 0 };
    const control = { keepParameters() {}, scores: new Map([["loss", "lower"]]) };
    if ((await callback.onEpoch?.(record, control as never)) === "stop") return epoch - 1;
  }
  return 0;
}

type Going<To> = Extract<Destination, { to: To }>;
/** Finds a value where its destination says that it goes. */
const arrived: {
  [To in Destination["to"]]?: (recorded: Recorded, goes: Going<To>, value: unknown) => unknown;
} = {
  layers: (recorded, _, value) => expect(hidden(recorded).map(({ units }) => units)).toEqual(value),
  dense(recorded, { option }, value) {
    const found = hidden(recorded).map(({ [option]: own }) => (own as Record<string, unknown>)[option] ?? own);
    expect(found).toEqual(found.map(() => value));
  },
  before: (recorded, { layer, option }, value) =>
    expect(configs(recorded)[0]).toMatchObject({ layer, [option]: value }),
  after(recorded, { layer, option }, value) {
    const found = configs(recorded).filter((config) => config.layer === layer);
    expect(found).toEqual(hidden(recorded).map(() => expect.objectContaining({ [option]: value })));
  },
  loss: ({ training, data }, { option, from }, value) =>
    expect(training.loss!.config[option]).toEqual(from ? from(value, data) : value),
  optimizer: ({ training }, { option }, value) => expect(training.optimizer!.config[option]).toEqual(value),
  wrapper({ training }, { optimizer, option }, value) {
    expect(training.optimizer!.config.optimizer).toMatch(new RegExp(`^${optimizer}\\(`));
    expect(training.optimizer!.config[option]).toBe(value);
  },
  gradients: ({ training }, { rule, option }, value) =>
    expect(training.gradients!.map((each) => each!.config)).toContainEqual({ rule, [option]: value }),
  schedule: ({ training }, _, value) => expect(training.schedule!.config.schedule).toBe(value),
  fit: ({ options }, { option, from }, value) => expect(options[option]).toEqual(from ? from(value) : value),
  async callbacks({ options }, goes, value) {
    const { name } = goes.callback(value);
    const callback = (options.callbacks as Callback[]).find((each) => each.name === name)!;
    expect(await { earlyStopping: patienceOf }[name as "earlyStopping"](callback)).toBe(value);
  },
  seed: ({ model }, _, value) => expect(model.seed).toBe(value),
};

const commandOf = (wanted: string) => commands.find(({ name }) => name === wanted)!;

/** Options without which a command doesn't show another. */
const SHOWING: Record<string, string[]> = { explain: ["--epochs", "1"] };

/** Data that an option can be given with. */
const dataFor = (name: string) => (name === "augment" ? [images] : ["iris", "diabetes"]);

/** Runs a command with a value of a setting, on data and with a loss and optimizer that take it. */
async function recordWith(command: CommandSpec, name: string, text: string): Promise<Recorded> {
  const { goes } = command.settings[name];
  const chosen = goes.to === "loss" || goes.to === "optimizer" ? goes : undefined;
  const all = chosen && chosen.to !== name ? takersOf(chosen.to, chosen.option) : [];
  const isForSome = all.length > 0 && all.length < (chosen!.to === "loss" ? lossNames : optimizerNames).length;
  const takers = isForSome ? all : [{ name: undefined }];
  let last = "";
  for (const taker of takers) {
    for (const data of dataFor(name)) {
      const choice = taker.name === undefined ? [] : [longFlag(chosen!.to), taker.name];
      const showing = name === "epochs" ? [] : (SHOWING[command.name] ?? []);
      const result = await record(command.name, data, longFlag(name), text, ...choice, ...showing);
      if ("model" in result) return result;
      last = result.stderr;
    }
  }
  throw new Error(`${command.name} ${longFlag(name)} ${text} trains nothing: ${last}`);
}

/** Fractions show in how many rows are left to train on. */
async function splitArrives(command: CommandSpec, part: string, text: string, value: number): Promise<void> {
  const others = ["validation", "test"].filter((other) => other !== part && other in command.settings);
  const args = [
    command.name,
    "iris",
    ...(SHOWING[command.name] ?? []),
    ...others.flatMap((other) => [`--${other}`, "0"]),
  ];
  const whole = (await record(...args, `--${part}`, "0")) as Recorded;
  const { data, options } = (await record(...args, `--${part}`, text)) as Recorded;
  expect(data.rows / whole.data.rows).toBeCloseTo(1 - value, 1);
  const { validation } = options as { validation?: Dataset };
  if (validation) expect(validation.rows + data.rows).toBe(whole.data.rows);
}

/** Tests of the options that do something else than train, by command or for all that have them. */
const byHand: Record<string, (command: CommandSpec) => Promise<unknown>> = {
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
    const lines = Array.from({ length: 40 }, (_, i) => `${i % 9},${(i * 37) % 10}00;${i % 2}`);
    writeFileSync(file, `x;class\n${lines.join("\n")}\n`);
    const failed = (await record(name, file, "--target", "class")) as { stderr: string };
    expect(failed.stderr).toMatch(/say whether the comma is decimal/);
    expect(((await record(name, file, "--target", "class", "--decimal", ",")) as Recorded).data.featureNames).toEqual([
      "x",
    ]);
  },
  async maxRows({ name }) {
    const part = (data: string, ...options: string[]) => record(name, data, "--max-rows", "60", ...options);
    const validation = ["--validation", "0", ...("test" in commandOf(name).settings ? ["--test", "0"] : [])];
    const { data } = (await part("iris", ...(SHOWING[name] ?? []), ...validation)) as Recorded;
    expect(data.rows).toBe(name === "cross-validate" ? 48 : 60);
    const classes = [0, 1, 2].map((label) => data.labels.filter((each: number) => each === label).length);
    expect(classes).toEqual(classes.map(() => data.rows / 3));
  },
  async "explain.epochs"() {
    expect(await cliJson("explain", "xor", "--epochs", "0")).toMatchObject({ epochs: 0, step: 1 });
    expect(await cliJson("explain", "xor", "--epochs", "3")).toMatchObject({ epochs: 3, step: 4 });
    expect(await cliJson("explain", "iris", "--epochs", "0", "--schedule", "cosine")).toMatchObject({ step: 1 });
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
  async preset({ name }) {
    const layers = async (preset: string) => hidden((await record(name, "iris", "--preset", preset)) as Recorded);
    expect((await layers("auto")).map(({ units }) => units)).toEqual([16, 8]);
    expect((await layers("none")).map(({ units }) => units)).toEqual([32]);
    expect((await layers("xor")).map(({ units }) => units)).toEqual([6]);
  },
  async backend() {
    for (const backend of ["cpu", "wasm"]) {
      expect(JSON.parse((await cli("device", "--backend", backend, "--json")).stdout)).toMatchObject({ backend });
    }
  },
  async json() {
    expect(JSON.parse((await cli("device", "--backend", "cpu", "--json")).stdout)).toBeTypeOf("object");
  },
  async quiet() {
    const [long, short] = [await cli("device", "--backend", "cpu"), await cli("device", "--backend", "cpu", "--quiet")];
    expect(short.stdout.length).toBeLessThan(long.stdout.length);
  },
  async out() {
    await cliJson("train", "iris", "--epochs", "1", "--out", folder.path("out"));
    expect(existsSync(folder.path("out/model.json"))).toBe(true);
  },
  async run() {
    const before = process.cwd();
    process.chdir(folder.path(""));
    try {
      expect(await cliJson("train", "iris", "--epochs", "1", "--run", "first")).toMatchObject({ out: "runs/first" });
      expect(existsSync(folder.path("runs/first/model.json"))).toBe(true);
    } finally {
      process.chdir(before);
    }
  },
  async checkpoint() {
    await cliJson("train", "iris", "--epochs", "1", "--checkpoint", folder.path("checkpoints"));
    expect(existsSync(folder.path("checkpoints/epoch-000001/model.json"))).toBe(true);
  },
  async keep() {
    // Every epoch is worse than the first.
    const worse = ["--optimizer", "sgd", "--lr", "100", "--loss", "meanAbsoluteError", "--epochs", "6"];
    const kept = async (keep: string) => {
      const directory = folder.path(`kept ${keep}`);
      await cliJson("train", "iris", ...worse, "--checkpoint", directory, "--keep", keep);
      return [1, 2, 3, 4, 5, 6].filter((epoch) => existsSync(join(directory, `epoch-00000${epoch}`)));
    };
    const two = await kept("2");
    expect(two.slice(-2)).toEqual([5, 6]);
    expect(two.length).toBeLessThan((await kept("5")).length);
  },
  async resume() {
    const directory = folder.path("resumed");
    await cliJson("train", "iris", "--epochs", "1", "--schedule", "constant", "--checkpoint", directory);
    expect(await cliJson("train", "iris", "--resume", directory, "--epochs", "3")).toMatchObject({ epochs: 2 });
  },
  async digits({ name }) {
    const report = ["--digits", "4", "--backend", "cpu"];
    const args = name === "train" ? ["train", "iris", "--epochs", "1"] : ["evaluate", await trainedTable(), csv.class];
    expect((await cli(...args, ...report)).stdout).toMatch(/weighted avg( +[01]\.\d{4}){3} +\d+\n/);
  },
  async heldOut() {
    await cliJson("train", "iris", "--epochs", "1", "--out", folder.path("held out"));
    expect(await cliJson("evaluate", folder.path("held out"), "iris")).toMatchObject({ rows: 150 });
    expect(await cliJson("evaluate", folder.path("held out"), "iris", "--held-out")).toMatchObject({ rows: 30 });
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
  async probabilities() {
    const model = await trainedTable();
    expect((await cliJson("predict", model, csv.class, "--probabilities")).probabilities).toHaveLength(100);
  },
  async "predict.out"() {
    const model = await trainedTable();
    await cliJson("predict", model, csv.class, "--out", folder.path("predicted.csv"));
    expect(readFileSync(folder.path("predicted.csv"), "utf8")).toContain("prediction");
  },
  async language(command) {
    expect(readFileSync(join(await pageFolder(command, "--language", "es"), "report.html"), "utf8")).toContain(
      '<html lang="es">',
    );
  },
  async png(command) {
    expect(readdirSync(join(await pageFolder(command, "--png"), "charts"))).not.toEqual([]);
  },
  async "report.out"(command) {
    expect(readdirSync(await pageFolder(command))).toEqual(["report.html"]);
  },
  async "compare.out"(command) {
    expect(readdirSync(await pageFolder(command))).toEqual(["report.html"]);
  },
  async trace() {
    await cliJson("profile", "xor", "--trace", folder.path("trace.json"));
    expect(JSON.parse(readFileSync(folder.path("trace.json"), "utf8")).traceEvents).not.toEqual([]);
  },
  async wgsl() {
    const args = ["profile", "xor", "--json", "--backend", "webgpu"];
    expect(JSON.parse((await cli(...args, "--wgsl")).stdout).kernels[0].wgsl).toContain("fn main(");
    expect(JSON.parse((await cli(...args)).stdout).kernels).toBeUndefined();
  },
  async quick() {
    const [cut] = JSON.parse((await cli("reproduce", "E5", "--quick", "--json", "--backend", "cpu")).stdout).rows;
    expect(cut.figures[0].command).toContain("--epochs 4");
  },
  async seeds() {
    const args = ["reproduce", "A1", "--json", "--backend", "cpu", "--seeds", "2", "--seed", "5"];
    const { stdout } = await cli(...args, "--out", folder.path("seeds"));
    expect(JSON.parse(stdout).rows[0].seeds).toBe(2);
    expect(readFileSync(folder.path("seeds", "runs.jsonl"), "utf8")).toMatch(/--seed 5 .*\n.*--seed 6 /);
  },
  async "reproduce.out"() {
    await cli("reproduce", "D1", "--quiet", "--backend", "cpu", "--out", folder.path("reproduced"));
    expect(existsSync(folder.path("reproduced", "runs.jsonl"))).toBe(true);
  },
  async "reproduce.dataDir"() {
    const { stderr } = await cli("reproduce", "C5", "--quiet", "--backend", "cpu", "--data-dir", csv.class);
    expect(stderr).toBe(""); // --quiet
    const { stdout } = await cli("reproduce", "C5", "--backend", "cpu", "--data-dir", csv.class);
    expect(stdout).toContain(`${csv.class}/titanic`);
  },
  async rows() {
    expect(((await record("explain", "iris", "--rows", "3")) as Recorded).data.rows).toBe(3);
  },
  async from() {
    expect(((await record("find-rate", "iris", "--from", "1e-4")) as Recorded).options).toMatchObject({ from: 1e-4 });
  },
  async to() {
    expect(((await record("find-rate", "iris", "--to", "3")) as Recorded).options).toMatchObject({ to: 3 });
  },
  async steps() {
    expect(((await record("find-rate", "iris", "--steps", "7")) as Recorded).options).toMatchObject({ steps: 7 });
  },
  async folds() {
    const folds = await cliJson("cross-validate", "iris", "--epochs", "1", "--folds", "3");
    expect(folds.perFold.map(({ rows }: { rows: number }) => rows)).toEqual([50, 50, 50]);
  },
  async repeats() {
    const args = ["cross-validate", "iris", "--epochs", "1", "--folds", "2", "--repeats"];
    expect((await cliJson(...args, "3")).perFold).toHaveLength(6);
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
};

async function trainedTable(): Promise<string> {
  const model = folder.path("table");
  await cliJson("train", csv.class, "--target", "class", "--epochs", "2", "--out", model);
  return model;
}

/** Has a command write its page. @returns the folder of it */
async function pageFolder({ name }: CommandSpec, ...options: string[]): Promise<string> {
  const out = folder.next();
  const model = await trainedTable();
  const args: Record<string, string[]> = {
    train: [csv.class, "--target", "class", "--epochs", "1"],
    report: [model],
    compare: [model],
    reproduce: ["D1"],
  };
  expect(await cli(name, ...args[name], "--out", out, ...options)).toMatchObject({ code: 0 });
  return out;
}

const valuesOf = ({ kind }: Setting) => kind.examples.map((text) => [text, kind.parse(text)] as const);

/** An option that several commands have alike is tested once where it trains nothing. */
const done = new Set<string>();

describe.each(commands.map((command) => [command.name, command] as const))("%s", (_, command) => {
  test.each(Object.keys(command.settings))("%s arrives", async (name) => {
    const setting = command.settings[name];
    const { goes } = setting;
    if (goes.to === "split") {
      for (const [text, value] of valuesOf(setting)) await splitArrives(command, goes.part, text, value as number);
      return;
    }
    const find = arrived[goes.to] as ((recorded: Recorded, goes: Destination, value: unknown) => unknown) | undefined;
    if (goes.to === "seed" && !("layers" in command.settings)) return; // trains nothing that could be random
    if (find) {
      for (const [text, value] of valuesOf(setting)) {
        const recorded = await recordWith(command, name, text);
        await find(recorded, goes, value);
        if (command.name !== "train" || !(name in modelSettings)) continue;
        const { settings, split } = recorded.model.metadata as Record<string, Record<string, unknown>>;
        expect({ ...split, ...settings }[name]).toEqual(value);
      }
      return;
    }
    const own = byHand[`${command.name}.${name}`] ?? byHand[name];
    expect(own, `${command.name} ${longFlag(name)}: say in byHand how it is tested that it arrives`).toBeDefined();
    if (goes.to === "command" && setting.group === "Run" && done.has(name)) return;
    done.add(name);
    await own(command);
  });
});

test("the name of the API and the second one are the same option", async () => {
  const second = ({ short, alias = short }: Table[string]) => alias;
  const both = Object.entries(modelSettings as Table).filter(([, setting]) => second(setting) !== undefined);
  expect(both.length).toBeGreaterThan(2);
  const train = commands.find(({ name }) => name === "train")!;
  for (const [name, setting] of both) {
    const [text] = setting.kind.examples;
    const recorded = (await record("train", "iris", `--${second(setting)}`, text)) as Recorded;
    expect(recorded.model.metadata).toEqual((await recordWith(train, name, text)).model.metadata);
  }
});

test.each(
  Object.entries(trainSettings as Table).filter(([, { goes, kind }]) => {
    return goes.to !== "data" && goes.to !== "command" && kind.examples.length > 1;
  }),
)("several values of %s make a grid", async (name, { kind, goes }) => {
  const chosen = goes.to === "loss" || goes.to === "optimizer" ? goes : undefined;
  const taker =
    chosen && chosen.to !== name ? [longFlag(chosen.to), takersOf(chosen.to, chosen.option).at(-1)!.name] : [];
  const found: unknown[] = [];
  vi.spyOn(Trainer.prototype, "fit").mockImplementation(async function (this: Trainer) {
    const { settings, split } = this.model.metadata as Record<string, Record<string, unknown>>;
    found.push({ ...split, ...settings }[name]);
    throw new DivergedError("recorded", 1, 1, "loss");
  });
  // Losses of classes, but the one that is for counts.
  const texts = kind.examples.filter((text) => text !== "poisson").slice(0, 3);
  const options = kind.hasCommas ? texts.flatMap((text) => [longFlag(name), text]) : [longFlag(name), texts.join(",")];
  const [data] = dataFor(name);
  const { code, stderr } = await cli("train", data, ...options, ...taker, "--backend", "cpu", "--quiet");
  expect({ code, stderr }).toEqual({ code: 1, stderr: "neuromotor: recorded\n" }); // all of them diverged
  expect(found).toEqual(texts.map((text) => kind.parse(text)));
});

test("what can be negated is off by its --no- option", async () => {
  const recorded = (await record("train", "iris", negatedFlag("earlyStopping"))) as Recorded;
  expect(recorded.options.callbacks).toEqual([]);
  expect(recorded.model.metadata).toMatchObject({ settings: { earlyStopping: 0 } });
});

test.each(Object.entries(modelSettings as Table))("%s: text and value are the same thing", (_, setting) => {
  const { kind } = setting;
  for (const [text, value] of valuesOf(setting)) expect(kind.parse(kind.format(value)), text).toEqual(value);
  if (setting.default !== undefined && setting.default !== kind.negated) {
    expect(kind.parse(kind.format(setting.default))).toEqual(setting.default);
  }
});

test("an option of other commands says whose it is", async () => {
  const { code, stderr } = await cli("cross-validate", "iris", "--test", "0.2");
  expect(code).toBe(2);
  expect(stderr).toMatch(/unknown option '--test'.* It is an option of train, compare-backends, .*explain\./);
});

test("help and reference have every option of every command, with its default", async () => {
  const { code, stdout } = await cli("reference");
  expect(code).toBe(0);
  for (const [i, command] of commands.entries()) {
    const section = stdout.split(/^## neuromotor /m)[i + 1];
    const { stdout: help } = await cli(command.name, "--help");
    expect(section.startsWith(command.name)).toBe(true);
    for (const [name, { default: value, kind, help: words }] of Object.entries(command.settings)) {
      const line = section.split("\n").find((each) => new RegExp(`${longFlag(name)}[ ,\`]`).test(each))!;
      expect(line, `${command.name} ${name}`).toContain(words);
      expect(help).toContain(longFlag(name));
      if (value !== undefined && value !== kind.negated)
        expect(line).toMatch(new RegExp(`(default:|else) ${kind.format(value)}`));
    }
  }
});

test("help of options that only some take says which, and their defaults", async () => {
  const { stdout } = await cli("train", "--help");
  const line = (flag: string) => stdout.split("\n").find((each) => each.includes(flag))!;
  expect(line("--momentum")).toMatch(/\(for sgd, rmsprop; default: 0\)$/);
  expect(line("--gamma")).toMatch(/\(for categoricalFocal, focal; default: 2\)$/);
  expect(line("--alpha")).toMatch(/\(for focal; default: 0\.25\)$/);
  expect(line("--weight-decay")).toMatch(/\(default: the preset's, else 0, 0\.01 for adamw\)$/);
  expect(line("--early-stopping [patience]")).toMatch(/\(10 without a number; default: the preset's\)$/);
});
