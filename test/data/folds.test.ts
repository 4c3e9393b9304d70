import fc from "fast-check";
import { expect, test } from "vitest";
import { Dataset, kFolds } from "../../src/data/index.js";
import { ArgumentError, DataError } from "../../src/index.js";

const RUNS = { numRuns: 150, seed: 20261122 };

const dataOf = (labels: readonly number[], classes = 4) =>
  Dataset.from({
    features: labels.map((_, row) => [row]),
    labels: Uint32Array.from(labels),
    classNames: Array.from({ length: classes }, (_, i) => `${i}`),
  });
const numbersOf = (rows: number) =>
  Dataset.from({ features: Array.from({ length: rows }, (_, row) => [row]), labels: new Float32Array(rows) });

/** Row numbers of each repeat's folds. */
const byRepeat = <T extends { repeat: number }>(folds: readonly T[], repeats: number): T[][] =>
  Array.from({ length: repeats }, (_, repeat) => folds.filter((fold) => fold.repeat === repeat));

const cases = fc.record({
  labels: fc.array(fc.nat(3), { minLength: 2, maxLength: 60 }),
  folds: fc.integer({ min: 2, max: 8 }),
  repeats: fc.integer({ min: 1, max: 3 }),
  seed: fc.nat(1000),
  stratify: fc.option(fc.boolean(), { nil: undefined }),
});

test("every row is held out once per repeat, and trained on otherwise; sizes differ by one at most", () => {
  fc.assert(
    fc.property(cases, ({ labels, folds, repeats, seed, stratify }) => {
      fc.pre(labels.length >= folds);
      const dealt = kFolds(dataOf(labels), { folds, repeats, seed, stratify });
      expect(dealt.map(({ repeat, fold }) => [repeat, fold])).toEqual(
        Array.from({ length: repeats * folds }, (_, i) => [Math.floor(i / folds), i % folds]),
      );
      for (const repeat of byRepeat(dealt, repeats)) {
        const held = repeat.flatMap(({ test }) => [...test]).sort((a, b) => a - b);
        expect(held).toEqual(labels.map((_, row) => row));
        for (const { train, test } of repeat) {
          expect([...train, ...test].sort((a, b) => a - b)).toEqual(labels.map((_, row) => row));
        }
        const sizes = repeat.map(({ test }) => test.length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        if (stratify === false) continue; // classes are kept in proportion by default
        for (let label = 0; label < 4; label++) {
          const counts = repeat.map(({ test }) => test.filter((row) => labels[row] === label).length);
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
        }
      }
    }),
    RUNS,
  );
});

test("groups are never split, no fold is empty, and a fold is at most one group larger than the smallest", () => {
  const grouped = fc.record({
    rows: fc.array(fc.tuple(fc.nat(3), fc.nat(14)), { minLength: 2, maxLength: 80 }),
    folds: fc.integer({ min: 2, max: 5 }),
    repeats: fc.integer({ min: 1, max: 2 }),
    seed: fc.nat(1000),
    stratify: fc.boolean(),
  });
  fc.assert(
    fc.property(grouped, ({ rows, folds, repeats, seed, stratify }) => {
      const groups = rows.map(([, group]) => `group ${group}`);
      fc.pre(new Set(groups).size >= folds);
      const dealt = kFolds(dataOf(rows.map(([label]) => label)), { folds, repeats, seed, stratify, groups });
      for (const repeat of byRepeat(dealt, repeats)) {
        const held = repeat.flatMap(({ test }) => [...test]).sort((a, b) => a - b);
        expect(held).toEqual(rows.map((_, row) => row));
        for (const { train, test } of repeat) {
          expect(test.length).toBeGreaterThan(0);
          const trained = new Set([...train].map((row) => groups[row]));
          expect([...test].filter((row) => trained.has(groups[row]))).toEqual([]);
        }
        if (stratify) continue;
        const largest = Math.max(...[...new Set(groups)].map((group) => groups.filter((g) => g === group).length));
        const sizes = repeat.map(({ test }) => test.length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(largest);
      }
    }),
    RUNS,
  );
});

test("stratified groups keep the classes' shares where whole groups can", () => {
  // 12 groups of 5 rows: in each, rows of one class only; three groups a class.
  const labels = Array.from({ length: 60 }, (_, row) => Math.floor(row / 5) % 4);
  const groups = labels.map((_, row) => Math.floor(row / 5));
  for (const { test } of kFolds(dataOf(labels), { folds: 3, stratify: true, groups, seed: 4 })) {
    for (let label = 0; label < 4; label++) expect(test.filter((row) => labels[row] === label)).toHaveLength(5);
  }
});

test("a seed gives the same folds, another seed and another repeat others", () => {
  const rows = (options: Parameters<typeof kFolds>[1]) => kFolds(numbersOf(40), options).map(({ test }) => [...test]);
  expect(rows({ seed: 3, repeats: 2 })).toEqual(rows({ seed: 3, repeats: 2 }));
  expect(rows({ seed: 3 })).not.toEqual(rows({ seed: 4 }));
  const two = rows({ seed: 3, repeats: 2 });
  expect(two.slice(0, 5)).toEqual(rows({ seed: 3 })); // more repeats leave the first as it was
  expect(two.slice(5)).not.toEqual(two.slice(0, 5));
  expect(rows({ seed: 3 })).not.toEqual(
    numbersOf(40)
      .kFold({ folds: 5, seed: 3 })
      .map(({ test }) => [...test]),
  );
});

test.each<[string, Parameters<typeof kFolds>[1], new (message: string) => Error, RegExp]>([
  ["one fold", { folds: 1 }, ArgumentError, /folds must be 2 or more, got 1/],
  ["half a fold", { folds: 2.5 }, ArgumentError, /got 2.5/],
  ["no repeats", { repeats: 0 }, ArgumentError, /repeats must be a positive integer, got 0/],
  ["a negative seed", { seed: -1 }, ArgumentError, /seed must be an integer/],
  ["more folds than rows", { folds: 13 }, DataError, /12 rows can't fill 13 folds; use at most 12/],
  ["numbers to stratify", { stratify: true }, DataError, /Leave stratify out/],
  ["groups of some rows", { groups: [1, 2] }, ArgumentError, /2 groups for 12 rows/],
  ["too few groups", { groups: new Array(12).fill("a") }, DataError, /1 groups can't fill 5 folds/],
])("%s is refused", (_, options, kind, message) => {
  expect(() => kFolds(numbersOf(12), options)).toThrow(kind);
  expect(() => kFolds(numbersOf(12), options)).toThrow(message);
});
