import { ArgumentError } from "./errors.js";
import { didYouMean } from "./options.js";
import { shown } from "./shown.js";

/** Direction in which a score gets better. */
export type Better = "lower" | "higher";

/** Scores of an epoch by name; those of its validation part count where there is one. */
export interface Monitored {
  readonly loss: number;
  readonly validation?: { readonly loss: number };
}

/** The scores that a training reports by name, with which way each gets better, where it says so. */
export type ScoreNames = ReadonlyMap<string, Better | undefined>;

/** A score that is watched. */
export interface Monitor {
  /** Name of the score, "loss" or a metric's. */
  monitor: string;
  /** "min" where lower is better, "max" where higher is; as the metric declares where absent. */
  mode?: "min" | "max";
}

/** @throws ArgumentError when the mode is neither */
export function checkMonitor(who: string, { monitor, mode }: Monitor): void {
  if (typeof monitor !== "string") {
    throw new ArgumentError(`${who}: needs the name of a score to watch, such as "loss", got ${shown(monitor)}.`);
  }
  if (mode === undefined || mode === "min" || mode === "max") return;
  throw new ArgumentError(`${who}: mode must be "min" or "max", got ${shown(mode)}.`);
}

/**
 * 1 where a score gets better downwards, -1 where upwards.
 *
 * @param who - who watches it, for the message
 * @throws ArgumentError when there is no such score, or neither its metric nor the mode says which way it gets better
 */
export function directionOf(who: string, { monitor, mode }: Monitor, scores: ScoreNames): 1 | -1 {
  if (!scores.has(monitor)) {
    const known = [...scores.keys()];
    const [, own] = monitor.match(/^val(?:idation)?[_. ]?(.+)$/i) ?? [];
    const remedy = known.includes(own?.toLowerCase() ?? "")
      ? `; take "${own.toLowerCase()}", which is the validation part's where there is one.`
      : `; add it to the trainer's metrics.${didYouMean(monitor, known)}`;
    throw new ArgumentError(`${who}: there is no score "${monitor}"${remedy} It has ${known.join(", ")}.`);
  }
  const better = mode ? { min: "lower", max: "higher" }[mode] : scores.get(monitor);
  if (better) return better === "lower" ? 1 : -1;
  throw new ArgumentError(
    `${who}: the metric "${monitor}" doesn't say which way it gets better. Give the metric better: "lower" or "higher", or ` +
      `${who} mode: "min" or "max".`,
  );
}

/** A score of an epoch: of its validation part where there is one. */
export const scoreOf = (record: Monitored, monitor: string): number => (record.validation ?? record)[monitor as "loss"];
