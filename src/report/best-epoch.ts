import type { RunHistory } from "./run.js";

/** The epoch that a curve marks: the one that was kept, else that of the lowest loss, on the validation part where there is one. */
export function bestEpoch({ epochs, kept }: RunHistory): number | undefined {
  if (kept !== undefined && kept !== epochs.at(-1)?.epoch) return kept;
  const lossOf = (record: RunHistory["epochs"][number]) => (record.validation ?? record).loss;
  const finite = epochs.filter((record) => Number.isFinite(lossOf(record)));
  return finite.length === 0 ? undefined : finite.reduce((a, b) => (lossOf(b) < lossOf(a) ? b : a)).epoch;
}
