import { Dataset, type DatasetSource } from "neuromotor/data";
import { describe, expect, test } from "vitest";
import { ArgumentError, DataError, ShapeError } from "../../src/core/errors.js";

const pairs = [
  [1, 2],
  [3, 4],
  [5, 6],
];
const of = (source: Partial<DatasetSource>) => Dataset.from({ features: pairs, labels: [0, 1, 1], ...source });

describe("labels", () => {
  test("whole numbers from 0 may be class indices; the loss decides", () => {
    const data = of({ labels: Uint32Array.of(2, 0, 2) });
    expect([data.labelKind, of({ labels: ["b", "a", "b"] }).labelKind]).toEqual(["integers", "classes"]);
    expect(of({ labels: [4_000_000_000, 0, 1] })).toMatchObject({ labelKind: "integers", classes: 4_000_000_001 });
    expect(data.labels).toEqual(Uint32Array.of(2, 0, 2));
    expect([data.classNames, data.classes, data.targetShape]).toEqual([["0", "1", "2"], 3, []]);
    expect(of({ labels: Uint8Array.of(2, 0, 2) }).labels).toEqual(data.labels);
    expect(of({ labels: [2, 0, 2] }).labels).toEqual(data.labels);
  });

  test("classNames makes classes of whole numbers, and a copy of the fields keeps what they were", () => {
    expect(of({ labels: [1, 0, 1], classNames: ["no", "yes"] }).labelKind).toBe("classes");
    const whole = of({ labels: [2, 0, 2] }).take([1, 1, 1]);
    expect(Dataset.from({ ...whole, weights: [1, 2, 3] })).toMatchObject({ labelKind: "integers", classes: 3 });
  });

  test("booleans are the classes false and true", () => {
    const data = of({ labels: [true, false, true] });
    expect([data.labelKind, data.classNames, [...data.labels]]).toEqual(["classes", ["false", "true"], [1, 0, 1]]);
  });

  test("classes that never occur, or differ in case only, are named", () => {
    expect(of({ labels: [1, 2, 3] }).warnings).toEqual([]); // the loss says whether they are classes
    expect(of({ labels: [0, 1, 1], classNames: ["a", "b", "c"] }).warnings).toEqual(['The class "c" never occurs.']);
    const cased = of({ labels: ["Setosa", "setosa ", "pine"] }).warnings;
    expect(cased).toEqual(['The classes "Setosa" and "setosa " differ in case or spaces only.']);
    expect(of({ labels: ["a", "b", "a"] }).warnings).toEqual([]);
    expect(of({ labels: [250_000, 310_000, 5] }).warnings).toEqual([]); // hardly classes
  });

  test("names are classes in sorted order", () => {
    const data = of({ labels: ["pine", "fir", "pine"] });
    expect([data.classNames, [...data.labels]]).toEqual([
      ["fir", "pine"],
      [1, 0, 1],
    ]);
  });

  test("flat floats are as many numbers a row as the features have room for", () => {
    const labels = Float32Array.of(1, 0, 0, 1, 1, 1);
    const nested = Dataset.from({ features: [[1], [2], [3]], labels });
    const flat = Dataset.from({ features: Float32Array.of(1, 2, 3), labels, shape: [1] });
    for (const data of [nested, flat]) {
      expect({ rows: data.rows, targetShape: data.targetShape }).toEqual({ rows: 3, targetShape: [2] });
      expect(data.take([1])).toMatchObject({ features: Float32Array.of(2), labels: Float32Array.of(0, 1) });
    }
    expect(() => Dataset.from({ features: [[1], [2]], labels: new Float32Array(3) })).toThrow(/2 rows.*3 labels/);
    expect(() => Dataset.from({ features: [[1]], labels: undefined as never })).toThrow(
      /needs labels: a list, .* got undefined/,
    );
  });

  test("classNames fixes the numbers of named classes, and may name classes without rows", () => {
    const data = of({ labels: ["pine", "fir", "pine"], classNames: ["pine", "oak", "fir"] });
    expect([[...data.labels], data.classes]).toEqual([[0, 2, 0], 3]);
  });

  test.each([
    ["Float32Array", Float32Array.of(1, 2, 3), [1]],
    ["fractions", [1.5, 2, 3], [1]],
    ["negative numbers", [-1, 1, 1], [1]],
    ["a negative integer array", Int8Array.of(0, -1, 1), [1]],
    ["rows of one", [[1], [2], [3]], [1]],
    [
      "rows of two",
      [
        [1, 0],
        [0, 1],
        [1, 1],
      ],
      [2],
    ],
  ])("%s are numbers to predict", (_, labels, targetShape) => {
    const data = of({ labels });
    expect(data.labels).toEqual(new Float32Array(Array.from(labels as Iterable<number>).flat()));
    expect([data.targetShape, data.classNames, data.classes]).toEqual([targetShape, undefined, undefined]);
  });

  const bad: [string, Partial<DatasetSource>, typeof ArgumentError | typeof DataError | typeof ShapeError, RegExp][] = [
    ["infinity", { labels: [1.5, 2, Infinity] }, DataError, /labels: row 2, column 0 is Infinity/],
    [
      "infinity in rows",
      {
        labels: [
          [1, 2],
          [1, Infinity],
          [0, 0],
        ],
      },
      DataError,
      /labels: row 1, column 1 is Infinity/,
    ],
    [
      "too high a class",
      { labels: Uint32Array.of(0, 1, 2), classNames: ["a", "b"] },
      DataError,
      /row 2.* 0 to 1, got 2/,
    ],
    ["a negative class", { labels: [0, -1, 1], classNames: ["a", "b"] }, DataError, /row 1.* 0 to 1, got -1/],
    ["a fractional class", { labels: [0.5, 0, 1], classNames: ["a", "b"] }, DataError, /row 0.* 0 to 1, got 0\.5/],
    [
      "64-bit integers",
      { labels: BigInt64Array.of(0n, 1n, 1n) as never },
      DataError,
      /64-bit integers. Turn them into/,
    ],
    [
      "an unlisted name",
      { labels: ["a", "c", "a"], classNames: ["a", "b"] },
      DataError,
      /row 1.*is "c", which classNames/,
    ],
    ["a text", { labels: "abc" as never }, ArgumentError, /needs labels: a list, .*got "abc"/],
    ["none by name", { labels: { y: undefined } as never }, ArgumentError, /as labels\.y, got undefined/],
    ["no features by name", { features: { a: undefined } as never }, ShapeError, /features\.a.* got undefined/],
    ["a set", { labels: new Set([0, 1, 1]) as never }, ArgumentError, /needs labels: a list, .*got an object of Set/],
    [
      "a view of bytes",
      { features: new DataView(new ArrayBuffer(12)) as never },
      ArgumentError,
      /needs features: a list/,
    ],
    ["a number among names", { labels: ["a", 1, "a"] as never }, DataError, /row 1 is 1 where others are text/],
    ["a name among numbers", { labels: [1, "a", 1] as never }, DataError, /row 1, element 0 must be a number/],
    ["names for numbers", { labels: Float32Array.of(1, 2, 3), classNames: ["a"] }, DataError, /leave classNames out/],
    ["names for rows", { labels: [[1], [2], [3]], classNames: ["a"] }, DataError, /leave classNames out/],
    ["a name twice", { labels: ["a", "a", "a"], classNames: ["a", "a"] }, DataError, /different names/],
    ["no names", { labels: [0, 0, 0], classNames: [] }, DataError, /different names, got 0/],
    ["ragged rows", { labels: [[1, 2], [3], [4, 5]] }, ShapeError, /axis 0 of row 1/],
    ["empty rows", { labels: [[], [], []] }, ShapeError, /one or more numbers a row/],
    ["another number of rows", { labels: [0, 1] }, ShapeError, /3 rows of features but 2 labels/],
  ];
  test.each(bad)("refuses %s", (_, source, error, message) => {
    expect(() => of(source)).toThrow(error);
    expect(() => of(source)).toThrow(message);
  });
});
