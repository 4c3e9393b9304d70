import { isReached } from "../../report/reproduction-page.js";
import type { Figure } from "./experiment.js";
import type { Result } from "./result.js";

/**
 * Verdict on a figure:
 * reached, missed - at least as good as published within two standard errors, or not;
 * equal, different - to the decimals that must be equal;
 * diverged, chance - how all or some of the runs ended, where the report's failed or where ours shouldn't have;
 * trained - the report's run failed and ours didn't;
 * done - there is nothing to compare with;
 * no data - the data aren't there.
 */
export type Verdict =
  | "reached"
  | "missed"
  | "equal"
  | "different"
  | "diverged"
  | "chance"
  | "trained"
  | "done"
  | "no data";

/** A figure done again. */
export interface Reproduced extends Figure {
  name: string;
  mean?: number;
  /** Of the numbers themselves, divided by their count. */
  deviation?: number;
  seeds: number;
  /** Of all its trainings. */
  seconds: number;
  verdict: Verdict;
  /** The command that does it. */
  command: string;
}

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** @param isCompared - false for runs that were cut short */
export function reproduce(
  figure: Figure & { name: string },
  results: readonly Result[],
  command: string,
  isCompared: boolean,
): Reproduced {
  const values = results.map(({ scores }) => scores[figure.score]).filter(Number.isFinite);
  const found = { ...figure, seeds: results.length, command, seconds: sumOf(results.map(({ seconds }) => seconds)) };
  const ends = results.map(({ end }) => end);
  const failed = ends.includes("diverged") ? "diverged" : ends.includes("chance") ? "chance" : undefined;
  if (values.length === 0) return { ...found, verdict: failed ?? "done" };
  const mean = meanOf(values);
  const deviation = Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2)));
  const rest = { ...found, mean, deviation };
  if (figure.there) return { ...rest, verdict: failed ?? (isCompared ? "trained" : "done") };
  if (figure.decimals !== undefined && figure.published !== undefined) {
    const isEqual = Math.abs(mean - figure.published) <= 0.5 * 10 ** -figure.decimals;
    return { ...rest, verdict: isEqual ? "equal" : "different" };
  }
  if (!isCompared) return { ...rest, verdict: "done" };
  if (figure.published === undefined) return { ...rest, verdict: failed ?? "done" };
  const { published, better } = figure;
  const isMet = isReached({ published, better, mean, deviation, seeds: results.length });
  return { ...rest, verdict: isMet ? "reached" : (failed ?? "missed") };
}

const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

/** Verdicts from the worst to the best: a row has the worst of its figures'. */
const RANKS: readonly Verdict[] = [
  "no data",
  "missed",
  "different",
  "diverged",
  "chance",
  "reached",
  "equal",
  "trained",
  "done",
];

/** The figure that decides of a row: the first of the worst verdict. What failed in the report decides of nothing. */
export function decisive(figures: readonly Reproduced[]): Reproduced {
  const rank = ({ verdict, there }: Reproduced) => (there ? RANKS.length : RANKS.indexOf(verdict));
  return figures.reduce((worst, each) => (rank(each) < rank(worst) ? each : worst));
}
