import fc from "fast-check";
import { Dataset } from "neuromotor/data";
import { describe, expect, test } from "vitest";
import { ArgumentError, DataError } from "../../src/core/errors.js";

/** Rows whose only feature is their number, so that a part tells which rows it holds. */
function numbered(labels: readonly number[] | Float32Array): Dataset {
  return Dataset.from({ features: Float32Array.from({ length: labels.length }, (_, row) => row), labels });
}

const classesOf = (counts: readonly number[]): number[] => counts.flatMap((count, i) => new Array(count).fill(i));
const countsOf = (data: Dataset): number[] => {
  const counts = new Array<number>(data.classes ?? 0).fill(0);
  for (const label of data.labels) counts[label]++;
  return counts;
};
const ascending = (rows: Iterable<number>): number[] => [...rows].sort((a, b) => a - b);
const allRows = (rows: number): number[] => Array.from({ length: rows }, (_, row) => row);

describe("split", () => {
  test("parts share no row and miss none, whatever the sizes", () => {
    const cases = fc.record({
      rows: fc.integer({ min: 10, max: 200 }),
      test: fc.double({ min: 0.1, max: 0.45, noNaN: true }),
      validation: fc.double({ min: 0.1, max: 0.4, noNaN: true }),
      seed: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
      stratify: fc.boolean(),
    });
    fc.assert(
      fc.property(cases, ({ rows, ...options }) => {
        const data = numbered(allRows(rows).map((row) => row % 3));
        const { train, test, validation } = data.split(options);
        expect([test.rows, validation.rows]).toEqual([
          Math.round(rows * options.test),
          Math.round(rows * options.validation),
        ]);
        const together = [train, test, validation].flatMap((part) => [...part.features]);
        expect(ascending(together)).toEqual(allRows(rows));
        for (const part of [train, test, validation]) {
          for (let i = 0; i < part.rows; i++) expect(part.labels[i]).toBe(part.features[i] % 3);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("stratified parts keep the proportions of the classes", () => {
    const sizes = fc.array(fc.integer({ min: 2, max: 60 }), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(sizes, fc.nat(), (sizes, seed) => {
        const data = numbered(classesOf(sizes));
        if (data.rows < 10) return;
        const { test, validation } = data.split({ test: 0.3, validation: 0.2, stratify: true, seed });
        const testCounts = countsOf(test);
        const validationCounts = countsOf(validation);
        sizes.forEach((size, i) => {
          // Largest remainder rounds each share up or down. Validation is shared out over what test has left, so test's
          // rounding may add part of a row to its own.
          expect(Math.abs(testCounts[i] - (size * test.rows) / data.rows)).toBeLessThan(1);
          expect(Math.abs(validationCounts[i] - (size * validation.rows) / data.rows)).toBeLessThan(1.5);
        });
      }),
      { numRuns: 100 },
    );
  });

  test("gives left-over rows to the largest remainders", () => {
    // 20 % of 7, 4 and 4 rows is 1.4, 0.8 and 0.8: 1 + 0 + 0, and the two that are left go to the 0.8s.
    const { test } = numbered(classesOf([7, 4, 4])).split({ test: 0.2, stratify: true });
    expect(countsOf(test)).toEqual([1, 1, 1]);
  });

  test("an even split of the classes is exact", () => {
    const { train, test } = numbered(classesOf([50, 50, 50])).split({ test: 0.2, stratify: true, seed: 1 });
    expect([countsOf(train), countsOf(test)]).toEqual([
      [40, 40, 40],
      [10, 10, 10],
    ]);
  });

  test("one seed, one split; another seed, another; and rows are shuffled", () => {
    const data = numbered(allRows(100).map((row) => row % 2));
    for (const stratify of [false, true]) {
      const rowsOf = (seed?: number) => [...data.split({ test: 0.3, stratify, seed }).test.features];
      expect(rowsOf(1)).toEqual(rowsOf(1));
      expect(rowsOf(1)).not.toEqual(rowsOf(2));
      expect(rowsOf()).toEqual(rowsOf(0));
      expect(rowsOf(1)).not.toEqual(ascending(rowsOf(1)));
    }
  });

  test("there is a validation part only when asked for, and classes keep their names", () => {
    const data = Dataset.from({ features: new Float32Array(6), labels: ["a", "b", "c", "d", "e", "f"] });
    const { train, test, validation } = data.split({ test: 0.5 });
    expect(validation).toBeUndefined();
    expect([train.classNames, test.classNames]).toEqual([data.classNames, data.classNames]);
  });

  test.each([0, 1, -0.2, 1.5, Number.NaN, 20])("refuses the fraction %d", (fraction) => {
    const data = numbered(allRows(10));
    expect(() => data.split({ test: fraction })).toThrow(ArgumentError);
    expect(() => data.split({ test: fraction })).toThrow(/test must be a fraction of the rows between 0 and 1/);
    expect(() => data.split({ test: 0.2, validation: fraction })).toThrow(/validation must be a fraction/);
  });

  test("refuses fractions and sizes that leave a part empty", () => {
    const data = numbered(allRows(10));
    expect(() => data.split({ test: 0.5, validation: 0.5 })).toThrow(/leave no rows to train on/);
    expect(() => data.split({ test: 0.01 })).toThrow(DataError);
    expect(() => data.split({ test: 0.01 })).toThrow(/10 rows leave the test part empty \(train 10, test 0\)/);
    expect(() => data.split({ test: 0.97 })).toThrow(/leave the train part empty/);
    expect(() => data.split({ test: 0.2, validation: 0.01 })).toThrow(/leave the validation part empty/);
  });

  test("refuses to stratify numbers to predict, and seeds that aren't", () => {
    const data = numbered(Float32Array.from(allRows(10)));
    expect(() => data.split({ test: 0.2, stratify: true })).toThrow(DataError);
    expect(() => data.split({ test: 0.2, stratify: true })).toThrow(/split: needs class labels.*Leave stratify out/);
    for (const seed of [-1, 0.5, 2 ** 53, Number.NaN])
      expect(() => data.split({ test: 0.2, seed })).toThrow(/seed must/);
  });
});

describe("kFold", () => {
  test("holds every row out once, in folds of even size and even classes", () => {
    const cases = fc.record({
      sizes: fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 2, maxLength: 5 }),
      folds: fc.integer({ min: 2, max: 7 }),
      stratify: fc.boolean(),
      seed: fc.nat(),
    });
    fc.assert(
      fc.property(cases, ({ sizes, ...options }) => {
        const data = numbered(classesOf(sizes));
        if (data.rows < options.folds) return;
        const folds = data.kFold(options);
        expect(folds.length).toBe(options.folds);
        expect(ascending(folds.flatMap(({ test }) => [...test]))).toEqual(allRows(data.rows));
        for (const { train, test } of folds) {
          expect(train).toBeInstanceOf(Uint32Array);
          expect(ascending([...train, ...test])).toEqual(allRows(data.rows));
          expect(ascending(test)).toEqual([...test]);
          expect(Math.abs(test.length - data.rows / options.folds)).toBeLessThan(1);
          if (!options.stratify) continue;
          countsOf(data.take(test)).forEach((count, i) => {
            expect(Math.abs(count - sizes[i] / options.folds)).toBeLessThan(1);
          });
        }
      }),
      { numRuns: 80 },
    );
  });

  test("one seed, one set of folds; another seed, another", () => {
    const data = numbered(allRows(40).map((row) => row % 2));
    for (const stratify of [false, true]) {
      const of = (seed: number) => data.kFold({ folds: 4, stratify, seed }).map(({ test }) => [...test]);
      expect(of(3)).toEqual(of(3));
      expect(of(3)).not.toEqual(of(4));
    }
  });

  test.each([0, 1, 2.5, -3, Number.NaN])("refuses %d folds", (folds) => {
    expect(() => numbered(allRows(10)).kFold({ folds })).toThrow(/folds must be 2 or more/);
  });

  test("refuses more folds than rows, and to stratify numbers", () => {
    expect(() => numbered(allRows(10)).kFold({ folds: 11 })).toThrow(/10 rows can't fill 11 folds/);
    expect(
      numbered(allRows(10))
        .kFold({ folds: 10 })
        .every(({ test }) => test.length === 1),
    ).toBe(true);
    const data = numbered(Float32Array.from(allRows(10)));
    expect(() => data.kFold({ folds: 2, stratify: true })).toThrow(/kFold: needs class labels/);
  });
});
