import { join } from "node:path";
import { type Backend, type Callback, DivergedError } from "../../index.js";
import { asText, flagOf, type Table } from "../settings/setting.js";
import type { Settings } from "../settings/table.js";
import { isOrdered, type LoadedData } from "../training/load-data.js";
import { splitRowsOf } from "../training/parts.js";
import { type Plan, planTraining, setupFor } from "../training/plan.js";
import { type Trained, train } from "../training/train.js";
import { describeTrained, readDescription } from "./description.js";
import { checkRunFolder, saveRun } from "./folder.js";
import { type PageOptions, writePage } from "./page.js";
import { type FinishedRun, finishRun } from "./run.js";
import { metadataOf } from "./saved.js";

/*
 * Trainings that differ in some of their settings.
 */

/** One training of a grid. */
export interface Cell {
  /** Values of the settings that differ between trainings, as on the command line: { lr: "0.1", seed: "2" }. */
  differs: Readonly<Record<string, string>>;
  settings: Settings;
  seed: number;
  /** The folder that its run is saved to. */
  out: string | undefined;
  /** The command line that trains it alone. */
  command?: string;
}

/** Result of one training of a grid. */
export interface Outcome {
  cell: Cell;
  run?: Omit<FinishedRun, "predictions">;
  diverged?: DivergedError;
}

/**
 * The trainings of a grid.
 *
 * @param grid - settings that were asked for, a combination for each training
 * @param table - of these settings
 * @param settingsOf - completes the settings of one training
 * @param out - each run is saved to a folder of its own in this one
 * @param commandOf - the command line of one training
 */
export function cellsOf<Asked extends { seed?: number }>(
  grid: readonly Asked[],
  table: Table,
  settingsOf: (asked: Asked) => Settings,
  out: string | undefined,
  commandOf: (asked: Asked) => string,
): Cell[] {
  const names = Object.keys(grid[0]).filter((name) => new Set(grid.map((asked) => asked[name as "seed"])).size > 1);
  return grid.map((asked) => {
    const values = asked as Readonly<Record<string, unknown>>;
    const differs = Object.fromEntries(
      names.map((name) => [flagOf(table, name).slice(2), asText(table[name], values[name])]),
    );
    const folder = Object.entries(differs).map(([name, value]) => `${name}-${value}`);
    return {
      differs,
      settings: settingsOf(asked),
      seed: asked.seed ?? 0,
      out: out && join(out, folder.join("_").replace(/[^\w.,-]/g, "-")),
      command: commandOf(asked),
    };
  });
}

/**
 * Finds what can be wrong with any of the trainings, before the first one.
 *
 * @throws ArgumentError or DataError when settings and data don't fit each other, or a run can't be saved
 */
export async function checkCells(loaded: LoadedData, cells: readonly Cell[]): Promise<void> {
  const { data } = loaded;
  for (const { settings, seed, out } of cells) {
    setupFor(data, settings, seed, loaded);
    splitRowsOf(data, { ...settings, seed, ordered: isOrdered(loaded) });
    if (out !== undefined) await checkRunFolder(out);
  }
}

export interface CellOptions {
  /** Decimals of reports. */
  digits?: number;
  /** Of the reports of runs that are saved. */
  page: PageOptions;
  /** Callbacks of one training. @param place - from 0 */
  watchers?(place: number): readonly Callback[];
}

/** Trains the cells one after the other and saves the runs that have a folder. A training that diverges ends alone. */
export async function trainCells(
  loaded: LoadedData,
  cells: readonly Cell[],
  device: Backend,
  { digits, page, watchers }: CellOptions,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const cell of cells) {
    const onTrained = async (trained: Trained, run: FinishedRun, plan: Plan) => {
      if (cell.out === undefined) return;
      const description = await describeTrained(loaded, plan, trained, run, cell.command);
      await saveRun(trained.trainer, run, description, cell.out);
      await writePage(await readDescription(cell.out), cell.out, page);
    };
    outcomes.push(await trainCell(loaded, cell, device, { digits, watchers: watchers?.(outcomes.length), onTrained }));
  }
  return outcomes;
}

export interface OneCellOptions {
  digits?: number;
  watchers?: readonly Callback[];
  /** Called while there is still a trainer. */
  onTrained?(trained: Trained, run: FinishedRun, plan: Plan): Promise<void>;
}

/** Trains one cell, which may diverge. */
export async function trainCell(
  loaded: LoadedData,
  cell: Cell,
  device: Backend,
  { digits, watchers, onTrained }: OneCellOptions,
): Promise<Outcome> {
  const plan = planTraining(loaded, cell.settings, cell.seed);
  plan.model.metadata = { ...metadataOf(loaded, plan) };
  try {
    const trained = await train(plan, device, { watchers, isReported: cell.out !== undefined });
    try {
      const finished = await finishRun(loaded, plan, trained, device, digits);
      await onTrained?.(trained, finished, plan);
      const { predictions, ...run } = finished;
      return { cell, run };
    } finally {
      trained.trainer.dispose();
    }
  } catch (error) {
    if (!(error instanceof DivergedError)) throw error;
    return { cell, diverged: error };
  }
}
