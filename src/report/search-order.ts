import type { SearchTrial } from "./run.js";

/** How two trials compare by their first objective: those that went through, those pruned, the latest first, the others. */
export function compareTrials(a: SearchTrial, b: SearchTrial, better: "higher" | "lower"): number {
  const sign = better === "higher" ? -1 : 1;
  const kindOf = ({ state = "done", values }: SearchTrial) => (!values ? 2 : state === "done" ? 0 : 1);
  const epochs = ({ course = [] }: SearchTrial) => course.length;
  return (
    kindOf(a) - kindOf(b) ||
    (kindOf(a) === 1 ? epochs(b) - epochs(a) : 0) ||
    sign * ((a.values?.[0] ?? 0) - (b.values?.[0] ?? 0))
  );
}

/** Trials, the best first. */
export const ranked = (trials: readonly SearchTrial[], better: "higher" | "lower"): SearchTrial[] =>
  trials.toSorted((a, b) => compareTrials(a, b, better) || a.number - b.number);

/** Trials that went through and that none is better than in all objectives. */
export function frontOf(
  trials: readonly SearchTrial[],
  objectives: readonly { better: "higher" | "lower" }[],
): SearchTrial[] {
  const done = trials.filter(({ state = "done", values }) => state === "done" && values);
  const losses = new Map(
    done.map((trial) => [trial, objectives.map(({ better }, i) => (better === "lower" ? 1 : -1) * trial.values![i])]),
  );
  const dominates = (a: readonly number[], b: readonly number[]) =>
    a.every((value, i) => value <= b[i]) && a.some((value, i) => value < b[i]);
  return done.filter((trial) => !done.some((other) => dominates(losses.get(other)!, losses.get(trial)!)));
}
