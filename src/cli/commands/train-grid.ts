import { join } from "node:path";
import { ArgumentError, DivergedError } from "../../index.js";
import { checkRunFolder, saveRun } from "../runs/folder.js";
import { type FinishedRun, finishRun, runAsJson } from "../runs/run.js";
import { metadataOf } from "../runs/saved.js";
import { settingsFor } from "../settings/resolve.js";
import { asText, flagOf, type Table } from "../settings/setting.js";
import type { Settings } from "../settings/table.js";
import { plural } from "../text/numbers.js";
import { epochBar } from "../text/progress.js";
import { formatRuns, type RunRow } from "../text/run-table.js";
import { deviceFields, withDevice } from "../training/devices.js";
import { loadData } from "../training/load-data.js";
import { splitRowsOf } from "../training/parts.js";
import { planTraining, recipeFor } from "../training/plan.js";
import { train } from "../training/train.js";
import { type TrainCall, trainSettings } from "./train-settings.js";

/** One training of a grid. */
interface Cell {
  /** Its values of the settings that differ, as options say them: { lr: "0.1", seed: "2" }. */
  differs: Readonly<Record<string, string>>;
  settings: Settings;
  seed: number;
  /** The folder that its run is saved to. */
  out: string | undefined;
}

/** Result of one training of a grid. */
interface Outcome {
  cell: Cell;
  run?: Omit<FinishedRun, "predictions">;
  diverged?: DivergedError;
}

/**
 * Trains a model for every combination of the settings that were asked for, and shows all in one table.
 *
 * @param out - each run is saved to a folder of its own in this one
 * @throws DivergedError when every one of them diverged
 */
export async function trainGrid(
  { args: [given], grid, values, output }: TrainCall,
  out: string | undefined,
): Promise<void> {
  for (const name of ["checkpoint", "keep", "resume"] as const) {
    if (values[name] !== undefined) {
      throw new ArgumentError(`--${name} is for a single training, but several values make ${grid.length}.`);
    }
  }
  const loaded = await loadData(given, values);
  const { data, sample } = loaded;
  const cells = cellsOf(grid, (asked) => settingsFor({ sample, rows: data.rows }, asked), out);
  // What can be wrong with any of them is found before the first is trained.
  for (const { settings, seed, out: folder } of cells) {
    recipeFor(data, settings, seed);
    splitRowsOf(data, { ...settings, seed });
    if (folder !== undefined) await checkRunFolder(folder);
  }
  await withDevice(values.backend, async (device) => {
    output.detail(`${data.name}: ${plural(cells.length, "training")}, one after the other`);
    output.detail(`device: ${device.description}\n`);
    const outcomes: Outcome[] = [];
    for (const cell of cells) {
      const plan = planTraining(data, cell.settings, cell.seed);
      plan.model.metadata = { ...metadataOf(loaded, plan) };
      const label = `${outcomes.length + 1} of ${cells.length} `;
      try {
        const trained = await train(plan, device, { watchers: epochBar(output, label) });
        try {
          const { predictions, ...run } = await finishRun(loaded, plan, trained, device, values.digits);
          if (cell.out !== undefined) await saveRun(trained.trainer, { ...run, predictions }, cell.out);
          outcomes.push({ cell, run });
        } finally {
          trained.trainer.dispose();
        }
      } catch (error) {
        if (!(error instanceof DivergedError)) throw error;
        outcomes.push({ cell, diverged: error });
      }
    }
    output.result(tableOf(outcomes));
    if (out !== undefined) output.detail(`\nSaved to ${out}.`);
    output.json({
      data: data.name,
      ...deviceFields(device),
      runs: outcomes.map(outcomeAsJson),
      ...(out !== undefined && { out }),
    });
    if (outcomes.every(({ diverged }) => diverged)) throw outcomes[0].diverged;
  });
}

/** The cells of a grid, each with what tells it from the others. */
function cellsOf(
  grid: TrainCall["grid"],
  settingsOf: (asked: TrainCall["asked"]) => Settings,
  out: string | undefined,
): Cell[] {
  const table: Table = trainSettings;
  const names = Object.keys(grid[0]).filter((name) => new Set(grid.map((asked) => asked[name as "seed"])).size > 1);
  return grid.map((asked) => {
    const values: Record<string, unknown> = asked;
    const differs = Object.fromEntries(
      names.map((name) => [flagOf(table, name).slice(2), asText(table[name], values[name])]),
    );
    const folder = Object.entries(differs).map(([name, value]) => `${name}-${value}`);
    return {
      differs,
      settings: settingsOf(asked),
      seed: asked.seed ?? 0,
      out: out && join(out, folder.join("_").replace(/[^\w.,-]/g, "-")),
    };
  });
}

/** A line for each cell; those that differ in their seed alone share one. */
function tableOf(outcomes: readonly Outcome[]): string {
  const headings = Object.keys(outcomes[0].cell.differs).filter((name) => name !== "seed");
  const rows = new Map<string, { labels: string[]; runs: (NonNullable<Outcome["run"]>["metrics"] | undefined)[] }>();
  for (const { cell, run } of outcomes) {
    const labels = headings.map((name) => cell.differs[name]);
    const key = JSON.stringify(labels);
    const row = rows.get(key) ?? { labels, runs: [] };
    rows.set(key, row);
    row.runs.push(run?.metrics);
  }
  const seeds = outcomes.length / rows.size;
  const note = seeds > 1 ? `\nmean ± deviation of ${seeds} seeds` : "";
  return formatRuns(headings, [...rows.values()] satisfies RunRow[]) + note;
}

function outcomeAsJson({ cell, run, diverged }: Outcome): Record<string, unknown> {
  const { differs, seed, settings, out } = cell;
  const place = out === undefined ? {} : { out };
  if (run) return { differs, ...runAsJson(run), ...place };
  const { epoch, step, tensor } = diverged!;
  return { differs, seed, settings, diverged: { epoch, step, tensor } };
}
