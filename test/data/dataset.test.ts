import { Dataset, type DatasetSource, kFolds, standardise } from "neuromotor/data";
import { describe, expect, test } from "vitest";
import { ArgumentError, DataError, ShapeError } from "../../src/core/errors.js";

const pairs = [
  [1, 2],
  [3, 4],
  [5, 6],
];
const of = (source: Partial<DatasetSource>) => Dataset.from({ features: pairs, labels: [0, 1, 1], ...source });

describe("features", () => {
  test("nested lists and flat arrays of one content are the same data", () => {
    const nested = of({});
    const flat = of({ features: Float32Array.of(1, 2, 3, 4, 5, 6) });
    expect(nested.features).toEqual(Float32Array.of(1, 2, 3, 4, 5, 6));
    expect(flat.features).toEqual(nested.features);
    expect([nested.rows, nested.shape, flat.shape]).toEqual([3, [2], [2]]);
  });

  test("deeper nesting gives samples of more axes", () => {
    const images = of({
      features: [1, 2, 3].map((v) => [
        [[v], [v]],
        [[v], [-v]],
      ]),
    });
    expect(images.shape).toEqual([2, 2, 1]);
    expect([...images.features]).toEqual([1, 1, 1, -1, 2, 2, 2, -2, 3, 3, 3, -3]);
  });

  test("shape is the shape of a sample, for flat arrays and flat rows", () => {
    const flat = Dataset.from({ features: new Float32Array(12), labels: [0, 1], shape: [2, 3, 1] });
    expect([flat.rows, flat.shape]).toEqual([2, [2, 3, 1]]);
    expect(of({ shape: [1, 2] }).shape).toEqual([1, 2]);
  });

  test("arrays are copied, the data set can't be changed", () => {
    const features = Float32Array.of(1, 2, 3, 4, 5, 6);
    const labels = Uint32Array.of(0, 1, 1);
    const data = of({ features, labels });
    features[0] = Number.NaN;
    labels[0] = 7;
    expect([data.features[0], data.labels[0]]).toEqual([1, 0]);
    expect(() => Object.assign(data, { rows: 9 })).toThrow(TypeError);
    expect(() => (data.shape as number[]).push(1)).toThrow(TypeError);
  });

  test.each([
    ["floats", Float32Array.of(1, Number.NaN, 2), [1]],
    ["a list of whole numbers", [0, Number.NaN, 2], [1]],
  ])("NaN among %s is kept, for a loss that leaves it out", (_, labels, targetShape) => {
    const data = of({ labels });
    expect(data.labels).toEqual(Float32Array.from(labels));
    expect(data.targetShape).toEqual(targetShape);
  });

  const bad: [string, Partial<DatasetSource>, typeof DataError | typeof ShapeError, RegExp][] = [
    [
      "NaN",
      {
        features: [
          [1, 2],
          [3, Number.NaN],
          [5, 6],
        ],
      },
      DataError,
      /row 1, column 1 is NaN, counted from 0/,
    ],
    [
      "NaN in a named column",
      { features: Float32Array.of(1, 2, 3, 4, Number.NaN, 6), featureNames: ["age", "bmi"] },
      DataError,
      /row 2, column 0 \("age"\) is NaN/,
    ],
    [
      "infinity",
      {
        features: [
          [1, 2],
          [3, 4],
          [-Infinity, 6],
        ],
      },
      DataError,
      /row 2, column 0 is -Infinity/,
    ],
    [
      "beyond float32",
      {
        features: [
          [1, 2],
          [3, 1e39],
          [5, 6],
        ],
      },
      DataError,
      /column 1 is Infinity \(in 32-bit floats/,
    ],
    [
      "ragged rows",
      { features: [[1, 2], [3], [5, 6]] },
      ShapeError,
      /shape of row 0, \[2\]: axis 0 of row 1 .* got 1 of/,
    ],
    [
      "deep ragged rows",
      {
        features: [
          [[1], [2]],
          [[3], [4, 5]],
          [[5], [6]],
        ],
      },
      ShapeError,
      /axis 1 of row 1/,
    ],
    [
      "deeper rows",
      {
        features: [
          [1, 2],
          [[3], [4]],
          [5, 6],
        ] as never,
      },
      ShapeError,
      /row 1 is nested deeper/,
    ],
    [
      "text",
      {
        features: [
          [1, 2],
          [3, "x"],
          [5, 6],
        ] as never,
      },
      DataError,
      /row 1, element 1 must be a number, got the text "x"/,
    ],
    [
      "null",
      {
        features: [
          [1, 2],
          [3, 4],
          [5, null],
        ] as never,
      },
      DataError,
      /row 2, element 1 must be a number, got null/,
    ],
    ["too few rows", { features: [[1, 2]] }, ShapeError, /1 rows of features but 3 labels/],
    ["an undivisible length", { features: new Float32Array(7) }, ShapeError, /multiple of the 3 labels, got 7/],
    [
      "a length against shape",
      { features: new Float32Array(6), shape: [4] },
      ShapeError,
      /shape \[4\] need 12 .* got 6/,
    ],
    ["a nesting against shape", { shape: [3] }, ShapeError, /must be \[3\], got \[2\]/],
    ["a shape of nothing", { features: new Float32Array(6), shape: [] }, ShapeError, /positive integers.*got \[\]/],
    ["a shape with 0", { features: new Float32Array(6), shape: [0] }, ShapeError, /positive integers.*got \[0\]/],
    ["empty samples", { features: [[], [], []] }, ShapeError, /positive integers.*got \[0\]/],
    ["an empty array", { features: new Float32Array(0) }, ShapeError, /empty for 3 labels/],
    ["a flat list", { features: [1, 2, 3] as never }, ShapeError, /one list per row: write \[\[1\], \[2\]\]/],
    ["no array", { features: "abc" as never }, ShapeError, /must be a Float32Array or one list per row/],
    ["no rows", { features: [], labels: [] }, DataError, /no rows. Give at least one row/],
    ["no labels", { labels: [] }, DataError, /no labels.*Give one label per row/],
    ["feature names", { featureNames: ["a"] }, ShapeError, /1 featureNames for samples of 2 numbers/],
  ];
  test.each(bad)("refuses %s", (_, source, error, message) => {
    expect(() => of(source)).toThrow(error);
    expect(() => of(source)).toThrow(message);
  });

  test("names the data set in messages", () => {
    expect(() => of({ name: "plants", labels: [] })).toThrow(/^Dataset "plants": /);
  });
});

describe("take", () => {
  test("copies rows in order and keeps the classes", () => {
    const data = of({ labels: ["b", "a", "c"], name: "letters", featureNames: ["x", "y"], targetName: "letter" });
    const taken = data.take([2, 0, 2]);
    expect([...taken.features]).toEqual([5, 6, 1, 2, 5, 6]);
    expect([[...taken.labels], taken.classNames, taken.rows]).toEqual([[2, 1, 2], ["a", "b", "c"], 3]);
    expect([taken.name, taken.featureNames, taken.targetName]).toEqual(["letters", ["x", "y"], "letter"]);
    taken.features[0] = 99;
    expect(data.features[4]).toBe(5);
  });

  test("takes whole rows of targets", () => {
    const data = of({
      labels: [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      shape: [2, 1],
    });
    const taken = data.take(Uint32Array.of(1, 0));
    expect([[...taken.labels], taken.targetShape, taken.shape]).toEqual([[3, 4, 1, 2], [2], [2, 1]]);
  });

  test.each([[[3]], [[-1]], [[0.5]], [[Number.NaN]]])("refuses %j", (rows) => {
    expect(() => of({}).take(rows)).toThrow(ArgumentError);
    expect(() => of({}).take(rows)).toThrow(/doesn't exist; rows are integers from 0 to 2/);
  });

  test("refuses no rows", () => expect(() => of({}).take([])).toThrow(DataError));
});

test("withFeatures swaps the features only", () => {
  const data = of({ labels: ["b", "a", "c"] });
  const other = data.withFeatures(data.features.map((value) => -value));
  expect([...other.features]).toEqual([-1, -2, -3, -4, -5, -6]);
  expect([other.labels, other.classNames]).toEqual([data.labels, data.classNames]);
  expect(() => data.withFeatures(new Float32Array(5))).toThrow(/must be \[3, 2\], 6 numbers, got 5/);
  expect(() => data.withFeatures(new Float32Array(6).fill(Number.NaN))).toThrow(DataError);
});

test("oneHot turns classes into numbers to predict", () => {
  const data = of({ labels: [2, 0, 1] }).oneHot();
  expect(data.labels).toEqual(Float32Array.of(0, 0, 1, 1, 0, 0, 0, 1, 0));
  expect([data.targetShape, data.classNames]).toEqual([[3], undefined]);
  expect(() => data.oneHot()).toThrow(/needs class labels/);
});

describe("options that don't exist are refused, with the one that was meant", () => {
  const data = of({});
  test.each([
    ["Dataset.from", () => of({ sampleWeights: [1, 0, 1] } as never), "weights"],
    ["Dataset.from", () => Dataset.from({ x: [[1]], y: [1] } as never), "features"],
    ["split", () => data.split({ test: 0.3, stratified: true } as never), "stratify"],
    ["split", () => data.split({ test_size: 0.3 } as never), "test"],
    ["kFold", () => data.kFold({ n_splits: 2 } as never), "folds"],
    ["kFolds", () => kFolds(data, { randomState: 1 } as never), "seed"],
    ["standardise", () => standardise(data.split({ test: 0.3 }), { target: true } as never), "targets"],
  ])("%s", (where, work, meant) => {
    expect(work).toThrow(ArgumentError);
    expect(work).toThrow(new RegExp(`^${where}: there is no option .* Did you mean ${meant}\\?`));
  });
});

test("whole data sets of millions of whole numbers split and fold without a place for each value", () => {
  const prices = of({ labels: [4_000_000_000, 0, 1] });
  expect(prices.split({ test: 0.3, stratify: true }).test.rows).toBe(1);
  expect(kFolds(prices, { folds: 3, groups: ["a", "b", "c"] })).toHaveLength(3);
});

describe("what is no list of rows is refused, not taken for rows without numbers", () => {
  test.each<[string, unknown]>([
    ["a Set", new Set([1, 2, 3])],
    ["a Map", new Map([["a", [1, 2, 3]]])],
    ["an empty object", {}],
    ["bytes without a view", new ArrayBuffer(12)],
    ["a view without numbers", new DataView(new ArrayBuffer(12))],
    ["a promise", Promise.resolve(pairs)],
    ["a function", () => pairs],
    ["a data set", of({})],
  ])("%s", (_, value) => {
    expect(() => of({ features: value as never })).toThrow(/^Dataset: .*features/);
    expect(() => of({ labels: value as never })).toThrow(/^Dataset: .*labels/);
  });
});
