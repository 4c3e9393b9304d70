// @module-tag slow
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Dataset } from "../../src/data/index.js";
import {
  adam,
  type Backend,
  dense,
  medianPruning,
  type Sweep,
  type SweepOptions,
  sequential,
  softmaxCrossEntropy,
  sweep,
  Trainer,
  type Trial,
} from "../../src/index.js";
import { openDevice, openJournal } from "../../src/node.js";
import { irisSplit } from "../fixtures.js";

let device: Backend;
let train: Dataset;
let validation: Dataset;
let folder: string;
beforeAll(async () => {
  device = await openDevice({ backend: "wasm" });
  ({ train, test: validation } = await irisSplit());
  folder = mkdtempSync(join(tmpdir(), "journal-"));
});
afterAll(() => {
  device.dispose();
  rmSync(folder, { recursive: true });
});

const space = {
  rate: { low: 1e-3, high: 1, log: true },
  units: { low: 3, high: 6, integer: true },
  activation: ["relu", "tanh"],
};

let trained = 0;
const build = ({ rate, units, activation, seed }: Trial) => {
  trained++;
  const layers = [dense(units as number, { activation: activation as "relu" }), dense(3)];
  const optimizer = adam({ learningRate: rate as number });
  return new Trainer(sequential({ input: [4], seed }, layers), { device, loss: softmaxCrossEntropy(), optimizer });
};

const options = (journal: SweepOptions["journal"], trials = 15): SweepOptions => ({
  search: space,
  trials,
  group: 5,
  seed: 4,
  pruning: medianPruning({ startup: 3 }),
  fit: { epochs: 4, validation },
  journal,
});

const table = ({ runs, ranking }: Sweep) => ({
  runs: runs.map(({ configuration, seed, state, scores, parameters }) => ({
    configuration,
    seed,
    state,
    scores,
    parameters,
  })),
  ranking: ranking.map(({ configuration }) => configuration),
});

/** The operations of a journal, without what depends on the clock and on the process. */
const operations = (path: string) =>
  readFileSync(path, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => {
      const { worker_id, datetime_start, datetime_complete, ...operation } = JSON.parse(line);
      for (const run of operation.user_attr?.runs ?? []) delete run.seconds;
      return operation;
    });

test("a sweep that was killed at any line goes on to the same table, and trains nothing twice", async () => {
  const path = join(folder, "whole.journal");
  const whole = await sweep(train, build, options(path));
  const bytes = readFileSync(path);
  const lines = bytes.toString().split("\n");
  expect(whole.runs.some(({ state }) => state === "pruned")).toBe(true);
  expect(existsSync(`${path}.lock`)).toBe(false);

  // All of it is there: nothing is left to be trained.
  trained = 0;
  const again = await sweep(train, build, options(path));
  expect(trained).toBe(0);
  expect(table(again)).toEqual(table(whole));
  expect(readFileSync(path)).toEqual(bytes);

  // After some whole lines, and in the middle of others.
  const ends = [0, 1, 2, 7, 40, lines.length - 3].map((count) =>
    Buffer.byteLength(`${lines.slice(0, count).join("\n")}\n`),
  );
  for (const end of [...ends, ends[3] - 9, ends[4] + 5, bytes.length - 2]) {
    const cut = join(folder, `cut-${end}.journal`);
    writeFileSync(cut, bytes.subarray(0, end));
    trained = 0;
    const resumed = await sweep(train, build, options(cut));
    expect(table(resumed)).toEqual(table(whole));
    const finished = bytes
      .subarray(0, end)
      .toString()
      .split("\n")
      .filter((line) => /"op_code":6.*\}$/.test(line)).length;
    expect(trained).toBe(15 - finished);
    const left = operations(cut);
    expect(left.filter(({ op_code }) => op_code === 4)).toHaveLength(15);
    expect(left.filter(({ op_code }) => op_code === 6)).toHaveLength(15);
  }
  const more = await sweep(train, build, options(path, 20));
  expect(table(more).runs.slice(0, 15)).toEqual(table(whole).runs);
});

test("another sweep's journal is refused", async () => {
  const path = join(folder, "other.journal");
  await sweep(train, build, options(path, 5));
  const other = (changed: SweepOptions) => sweep(train, build, { ...options(path, 5), ...changed });
  await expect(other({ seed: 5 })).rejects.toThrow('study "sweep" is another sweep');
  await expect(other({ search: { ...space, rate: { low: 1e-3, high: 2, log: true } } })).rejects.toThrow(
    "another path",
  );
  await expect(other({ mode: "max", monitor: "loss" })).rejects.toThrow("another sweep: different in objectives");
  const { fit } = options(path, 5);
  await expect(other({ fit: { ...fit, batchSize: 7 } })).rejects.toThrow("another sweep: different in fit");
  const reversed = train.take(Array.from({ length: train.rows }, (_, i) => train.rows - 1 - i));
  await expect(sweep(reversed, build, options(path, 5))).rejects.toThrow("another sweep: different in data");
  await expect(other({ fit: { ...fit, validation: reversed } })).rejects.toThrow("another sweep: different in data");
  // A study of another name in the same file.
  const named = openJournal(path, { study: "second" });
  const second = await sweep(train, build, { ...options(named, 5), seed: 5 });
  expect(second.runs).toHaveLength(5);
  expect(
    operations(path)
      .filter(({ op_code }) => op_code === 0)
      .map(({ study_name }) => study_name),
  ).toEqual(["sweep", "second"]);
  expect(() => openJournal(path, { sudy: "x" } as never)).toThrow("Did you mean study?");
});

test("writers take turns, and a lock whose owner has ended holds nobody up", async () => {
  const path = join(folder, "turns.journal");
  const journals = Array.from({ length: 4 }, () => openJournal(path));
  const seen: number[] = [];
  await Promise.all(
    Array.from({ length: 40 }, (_, i) =>
      journals[i % 4].update((added) => {
        seen.push(added.length);
        return [JSON.stringify({ op_code: 0, study_name: `study ${i}`, directions: [1] })];
      }),
    ),
  );
  expect(new Set(operations(path).map(({ study_name }) => study_name)).size).toBe(40);
  // Each saw all lines but its own.
  expect(seen.reduce((a, b) => a + b)).toBeGreaterThanOrEqual(40);
  const dead = spawnSync(process.execPath, ["-e", ""]).pid;
  symlinkSync(`${dead}@${hostname()}`, `${path}.lock`);
  await journals[0].update(() => []);
  expect(readdirSync(folder).filter((name) => name.includes("lock"))).toEqual([]);
});

const PYTHON = "/usr/bin/python3";
const hasOptuna = spawnSync(PYTHON, ["-c", "import optuna"]).status === 0;
if (!hasOptuna && !process.env.CI) {
  console.warn("python3-optuna is not installed: that Optuna opens a sweep's journal is not tested here.");
}

/** Runs a program with Optuna's journal at `path` as `storage`. @returns what it prints, as JSON */
function python(path: string, program: string): unknown {
  const head = `
import json, optuna, warnings
warnings.simplefilter("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)
storage = optuna.storages.JournalStorage(optuna.storages.JournalFileStorage(${JSON.stringify(path)}))
`;
  return JSON.parse(execFileSync(PYTHON, ["-c", head + program], { encoding: "utf8" }));
}

test.runIf(hasOptuna || process.env.CI)(
  "Optuna reads a journal and goes on with the study, and so does sweep",
  async () => {
    const path = join(folder, "optuna.journal");
    const first = await sweep(train, build, options(path));
    const read = python(
      path,
      `
study = optuna.load_study(study_name="sweep", storage=storage)
print(json.dumps([[t.number, t.state.name, t.params, t.values, t.intermediate_values] for t in study.trials]))
`,
    ) as [number, string, Record<string, unknown>, number[] | null, Record<string, number>][];
    expect(read.map(([number, state, params]) => [number, state, params])).toEqual(
      first.runs.map(({ configuration, state }, i) => [
        i,
        { done: "COMPLETE", pruned: "PRUNED", diverged: "FAIL" }[state],
        configuration,
      ]),
    );
    for (const [number, , , values, intermediate] of read) {
      const { scores, history } = first.runs[number];
      expect(values).toEqual([scores!.loss]);
      expect(Object.values(intermediate)).toEqual(history!.epochs.map(({ validation }) => validation!.loss));
    }

    const after = python(
      path,
      `
study = optuna.load_study(study_name="sweep", storage=storage, sampler=optuna.samplers.TPESampler(seed=1))
def objective(trial):
    rate = trial.suggest_float("rate", 1e-3, 1, log=True)
    trial.suggest_int("units", 3, 6)
    trial.suggest_categorical("activation", ["relu", "tanh"])
    return 7 + rate
study.optimize(objective, n_trials=5)
print(json.dumps([[t.state.name, t.params, t.values] for t in study.trials[15:]]))
`,
    ) as [string, Record<string, unknown>, number[]][];
    expect(after).toHaveLength(5);
    trained = 0;
    const last = await sweep(train, build, options(path, 25));
    expect(trained).toBe(5);
    expect(last.runs.slice(15, 20).map(({ configuration, scores }) => [configuration, scores!.loss])).toEqual(
      after.map(([, params, [value]]) => [params, value]),
    );
    expect(python(path, `print(json.dumps(len(optuna.load_study(study_name="sweep", storage=storage).trials)))`)).toBe(
      25,
    );
  },
);

test.runIf(hasOptuna || process.env.CI)("sweep goes on with a study that Optuna began", async () => {
  const path = join(folder, "begun.journal");
  python(
    path,
    `
study = optuna.create_study(study_name="theirs", direction="minimize", storage=storage, sampler=optuna.samplers.RandomSampler(seed=1))
def objective(trial):
    rate = trial.suggest_float("rate", 1e-3, 1, log=True)
    trial.suggest_int("units", 3, 6)
    trial.suggest_categorical("activation", ["relu", "tanh"])
    trial.report(float("nan") if trial.number == 1 else 1.0, 1)
    if trial.number == 2: raise optuna.TrialPruned()
    if trial.number == 3: raise ValueError()
    return rate
study.optimize(objective, n_trials=5, catch=(ValueError,))
print("0")
`,
  );
  const { runs, ranking } = await sweep(train, build, options(path, 10));
  expect(runs.slice(0, 5).map(({ state }) => state)).toEqual(["done", "done", "pruned", "diverged", "done"]);
  expect(ranking).toHaveLength(10);
  const count = python(
    path,
    `print(json.dumps([len(s.trials) for s in optuna.study.get_all_study_summaries(storage)] if False else [len(optuna.load_study(study_name="theirs", storage=storage).trials)]))`,
  );
  expect(count).toEqual([10]);
});
