import type { RunMetrics } from "./run.js";

/** Standard errors above guessing that chance explains. */
const ALLOWED = 2;

/**
 * The baseline that a model doesn't beat by more than chance explains for its rows: guessing without features. A plain
 * word for trainings that end without an error but learned nothing.
 *
 * @returns undefined for a model that is better
 */
export function noBetterThan({ report, accuracy, r2, rows }: RunMetrics): string | undefined {
  if (!("classes" in report)) return r2 !== undefined && r2 <= 0 ? "always saying the mean" : undefined;
  const share = Math.max(...report.classes.map(({ support }) => support)) / rows;
  const allowed = ALLOWED * Math.sqrt((share * (1 - share)) / rows);
  return accuracy !== undefined && accuracy < share + allowed ? "always saying the most frequent class" : undefined;
}
