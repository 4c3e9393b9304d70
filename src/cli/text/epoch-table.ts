import { bestRecord } from "../../core/best-epoch.js";
import type { EpochRecord, History, Scores } from "../../index.js";
import type { Settings } from "../settings/table.js";
import { alignRight } from "./align.js";
import { score, short } from "./numbers.js";

/** More lines than this are thinned out. */
const MOST_LINES = 20;

/** The epoch with the best validation score (or score of the training part), which early stopping goes back to. */
export function bestEpoch({ epochs }: History, { monitor = "loss" }: Pick<Settings, "monitor">): EpochRecord {
  const sign = monitor === "loss" ? 1 : -1;
  return bestRecord(epochs, (scores) => sign * ((scores as EpochRecord)[monitor] ?? Number.NaN)) ?? epochs[0];
}

/** The least of 1, 2, 5, 10, 20, 50, ... that leaves few enough epochs. */
function stride(epochs: number): number {
  for (let power = 1; ; power *= 10) {
    for (const factor of [1, 2, 5]) if (epochs / (factor * power) <= MOST_LINES) return factor * power;
  }
}

/**
 * Loss and metrics by epoch: the first, the last, the best and evenly spaced ones between.
 *
 * @param best - the one that has a star
 */
export function formatEpochs(history: History, metrics: readonly string[], best: EpochRecord | undefined): string {
  const { epochs } = history;
  const every = stride(epochs.length);
  const shown = epochs.filter(
    (record, i) => i === 0 || i === epochs.length - 1 || record === best || record.epoch % every === 0,
  );
  const names = ["loss", ...metrics] as ("loss" | "accuracy" | "r2")[];
  const parts = [
    { title: "", of: (record: EpochRecord): Scores | undefined => record },
    { title: "training ", of: ({ training }: EpochRecord) => training },
    { title: "validation ", of: ({ validation }: EpochRecord) => validation },
  ].filter(({ of }) => epochs.some(of));
  // An epoch in which a part isn't evaluated has none.
  const shownScore = (value: number | undefined) => (value === undefined ? "" : score(value));
  const rows = shown.map((record) => [
    record.epoch + (record === best ? "*" : " "),
    ...parts.flatMap(({ of }) => names.map((name) => shownScore(of(record)?.[name]))),
    short(record.learningRate),
  ]);
  const header = ["epoch ", ...parts.flatMap(({ title }) => names.map((name) => title + name)), "rate"];
  return alignRight([header, ...rows]);
}
