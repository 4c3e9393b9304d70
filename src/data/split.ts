import { ArgumentError, DataError } from "../core/errors.js";
import { RandomStream, Stream, shuffle } from "../core/random.js";
import { shown } from "../core/shown.js";
import { shareRows } from "./share.js";

/** Class index of every row, and how many classes there are. Rows are kept in proportion within each class. */
export interface Strata {
  labels: Uint32Array;
  classes: number;
}

/** Class indices as strata; whole numbers that are far more than the rows are counted through in their order. */
export function strataOf(labels: Uint32Array, classes: number): Strata {
  if (classes <= Math.max(labels.length, 1000)) return { labels, classes };
  const values = [...new Set(labels)].sort((a, b) => a - b);
  const rankOf = new Map(values.map((value, rank) => [value, rank]));
  return { labels: labels.map((label) => rankOf.get(label)!), classes: values.length };
}

/** Row numbers of one fold: `test` is held out, `train` is every other row; both ascending. */
export interface Fold {
  /** [rows], row numbers from 0. */
  train: Uint32Array<ArrayBuffer>;
  /** [rows], row numbers from 0: those held out. */
  test: Uint32Array<ArrayBuffer>;
}

/** Row numbers of the parts of a split, in shuffled order. */
export interface PartRows {
  train: number[];
  test: number[];
  validation: number[];
}

// Position in the split stream: a split and the folds of the same seed don't share random bits.
const FOLD_POSITION = 1;

function shuffledRows(rows: number, seed: number, position: number): Uint32Array<ArrayBuffer> {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new ArgumentError(`seed must be an integer from 0 to 2^53 - 1, got ${shown(seed)}.`);
  }
  const order = Uint32Array.from({ length: rows }, (_, row) => row);
  return shuffle(order, new RandomStream(seed, Stream.split, position));
}

/**
 * Shares `total` out in proportion to `counts`, by largest remainder (Hamilton's method; ties go to the lower index).
 * Whole numbers throughout, so that the shares add up to `total` exactly and none exceeds its count.
 */
function proportionalShares(counts: readonly number[], total: number): number[] {
  const sum = counts.reduce((a, b) => a + b, 0);
  const shares = counts.map((count) => Math.floor((count * total) / sum));
  const left = total - shares.reduce((a, b) => a + b, 0);
  const byRemainder = counts.map((count, i) => ({ i, remainder: (count * total) % sum }));
  byRemainder.sort((a, b) => b.remainder - a.remainder || a.i - b.i);
  for (const { i } of byRemainder.slice(0, left)) shares[i]++;
  return shares;
}

/**
 * Row numbers of a random split. The test part has round(rows * test) rows, validation round(rows * validation), train
 * the rest.
 *
 * @param test - fraction of the rows, in (0, 1)
 * @param validation - fraction of the rows, in (0, 1); no such part when undefined
 * @throws ArgumentError for fractions outside (0, 1) or adding up to 1 or more; DataError when a part would be empty
 */
export function splitRows(
  rows: number,
  { test, validation, seed }: { test: number; validation: number | undefined; seed: number },
  strata?: Strata,
): PartRows {
  for (const [name, fraction] of Object.entries({ test, validation })) {
    if (name === "validation" && fraction === undefined) continue;
    if (!(typeof fraction === "number" && fraction > 0 && fraction < 1)) {
      throw new ArgumentError(
        `split: ${name} must be a fraction of the rows between 0 and 1, such as 0.2, got ${shown(fraction)}.`,
      );
    }
  }
  if (test + (validation ?? 0) >= 1) {
    throw new ArgumentError(
      `split: test ${test} and validation ${validation} leave no rows to train on; use less than 1.`,
    );
  }
  const sizes = { test: Math.round(rows * test), validation: Math.round(rows * (validation ?? 0)) };
  const train = rows - sizes.test - sizes.validation;
  const empty = train < 1 ? "train" : sizes.test < 1 ? "test" : validation && sizes.validation < 1 ? "validation" : "";
  if (empty) {
    throw new DataError(
      `split: ${rows} rows leave the ${empty} part empty (train ${train}, test ${sizes.test}` +
        `${validation ? `, validation ${sizes.validation}` : ""}). Use more rows or other fractions.`,
    );
  }

  const labels = strata?.labels ?? new Uint32Array(rows);
  const counts = new Array<number>(strata?.classes ?? 1).fill(0);
  for (const label of labels) counts[label]++;
  const testLeft = proportionalShares(counts, sizes.test);
  const rest = counts.map((count, i) => count - testLeft[i]);
  const validationLeft = proportionalShares(rest, sizes.validation);

  const parts: PartRows = { train: [], test: [], validation: [] };
  for (const row of shuffledRows(rows, seed, 0)) {
    const label = labels[row];
    if (testLeft[label] > 0) {
      testLeft[label]--;
      parts.test.push(row);
    } else if (validationLeft[label] > 0) {
      validationLeft[label]--;
      parts.validation.push(row);
    } else {
      parts.train.push(row);
    }
  }
  return parts;
}

/**
 * Row numbers of `folds` random folds: each row is in the test part of exactly one; sizes differ by one at most, and
 * with `strata` so do the numbers of each class.
 *
 * @throws ArgumentError when `folds` isn't an integer from 2 up; DataError when there are fewer rows than folds
 */
export function foldRows(rows: number, { folds, seed }: { folds: number; seed: number }, strata?: Strata): Fold[] {
  if (!Number.isInteger(folds) || folds < 2)
    throw new ArgumentError(`kFold: folds must be 2 or more, got ${shown(folds)}.`);
  if (folds > rows) throw new DataError(`kFold: ${rows} rows can't fill ${folds} folds; use at most ${rows}.`);
  const order = shuffledRows(rows, seed, FOLD_POSITION);
  const foldOf = shareRows(order, strata?.labels ?? new Uint32Array(rows), folds);
  return Array.from({ length: folds }, (_, fold) => ({
    train: order.filter((row) => foldOf[row] !== fold).sort(),
    test: order.filter((row) => foldOf[row] === fold).sort(),
  }));
}
