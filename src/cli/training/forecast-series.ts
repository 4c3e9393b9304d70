import { basename } from "node:path";
import { readTable } from "../../data/index.js";
import { ArgumentError, forecast, Trainer } from "../../index.js";
import type { SavedModel } from "../runs/saved.js";
import { plural } from "../text/numbers.js";
import { withDevice } from "./devices.js";
import { placesOf } from "./load-series.js";

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
  backend: Parameters<typeof withDevice>[0],
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
  const table = await readTable(file, { target: targetName, name: basename(file) });
  const shiftOf = (i: number) => standardiser?.mean[i] ?? 0;
  const unitOf = (i: number) => standardiser?.deviation[i] ?? 1;
  const scaled = placesOf(table, columns).places.map((row) => row.map((value, i) => (value - shiftOf(i)) / unitOf(i)));
  const own = scale!;
  const inUnits = (value: number) => value * own.deviation + own.mean;
  const values = await withDevice(backend, async (device) => {
    const trainer = new Trainer(model, { device });
    try {
      const toFeature = (value: number) => (inUnits(value) - shiftOf(target)) / unitOf(target);
      return await forecast(trainer, scaled, { steps, horizon, target: Math.max(target, 0), toFeature });
    } finally {
      trainer.dispose();
    }
  });
  const from = `each from the ${plural(window, "row")} that end ${horizon === 1 ? "before it" : `${horizon} before it`}`;
  return {
    values: values.map(inUnits),
    note: `${plural(steps, "row")} of ${targetName} after the ${table.rows} of ${table.name}, ${from}.`,
  };
}
