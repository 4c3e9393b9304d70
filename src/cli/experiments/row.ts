import { DataError } from "../../index.js";
import { type Cell, type Experiment, figuresOf } from "./experiment.js";
import type { Result } from "./result.js";
import { optionsOf, runOnce, type Surroundings } from "./run-cell.js";
import type { ResultStore } from "./store.js";
import { decisive, type Reproduced, reproduce, type Verdict } from "./verdict.js";

/** A cell done again: of a grid, the combination that is best by its validation part. */
export interface CellRuns {
  cell: Cell;
  /** Options of each combination, and its results, one for each seed. */
  runs: readonly { options: string; results: readonly Result[] }[];
  /** The place of the best combination. */
  best: number;
}

/** An experiment done again. */
export interface Row {
  experiment: Experiment;
  cells: readonly CellRuns[];
  figures: readonly Reproduced[];
  /** The figure that decides. */
  main: Reproduced;
  verdict: Verdict;
  seconds: number;
  /** Why there are no results. */
  problem?: string;
}

export interface RowOptions extends Surroundings {
  seeds: readonly number[];
  isQuick: boolean;
  store: ResultStore;
  /** Called before each run that isn't there yet. */
  onRun?(what: { experiment: Experiment; cell: Cell; seed: number }): void;
}

const commandOf = ({ run, data }: Experiment, options: string) => `${run} ${data} ${options}`.trim();

/** Command line that trains a cell alone; files, joined parts and steps of one's own exist in this command only. */
function typedFor(experiment: Experiment, cell: Cell, isQuick: boolean): string {
  if (experiment.file || experiment.joined || experiment.pipeline) return `reproduce ${experiment.id}`;
  return commandOf(experiment, optionsOf(experiment, cell, isQuick).line);
}

/** Runs an experiment's cells with each seed. Data that aren't there make a row that says so. */
export async function reproduceRow(experiment: Experiment, options: RowOptions): Promise<Row> {
  const cells: CellRuns[] = [];
  let problem: string | undefined;
  try {
    for (const cell of experiment.cells) cells.push(await runCell(experiment, cell, options));
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    problem = error.message;
  }
  const isCompared = !options.isQuick || experiment.quick === undefined;
  const figures = experiment.cells.flatMap((cell, i) =>
    figuresOf(experiment, cell).map((figure): Reproduced => {
      const command = `neuromotor ${typedFor(experiment, cell, options.isQuick)}`;
      if (problem !== undefined) return { ...figure, command, seeds: 0, seconds: 0, verdict: "no data" };
      const { runs, best } = cells[i];
      return reproduce(figure, runs[best].results, command, isCompared);
    }),
  );
  const main = decisive(figures);
  const seconds = cells
    .flatMap(({ runs }) => runs.flatMap(({ results }) => results))
    .reduce((sum, result) => sum + result.seconds, 0);
  return { experiment, cells, figures, main, verdict: main.verdict, seconds, ...(problem && { problem }) };
}

async function runCell(experiment: Experiment, cell: Cell, options: RowOptions): Promise<CellRuns> {
  const { isQuick, seeds, store, onRun } = options;
  const { combinations, lines } = optionsOf(experiment, cell, isQuick);
  const runs: { options: string; results: Result[] }[] = [];
  const joined = experiment.joined ? ", all rows joined," : "";
  const named = (line: string, seed: number) =>
    `${commandOf(experiment, line)} --seed ${seed}${joined} on ${options.device.backend}`;
  const all = seedsOf(experiment, seeds, (seed) => lines.every((line) => store.get(named(line, seed))));
  for (const [i, asked] of combinations.entries()) {
    const results: Result[] = [];
    for (const seed of all) {
      const command = named(lines[i], seed);
      const known = store.get(command);
      if (!known) onRun?.({ experiment, cell, seed });
      const result = known ?? (await runOnce(experiment, asked, seed, options));
      if (!known) await store.add(command, result);
      results.push(result);
    }
    runs.push({ options: lines[i], results });
  }
  const scores = runs.map(({ results }) => meanValidation(results));
  const best = scores.reduce((a, score, i) => (score > scores[a] ? i : a), 0);
  return { cell, runs, best };
}

/**
 * Seeds of a cell: those asked for, and the next ones as far as their trainings are there already. A step that is explained
 * has given weights, or needs one example.
 */
function seedsOf({ run }: Experiment, asked: readonly number[], isThere: (seed: number) => boolean): readonly number[] {
  if (run === "explain" || run === "check-gradients") return asked.slice(0, 1);
  const seeds = [...asked];
  for (let next = asked.at(-1)! + 1; isThere(next); next++) seeds.push(next);
  return seeds;
}

/** Score by which combinations are chosen; one that diverged isn't. */
function meanValidation(results: readonly Result[]): number {
  const values = results.map(({ scores }) => scores["validation accuracy"] ?? scores["validation r2"] ?? -Infinity);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
