import { DataError } from "../core/errors.js";

/*
 * Rows shared out to folds: the fold of every row, [rows].
 */

/** Rows dealt out like cards, class after class: folds, and each class in them, differ by one row at most. */
export function shareRows(order: ArrayLike<number>, labels: ArrayLike<number>, folds: number): Uint32Array {
  const foldOf = new Uint32Array(order.length);
  const byClass = Array.from(order).sort((a, b) => labels[a] - labels[b]); // stable: shuffled within a class
  byClass.forEach((row, place) => {
    foldOf[row] = place % folds;
  });
  return foldOf;
}

/** Rows of one group, by class. */
interface Members {
  rows: number[];
  counts: number[];
}

/**
 * Whole groups, one after the other, each to the fold where it leaves the shares of the classes most alike (the mean over
 * the classes of their deviation over the folds), of equal ones to that with the fewest rows. Groups of most uneven
 * classes come first, while there is room for them; of equal ones the larger.
 *
 * @throws DataError when there are fewer groups than folds
 */
export function shareGroups(
  order: ArrayLike<number>,
  groups: ArrayLike<string | number>,
  labels: ArrayLike<number>,
  folds: number,
): Uint32Array {
  const classes = Array.from(labels).reduce((most, label) => Math.max(most, label + 1), 1);
  const members = new Map<string | number, Members>();
  const totals = new Array<number>(classes).fill(0);
  for (const row of Array.from(order)) {
    const group = members.get(groups[row]) ?? { rows: [], counts: new Array<number>(classes).fill(0) };
    members.set(groups[row], group);
    group.rows.push(row);
    group.counts[labels[row]]++;
    totals[labels[row]]++;
  }
  if (members.size < folds) {
    throw new DataError(`kFolds: ${members.size} groups can't fill ${folds} folds; use at most ${members.size} folds.`);
  }
  const foldOf = new Uint32Array(order.length);
  const counts = Array.from({ length: folds }, () => new Array<number>(classes).fill(0));
  const sizes = new Array<number>(folds).fill(0);
  const uneven = ({ counts }: Members) => deviation(counts);
  const sorted = [...members.values()].sort((a, b) => uneven(b) - uneven(a) || b.rows.length - a.rows.length);
  for (const group of sorted) {
    const unlikeness = counts.map((_, fold) => {
      const after = (other: number, label: number) => counts[other][label] + (other === fold ? group.counts[label] : 0);
      const perClass = totals.map((total, label) =>
        total === 0 ? 0 : deviation(counts.map((_, other) => after(other, label) / total)),
      );
      return perClass.reduce((a, b) => a + b, 0);
    });
    const best = sizes.reduce((best, size, fold) => {
      const difference = unlikeness[fold] - unlikeness[best];
      // Sums in another order differ by roundings.
      if (Math.abs(difference) > 1e-12) return difference < 0 ? fold : best;
      return size < sizes[best] ? fold : best;
    }, 0);
    for (const row of group.rows) foldOf[row] = best;
    sizes[best] += group.rows.length;
    group.counts.forEach((count, label) => {
      counts[best][label] += count;
    });
  }
  return foldOf;
}

function deviation(values: readonly number[]): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}
