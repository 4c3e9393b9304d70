import type { RecordList } from "../../data/index.js";
import { type Backend, type Callback, checkGradients, predictRows, type Trainer } from "../../index.js";
import { crossValidateSettings, foldSettingsOf } from "../commands/cross-validate.js";
import { explainOn, explainSettings, subjectOf } from "../commands/explain.js";
import { trainSettings } from "../commands/train-settings.js";
import { trainCell } from "../runs/grid.js";
import type { FinishedRun } from "../runs/run.js";
import { combinations } from "../settings/grid.js";
import { type Given, readOptions, writeOptions } from "../settings/options.js";
import { settingsFor } from "../settings/resolve.js";
import { defaultsOf, type Table } from "../settings/setting.js";
import { crossValidateOn } from "../training/cross-validate.js";
import { factsOf, type LoadedData } from "../training/load-data.js";
import { type Plan, planTraining } from "../training/plan.js";
import type { Trained } from "../training/train.js";
import type { Cell, Experiment } from "./experiment.js";
import { type Result, resultOf } from "./result.js";

/*
 * Runs of an experiment's commands, without their printing.
 */

/** The tables that options of each command are read by. */
const TABLES: Readonly<Record<Experiment["run"], Table>> = {
  train: trainSettings,
  "cross-validate": crossValidateSettings,
  explain: explainSettings,
  "check-gradients": trainSettings,
};

/** Options as they were read: several values of a setting make a grid. */
export interface CellOptions {
  /** Settings of each combination; one where there is no grid. */
  combinations: readonly Readonly<Record<string, unknown>>[];
  /** Each as a command line, without program, command and data. */
  lines: readonly string[];
  /** All of them as one. */
  line: string;
}

/** Options of a cell: its own in place of the experiment's, those of --quick in place of both. */
export function optionsOf(experiment: Experiment, cell: Cell, isQuick: boolean): CellOptions {
  const table = TABLES[experiment.run];
  const given: Given<Table> = {
    ...readOptions(table, experiment.options),
    ...readOptions(table, cell.options ?? ""),
    ...(isQuick && readOptions(table, experiment.quick ?? "")),
  };
  const all = combinations<Record<string, unknown>>(given);
  const lineOf = (values: Record<string, unknown>) =>
    writeOptions(
      table,
      Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [value]])) as Given<Table>,
    );
  return { combinations: all, lines: all.map(lineOf), line: writeOptions(table, given) };
}

/** Objects of a training that exist until it is disposed of. */
export type OnTrained = (loaded: LoadedData, trained: Trained, run: FinishedRun, plan: Plan) => Promise<void>;

/** Everything that a run needs besides its options. */
export interface Surroundings {
  device: Backend;
  /** Loads data once. */
  load(experiment: Experiment, asked: Readonly<Record<string, unknown>>): Promise<LoadedData>;
  watchers?: readonly Callback[];
  onTrained?: OnTrained;
}

/** Runs one combination of options with one seed. */
export async function runOnce(
  experiment: Experiment,
  asked: Readonly<Record<string, unknown>>,
  seed: number,
  { device, load, watchers, onTrained }: Surroundings,
): Promise<Result> {
  const table = TABLES[experiment.run];
  const values: Record<string, unknown> = { ...defaultsOf(table), ...asked, seed };
  if (experiment.run === "explain") {
    const call = { args: [experiment.data], asked, values } as unknown as Parameters<typeof subjectOf>[0];
    return explained(await subjectOf(call), call.values.epochs, seed, device);
  }
  const loaded = await load(experiment, asked);
  if (experiment.run === "cross-validate") {
    const { folds, repeats } = values as { folds: number; repeats: number };
    const settings = foldSettingsOf(loaded, asked, { folds, repeats, seed });
    const { mean, deviation, trainings } = await crossValidateOn(loaded, settings, device);
    const deviations = Object.entries(deviation).map(([name, value]) => [`deviation of ${name}`, value]);
    const scores = { ...mean, ...("rocAuc" in mean && { "ROC AUC": mean.rocAuc }), ...Object.fromEntries(deviations) };
    return { seed, end: "done", scores, seconds: sumOf(trainings.map(({ seconds }) => seconds)) };
  }
  const settings = settingsFor(factsOf(loaded), asked);
  if (experiment.run === "check-gradients") return checked(planTraining(loaded, settings, seed), seed);
  const cell = { differs: {}, settings, seed, out: undefined };
  let predicted: Record<string, number> = {};
  const { run, diverged } = await trainCell(loaded, cell, device, {
    watchers,
    async onTrained(trained, finished, plan) {
      if (experiment.newRows) predicted = await predictedFor(trained.trainer, experiment.newRows);
      await onTrained?.(loaded, trained, finished, plan);
    },
  });
  if (!run) return { seed, end: "diverged", scores: {}, seconds: 0, text: diverged!.message };
  const result = resultOf(seed, run);
  return { ...result, scores: { ...result.scores, ...predicted } };
}

const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

/** The probability of the second class, for rows as they come. */
async function predictedFor(trainer: Trainer, rows: RecordList): Promise<Record<string, number>> {
  const { probabilities } = await predictRows(trainer, rows, { probabilities: true });
  return Object.fromEntries(probabilities!.map(([, second], i) => [`new row ${i + 1}`, second]));
}

/** Longer lines are hard to follow from end to end. */
const WIDTH = 100;
/** Quantities with more numbers than this aren't scores. */
const MOST_NUMBERS = 16;

/**
 * Numbers of an explained step by the names of the quantities, counted from 1: "dense.weight.next 1"; and "mean error",
 * how far outputs are from their targets on average.
 */
async function explained(
  subject: Awaited<ReturnType<typeof subjectOf>>,
  epochs: number,
  seed: number,
  device: Backend,
): Promise<Result> {
  const started = performance.now();
  const explanation = await explainOn(subject, { epochs, seed }, device);
  const seconds = (performance.now() - started) / 1000;
  const scores: Record<string, number> = {};
  for (const { name, values } of explanation.steps) {
    if (values.length > MOST_NUMBERS) continue;
    for (const [i, value] of values.entries()) scores[`${name} ${i + 1}`] = value;
  }
  const outputs = explanation.steps.find(
    ({ name }) => name === `${subject.trainer.model.layers.at(-1)!.name}.activation`,
  );
  const targets = explanation.steps.find(({ name }) => name === "targets");
  if (outputs && targets) {
    const errors = Array.from(outputs.values, (value, i) => Math.abs(value - targets.values[i]));
    scores["mean error"] = sumOf(errors) / errors.length;
  }
  return { seed, end: "done", scores, seconds, text: explanation.format({ width: WIDTH }) };
}

/** Counts the gradients of network and loss that aren't those of finite differences. */
async function checked({ model, loss }: Plan, seed: number): Promise<Result> {
  const started = performance.now();
  const reports = [await checkGradients(model, { seed }), await checkGradients(loss, { seed })];
  const wrong = reports.filter(({ ok }) => !ok).length;
  const seconds = (performance.now() - started) / 1000;
  return { seed, end: "done", scores: { "wrong gradients": wrong }, seconds, text: reports.join("\n\n") };
}
