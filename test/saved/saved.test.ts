import { cpSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { FunctionClass } from "../../src/checks/tolerance.js";
import { Dataset } from "../../src/data/index.js";
import { earlyStopping, type FitOptions, meanSquaredError, sgd, Trainer } from "../../src/index.js";
import { bestCheckpoint, checkpoint, loadModel, resume } from "../../src/node.js";
import { cliJson } from "../cli/command-line.js";
import { BACKENDS, useDevices } from "../devices/backends.js";
import { useFolder } from "../fixtures.js";
import { expectClose } from "../tolerance.js";

/*
 * Models and checkpoints of released versions: each folder was written by `make.mjs` with that version, and has beside
 * them what they gave.
 */
const here = fileURLToPath(new URL(".", import.meta.url));
const versions = readdirSync(here, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? entry.name : []));
const device = useDevices();
const folder = useFolder();

const readJson = (...path: string[]) => JSON.parse(readFileSync(join(here, ...path), "utf8"));
const rowsOf = (values: readonly number[], size: number) =>
  Array.from({ length: values.length / size }, (_, row) => values.slice(row * size, (row + 1) * size));

/** The widest that any of the networks is, two layers deep. */
const FORWARD = { terms: 8, functions: ["hyperbolic", "exponential", "division"] as FunctionClass[] };
/** After some steps: each rounds gradients, state and update anew. */
const afterSteps = (steps: number) => ({ terms: 64 * steps, functions: ["root", "division"] as FunctionClass[] });

test("the first release is among them", () => {
  expect(versions).toContain("0.1.0");
});

describe.each(versions)("models of %s", (version) => {
  const names = readdirSync(join(here, version, "models"));
  const loaded = async (name: string) => {
    const model = await loadModel(join(here, version, "models", name));
    const { features, labels, ...expected } = readJson(version, "models", name, "expected.json");
    const data = Dataset.from({ features: rowsOf(features, 3), labels: labels ?? new Array(expected.rows).fill(0) });
    return { model, data, ...expected };
  };
  /** Those that a Trainer must be given, because the model doesn't carry them. */
  const missing = { loss: meanSquaredError(), optimizer: sgd() };

  test.each(names)("%s predicts the same numbers", async (name) => {
    const { model, data, rows, predictions } = await loaded(name);
    // A loaded model is the same on every device.
    for (const backend of name === "classes" ? BACKENDS : (["cpu"] as const)) {
      using trainer = new Trainer(model, { device: device(backend), ...(!model.training?.loss && missing) });
      const { shape, values } = await trainer.predict(data, { probabilities: true });
      expect(shape[0]).toBe(rows);
      expectClose(values, predictions, { ...FORWARD, what: `${name} on ${backend}` });
    }
  });

  const continued = names.filter((name) => readJson(version, "models", name, "expected.json").continued);
  test.each(continued)("%s goes on where it was", async (name) => {
    const { model, data, continued } = await loaded(name);
    using trainer = new Trainer(model, { device: device("cpu") });
    expect([trainer.epoch, trainer.step]).toEqual([2, 6]);
    await trainer.fit(data, { epochs: 2, batchSize: 8 });
    const { values } = await trainer.predict(data, { probabilities: true });
    expectClose(values, continued, { ...afterSteps(6), what: name });
  });

  test("every optimizer's state is among them", () => {
    expect(continued.length).toBeGreaterThanOrEqual(9);
  });

  test("a loss and a schedule of one's own must be given again, and the error says so", async () => {
    const { model, data } = await loaded("own");
    expect(() => new Trainer(model, { device: device("cpu") })).toThrow(/needs a loss/);
    using trainer = new Trainer(model, { device: device("cpu"), loss: meanSquaredError() });
    await expect(trainer.fit(data)).rejects.toThrow(/schedule "custom".*Give it to the Trainer again/);
  });
});

describe.each(versions)("checkpoints of %s", (version) => {
  test.each(readdirSync(join(here, version, "runs")))("%s go on to the same end", async (name) => {
    const { features, labels, validation, fit, patience, ...expected } = readJson(
      version,
      "runs",
      name,
      "expected.json",
    );
    const directory = folder.path(`${version}-${name}`);
    cpSync(join(here, version, "runs", name, "checkpoints"), directory, { recursive: true });
    const data = Dataset.from({ features: rowsOf(features, 3), labels });
    using trainer = (await resume(directory, { device: device("cpu") }))!;
    const done = trainer.epoch;
    const options: FitOptions = { ...fit, seed: undefined, batchSize: undefined, microBatchSize: undefined };
    const callbacks = [earlyStopping({ patience }), checkpoint({ directory, keep: 1 })];
    const history = await trainer.fit(data, { ...options, validation: data.take(validation), callbacks, resume: true });
    expect(history.stopped).toBe(expected.stopped);
    const losses = history.epochs.map(({ loss }) => loss);
    expectClose(losses, expected.losses.slice(done), { ...afterSteps(3 * losses.length), what: "losses" });
    for (const [parameter, { values }] of trainer.model.parameters()) {
      expectClose(values, expected.parameters[parameter], { ...afterSteps(3 * losses.length), what: parameter });
    }
    expect(existsSync((await bestCheckpoint(directory))!)).toBe(true);
  });
});

describe.each(versions)("what the command line of %s saved", (version) => {
  const path = (...names: string[]) => join(here, version, "command-line", ...names);
  const { evaluations, resumed } = readJson(version, "command-line", "expected.json");

  test.each(Object.keys(evaluations))("%s: evaluates to the same scores", async (name) => {
    const scores = await cliJson("evaluate", path(name), name === "iris" ? name : path(`${name}.csv`));
    for (const [score, value] of Object.entries<number>(evaluations[name])) {
      expectClose([scores[score]], [value], { ...FORWARD, what: score });
    }
  });

  test.each(["houses", "kinds"])("%s: predicts the same of new rows", async (name) => {
    const out = folder.path(`${version}-${name}.csv`);
    await cliJson("predict", path(name), path("new.csv"), "--out", out);
    const [cells, expected] = [out, path(`${name}-predicted.csv`)].map((file) =>
      readFileSync(file, "utf8").split(/[,\n]/),
    );
    expect(cells).toHaveLength(expected.length);
    for (const [i, cell] of expected.entries()) {
      if (cell === "" || Number.isNaN(Number(cell))) expect(cells[i]).toBe(cell);
      else expectClose([Number(cells[i])], [Number(cell)], { ...FORWARD, what: cell });
    }
  });

  test("a run goes on from its checkpoint", async () => {
    const directory = folder.path(`${version}-run`);
    cpSync(path("run"), directory, { recursive: true });
    const { epochs, loss, accuracy } = await cliJson("train", "iris", "--resume", directory);
    expect(epochs).toBe(3);
    expectClose([loss, accuracy], [resumed.loss, resumed.accuracy], afterSteps(21));
  });
});
