import type { EpochRecord } from "../../index.js";
import { columnsOf } from "../../node/log.js";

/** A table with a row for each epoch; a score that an epoch lacks is an empty cell. */
export function historyCsv(history: readonly EpochRecord[]): string {
  const rows = history.map((record) => new Map(columnsOf(record)));
  const names = [...new Set(rows.flatMap((row) => [...row.keys()]))];
  return [names, ...rows.map((row) => names.map((name) => row.get(name) ?? ""))]
    .map((cells) => `${cells.join(",")}\n`)
    .join("");
}

/** A line of JSON for each epoch. NaN, which JSON lacks, becomes null. */
export const historyJsonl = (history: readonly EpochRecord[]): string =>
  history.map((record) => `${JSON.stringify(Object.fromEntries(columnsOf(record)))}\n`).join("");
