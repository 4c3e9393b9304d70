import { bestRecord } from "../core/best-epoch.js";
import type { RunHistory } from "./run.js";

/** The epoch that a curve marks: the one that was kept, else that of the lowest loss, on the validation part where there is one. */
export function bestEpoch({ epochs, kept }: RunHistory): number | undefined {
  if (kept !== undefined && kept !== epochs.at(-1)?.epoch) return kept;
  return bestRecord(epochs)?.epoch;
}
