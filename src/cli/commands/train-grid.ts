import { ArgumentError } from "../../index.js";
import { comparisonOf, type RunToCompare } from "../runs/comparison.js";
import { cellsOf, checkCells, type Outcome, trainCells } from "../runs/grid.js";
import { checkPage, pageOptions, requirePage, writePage } from "../runs/page.js";
import { runAsJson } from "../runs/run.js";
import { optionsOf } from "../runs/values.js";
import { givenAlone } from "../settings/options.js";
import { settingsFor } from "../settings/resolve.js";
import { plural } from "../text/numbers.js";
import { epochBar } from "../text/progress.js";
import { formatRuns, type RunRow } from "../text/run-table.js";
import { deviceFields, withDevice } from "../training/devices.js";
import { factsOf, loadData } from "../training/load-data.js";
import { commandOf, type TrainCall, trainSettings } from "./train-settings.js";

/**
 * Trains a model for every combination of the settings that were asked for, and shows all in one table.
 *
 * @param out - each run is saved to a folder of its own in this one
 * @throws DivergedError when every one of them diverged
 */
export async function trainGrid(
  { args: [data], asked, grid, given, values, output }: TrainCall,
  out: string | undefined,
): Promise<void> {
  for (const name of ["checkpoint", "keep", "resume"] as const) {
    if (values[name] !== undefined) {
      throw new ArgumentError(`--${name} is for a single training, but several values make ${grid.length}.`);
    }
  }
  requirePage(asked, out !== undefined, "--out or --run");
  const page = await pageOptions(values);
  const loaded = await loadData(data, values);
  const { name } = loaded.data;
  const cells = cellsOf(
    grid,
    trainSettings,
    (asked) => settingsFor(factsOf(loaded), asked),
    out,
    (asked) => commandOf(data, givenAlone(asked)),
  );
  await checkCells(loaded, cells);
  if (out !== undefined) await checkPage(out);
  await withDevice(values.backend, async (device) => {
    output.detail(`${name}: ${plural(cells.length, "training")}, one after the other`);
    output.detail(`device: ${device.description}\n`);
    const outcomes = await trainCells(loaded, cells, device, {
      digits: values.digits,
      page,
      watchers: (place) => epochBar(output, `${place + 1} of ${cells.length} `),
    });
    output.result(tableOf(outcomes));
    if (out !== undefined) {
      const subject = comparisonOf(
        outcomes.map((outcome, i) => comparedOutcome(outcome, i, name)),
        {
          name,
          command: commandOf(data, given),
          folder: out,
        },
      );
      output.detail(`\nSaved to ${out}. Its report: ${await writePage(subject, out, page)}`);
    }
    output.json({
      data: name,
      ...deviceFields(device),
      runs: outcomes.map(outcomeAsJson),
      ...(out !== undefined && { out }),
    });
    if (outcomes.every(({ diverged }) => diverged)) throw outcomes[0].diverged;
  });
}

/** A training of a grid as a page compares it. */
function comparedOutcome({ cell, run }: Outcome, place: number, data: string): RunToCompare {
  const { settings, seed, out } = cell;
  return {
    name: `run ${place + 1}`,
    data,
    values: optionsOf(settings),
    seed,
    metrics: run?.metrics,
    history: run?.history,
    folder: out,
  };
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
