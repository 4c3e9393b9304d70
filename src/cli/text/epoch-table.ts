import type { EpochRecord, History } from "../../index.js";
import { alignRight } from "./align.js";
import { score, short } from "./numbers.js";

/** More lines than this are thinned out. */
const MOST_LINES = 20;

/** The epoch with the best validation loss (or loss), which early stopping goes back to. */
export function bestEpoch({ epochs }: History): EpochRecord {
  const loss = (record: EpochRecord) => (record.validation ?? record).loss;
  return epochs.reduce((best, record) => (loss(record) < loss(best) ? record : best));
}

/** The least of 1, 2, 5, 10, 20, 50, ... that leaves few enough epochs. */
function stride(epochs: number): number {
  for (let power = 1; ; power *= 10) {
    for (const factor of [1, 2, 5]) if (epochs / (factor * power) <= MOST_LINES) return factor * power;
  }
}

/** Loss and metrics by epoch: the first, the last, the best and evenly spaced ones between; the best has a star. */
export function formatEpochs(history: History, metrics: readonly string[], { star }: { star: boolean }): string {
  const { epochs } = history;
  const every = stride(epochs.length);
  const best = star ? bestEpoch(history) : undefined;
  const shown = epochs.filter(
    (record, i) => i === 0 || i === epochs.length - 1 || record === best || record.epoch % every === 0,
  );
  const names = ["loss", ...metrics] as ("loss" | "accuracy")[];
  const hasValidation = epochs[0].validation !== undefined;
  const rows = shown.map((record) => [
    record.epoch + (record === best ? "*" : " "),
    ...names.map((name) => score(record[name] ?? Number.NaN)),
    ...(hasValidation ? names.map((name) => score(record.validation?.[name] ?? Number.NaN)) : []),
    short(record.learningRate),
  ]);
  const header = ["epoch ", ...names, ...(hasValidation ? names.map((name) => `validation ${name}`) : []), "rate"];
  return alignRight([header, ...rows]);
}
