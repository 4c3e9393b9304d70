import { basename } from "node:path";
import { exactOf, readTable, type Standardiser } from "../../data/index.js";
import type { TextOptions } from "../../data/table/read-table.js";
import { ArgumentError, forecast, Trainer } from "../../index.js";
import type { RunSeries } from "../../report/index.js";
import type { SavedModel } from "../runs/saved.js";
import { plural } from "../text/numbers.js";
import { withDevice } from "./devices.js";
import type { LoadedData } from "./load-data.js";
import { type LoadedSeries, placesOf } from "./load-series.js";
import type { TargetScale } from "./parts.js";
import type { Plan } from "./plan.js";

/** How a model of windows over a series takes its numbers. */
interface SeriesScales {
  series: Pick<LoadedSeries, "columns" | "horizon">;
  targetName: string;
  standardiser: Standardiser | undefined;
  scale: TargetScale;
}

/** Numbers that follow places of a series, [time][columns] in their own units: in the target's own units, [steps]. */
async function forecastFrom(
  trainer: Trainer,
  places: readonly (readonly number[])[],
  { series: { columns, horizon }, targetName, standardiser, scale }: SeriesScales,
  steps: number,
): Promise<Float64Array> {
  const target = Math.max(columns.indexOf(targetName), 0);
  const scaled = (value: number, i: number) =>
    (value - (standardiser?.mean[i] ?? 0)) / (standardiser?.deviation[i] ?? 1);
  const inUnits = (value: number) => value * scale.deviation + scale.mean;
  const toFeature = (value: number) => scaled(inUnits(value), target);
  const options = { steps, horizon, target, toFeature };
  const values = await forecast(
    trainer,
    places.map((row) => row.map(scaled)),
    options,
  );
  return values.map(inUnits);
}

/**
 * The rows of a series that a page shows: where they stand in it, and what a model of the target alone predicts to follow its end,
 * as many places as a window has.
 */
export async function seriesOfRun(
  trainer: Trainer,
  { series, data }: Pick<LoadedData, "series" | "data">,
  { parts, standardiser, target: scale }: Plan,
): Promise<RunSeries | undefined> {
  if (!series || !scale) return undefined;
  const { columns, window, horizon } = series;
  const part = parts.test ? "test" : parts.validation ? "validation" : "train";
  const rows = parts.rowsOf?.[part] ?? [0, data.rows - 1];
  const first = rows[0] + window + horizon;
  const { targetName = "" } = data;
  if (columns.length > 1 || columns[0] !== targetName || rows.at(-1) !== data.rows - 1) return { first };
  // The last window, and the targets of the rows whose windows reach up to it.
  const known = [...exactOf(data.features).slice(-window), ...exactOf(data.labels).slice(-horizon)];
  const scales = { series, targetName, standardiser, scale };
  const next = await forecastFrom(
    trainer,
    known.map((value) => [value]),
    scales,
    window,
  );
  return { first, next: [...next] };
}

/**
 * Predictions of the rows after a file's last one, by a saved model of windows over a series: in the target's own units, [steps].
 *
 * @returns with a sentence on what it was predicted from
 * @throws ArgumentError when the model also takes columns that aren't known of later rows; DataError when the file is too short, or
 * lacks a column
 */
export async function forecastSeries(
  { model, metadata, standardiser }: SavedModel,
  file: string,
  steps: number,
  { backend, ...text }: { backend: Parameters<typeof withDevice>[0] } & TextOptions,
): Promise<{ values: Float64Array; note: string }> {
  const { targetName, target: scale, series } = metadata;
  const { columns, window, horizon } = series!;
  const target = columns.indexOf(targetName);
  if (steps > horizon && (target < 0 || columns.length > 1)) {
    const others = columns.filter((name) => name !== targetName).join(", ");
    throw new ArgumentError(
      `--steps ${steps}: the model also takes ${others}, which aren't known of rows after the last. Ask for --steps ${horizon}, or train ` +
        `it on the target alone: --features ${targetName}.`,
    );
  }
  const table = await readTable(file, { ...text, target: targetName, name: basename(file) });
  const { places } = placesOf(table, columns);
  const values = await withDevice(backend, async (device) => {
    const trainer = new Trainer(model, { device });
    try {
      return await forecastFrom(trainer, places, { series: series!, targetName, standardiser, scale: scale! }, steps);
    } finally {
      trainer.dispose();
    }
  });
  const from = `each from the ${plural(window, "row")} that end ${horizon === 1 ? "before it" : `${horizon} before it`}`;
  return {
    values,
    note: `${plural(steps, "row")} of ${targetName} after the ${table.rows} of ${table.name}, ${from}.`,
  };
}
