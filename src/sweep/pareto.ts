/*
 * Trials by several objectives. Values are losses, [objectives]: less is better in each.
 */

/** Whether values are as good in every objective, and better in one. */
export const dominates = (a: readonly number[], b: readonly number[]): boolean =>
  a.every((value, i) => value <= b[i]) && a.some((value, i) => value < b[i]);

/**
 * The front of each: 0 where none is better in all, 1 where only those of front 0 are, ... (Goldberg's ranks, as in NSGA-II,
 * Deb et al., 2002).
 */
export function frontsOf(all: readonly (readonly number[])[]): number[] {
  const fronts = all.map(() => -1);
  // Whoever is better in all comes sooner.
  let open = all.map((_, i) => i).sort((a, b) => all[a].map((value, i) => value - all[b][i]).find(Boolean) ?? 0);
  for (let front = 0; open.length > 0; front++) {
    const first: number[] = [];
    for (const i of open) if (!first.some((other) => dominates(all[other], all[i]))) first.push(i);
    for (const i of first) fronts[i] = front;
    open = open.filter((i) => fronts[i] < 0);
  }
  return fronts;
}

/** The order of trials: by their fronts, within a front by the distance to their neighbours, the loneliest first. */
export function orderByFronts(all: readonly (readonly number[])[]): number[] {
  const fronts = frontsOf(all);
  const lonely = all.map(() => 0);
  for (let front = 0; front <= Math.max(...fronts, 0); front++) {
    const members = all.map((_, i) => i).filter((i) => fronts[i] === front);
    for (let objective = 0; objective < (all[0]?.length ?? 0); objective++) {
      const sorted = [...members].sort((a, b) => all[a][objective] - all[b][objective]);
      const valueAt = (place: number) => all[sorted[place]][objective];
      const width = valueAt(sorted.length - 1) - valueAt(0);
      sorted.forEach((i, place) => {
        const isEnd = place === 0 || place === sorted.length - 1;
        if (isEnd) lonely[i] = Number.POSITIVE_INFINITY;
        else if (width > 0) lonely[i] += (valueAt(place + 1) - valueAt(place - 1)) / width;
      });
    }
  }
  return all
    .map((_, i) => i)
    .sort((a, b) => fronts[a] - fronts[b] || Number(lonely[b] > lonely[a]) - Number(lonely[b] < lonely[a]) || a - b);
}
