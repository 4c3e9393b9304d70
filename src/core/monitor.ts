import { ArgumentError } from "./errors.js";

/** Scores of an epoch by name; those of its validation part count where there is one. */
export interface Monitored {
  readonly loss: number;
  readonly validation?: { readonly loss: number };
}

/** What gets better downwards; every other score (accuracy, f1, r2, ...) gets better upwards. */
const LOWER_IS_BETTER = /loss|error|brier|divergence|deviance/i;

/** 1 where a score gets better downwards, -1 where upwards. */
export const directionOf = (monitor: string): 1 | -1 => (LOWER_IS_BETTER.test(monitor) ? 1 : -1);

/**
 * A score of an epoch.
 *
 * @param who - who watches it, for the message
 * @throws ArgumentError when there is no such score
 */
export function scoreOf(who: string, record: Monitored, monitor: string): number {
  const { [monitor as "loss"]: value } = record.validation ?? record;
  if (typeof value !== "number") {
    throw new ArgumentError(`${who}: there is no score "${monitor}"; add it to the trainer's metrics.`);
  }
  return value;
}
