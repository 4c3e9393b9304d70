import type { SearchedSetting } from "../charts/index.js";
import type { SearchTrial } from "./run.js";
import { compareTrials, ranked } from "./search-order.js";

/** Fewer trials than this say nothing of what a setting matters. */
const LEAST_TRIALS = 10;
const MOST_GROUPS = 5;
const TRIALS_OF_GROUP = 4;

/**
 * The share of the differences among trials that each setting explains by itself: of the trials' ranks, parted into groups
 * by the setting, the correlation ratio without what chance gives (epsilon squared; Kelley, "An unbiased correlation ratio
 * measure", 1935). Numbers make groups of equally many trials. Trials that diverged are equally bad.
 *
 * @returns the settings with their shares from 0 to 1, the largest first; none of few trials
 */
export function settingImportances(
  trials: readonly SearchTrial[],
  settings: readonly SearchedSetting[],
  better: "higher" | "lower",
): { name: string; importance: number }[] {
  if (trials.length < LEAST_TRIALS) return [];
  const ranks = ranksOf(trials, better);
  return settings
    .map(({ name }) => ({ name, importance: explained(groupsOf(trials, name), ranks) }))
    .sort((a, b) => b.importance - a.importance);
}

/** Places from 0; trials that are equally good share the mean of theirs. */
function ranksOf(trials: readonly SearchTrial[], better: "higher" | "lower"): Map<SearchTrial, number> {
  const order = ranked(trials, better);
  const ranks = new Map<SearchTrial, number>();
  for (let first = 0; first < order.length; ) {
    let end = first + 1;
    while (end < order.length && compareTrials(order[first], order[end], better) === 0) end++;
    for (const trial of order.slice(first, end)) ranks.set(trial, (first + end - 1) / 2);
    first = end;
  }
  return ranks;
}

function groupsOf(trials: readonly SearchTrial[], name: string): SearchTrial[][] {
  const settingOf = ({ settings }: SearchTrial) => settings[name];
  const isNumber = trials.every((trial) => typeof settingOf(trial) === "number");
  const distinct = new Set(trials.map(settingOf)).size;
  if (!isNumber || distinct <= MOST_GROUPS) {
    const byValue = new Map<number | string, SearchTrial[]>();
    for (const trial of trials) byValue.set(settingOf(trial), [...(byValue.get(settingOf(trial)) ?? []), trial]);
    return [...byValue.values()];
  }
  const count = Math.min(MOST_GROUPS, Math.floor(trials.length / TRIALS_OF_GROUP));
  const sorted = trials.toSorted((a, b) => Number(settingOf(a)) - Number(settingOf(b)));
  const groups: SearchTrial[][] = Array.from({ length: count }, () => []);
  let first = 0;
  for (const [i, trial] of sorted.entries()) {
    if (settingOf(trial) !== settingOf(sorted[first])) first = i; // equal numbers stay together
    groups[Math.floor((first * count) / sorted.length)].push(trial);
  }
  return groups.filter(({ length }) => length > 0);
}

function explained(groups: readonly (readonly SearchTrial[])[], ranks: ReadonlyMap<SearchTrial, number>): number {
  const all = [...ranks.values()];
  const meanOf = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const mean = meanOf(all);
  const total = all.reduce((sum, rank) => sum + (rank - mean) ** 2, 0);
  if (total === 0 || groups.length < 2 || all.length <= groups.length) return 0;
  const within = groups
    .map((group) => group.map((trial) => ranks.get(trial)!))
    .reduce((sum, own) => sum + own.reduce((part, rank) => part + (rank - meanOf(own)) ** 2, 0), 0);
  return Math.max(0, 1 - (within * (all.length - 1)) / (total * (all.length - groups.length)));
}
