import { Dataset, diabetes, Standardiser, standardise } from "neuromotor/data";
import { describe, expect, test } from "vitest";
import { DataError, FormatError, ShapeError } from "../../src/core/errors.js";

const dataset = (features: number[][]) => Dataset.from({ features, labels: features.map((_, row) => row % 2) });

/** Mean and population deviation of each column, in float64. */
function moments({ features, rows, shape }: Dataset): { mean: number; deviation: number }[] {
  return Array.from({ length: shape[0] }, (_, column) => {
    const values = Array.from({ length: rows }, (_, row) => features[row * shape[0] + column]);
    const mean = values.reduce((a, b) => a + b) / rows;
    return { mean, deviation: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rows) };
  });
}

describe("Standardiser", () => {
  test("measures mean and population deviation", () => {
    const { mean, deviation } = Standardiser.fit(
      dataset([
        [1, 10],
        [3, 10],
        [5, 40],
        [7, 40],
      ]),
    );
    expect([...mean]).toEqual([4, 25]);
    expect([...deviation]).toEqual([Math.sqrt(5), 15]);
  });

  test("real features come out with mean 0 and deviation 1", async () => {
    const data = await diabetes();
    for (const { mean, deviation } of moments(Standardiser.fit(data).apply(data))) {
      expect(Math.abs(mean)).toBeLessThan(2 ** -23);
      expect(Math.abs(deviation - 1)).toBeLessThan(2 ** -22);
    }
  });

  test("a constant feature becomes exactly 0", () => {
    const data = dataset(Array.from({ length: 49 }, (_, row) => [0.1, row]));
    const standardiser = Standardiser.fit(data);
    expect(standardiser.deviation[0]).toBe(1);
    const scaled = standardiser.apply(data);
    for (let row = 0; row < 49; row++) expect(scaled.features[row * 2]).toBe(0);
  });

  test("keeps a small spread far from 0", () => {
    const { mean, deviation } = Standardiser.fit(dataset([[8_000_000], [8_000_002]]));
    expect([mean[0], deviation[0]]).toEqual([8_000_001, 1]);
  });

  test("leaves labels, names and the data set it is given alone", () => {
    const data = Dataset.from({ features: [[1], [3]], labels: ["b", "a"], featureNames: ["x"], name: "two" });
    const scaled = Standardiser.fit(data).apply(data);
    expect([scaled.classNames, [...scaled.labels], scaled.featureNames, scaled.name]).toEqual([
      ["a", "b"],
      [1, 0],
      ["x"],
      "two",
    ]);
    expect([[...scaled.features], [...data.features]]).toEqual([
      [-1, 1],
      [1, 3],
    ]);
  });

  test("survives JSON to the bit", async () => {
    const data = await diabetes();
    const standardiser = Standardiser.fit(data);
    const again = Standardiser.fromJSON(JSON.parse(JSON.stringify(standardiser)));
    expect([again.mean, again.deviation]).toEqual([standardiser.mean, standardiser.deviation]);
    expect(again.applyTo(data.features)).toEqual(standardiser.applyTo(data.features));
  });

  test.each([
    [null, /"mean" must be a list/],
    [{ mean: [1] }, /"deviation" must be a list/],
    [{ mean: [], deviation: [] }, /"mean" must be a list/],
    [{ mean: [1, null], deviation: [1, 1] }, /"mean" must be a list of finite numbers/],
    [{ mean: [1], deviation: ["1"] }, /"deviation" must be a list of finite numbers/],
    [{ mean: [1, 2], deviation: [1] }, /2 means, 1 deviations/],
    [{ mean: [1, 2], deviation: [1, 0] }, /positive deviation per mean, got 0 at 1/],
    [{ mean: [1, 2], deviation: [-1, 1] }, /got -1 at 0/],
  ])("refuses the JSON %j", (json, message) => {
    expect(() => Standardiser.fromJSON(json)).toThrow(FormatError);
    expect(() => Standardiser.fromJSON(json)).toThrow(message);
  });

  test("refuses samples of another size, and results that aren't finite", () => {
    const standardiser = Standardiser.fit(
      dataset([
        [1, 2],
        [3, 5],
      ]),
    );
    expect(() => standardiser.apply(dataset([[1], [2]]))).toThrow(ShapeError);
    expect(() => standardiser.applyTo(new Float32Array(3))).toThrow(/fitted on 2 features a row; 3 numbers/);
    expect(() => standardiser.applyTo(Float32Array.of(1, 2, 3, Number.NaN))).toThrow(DataError);
    const narrow = Standardiser.fit(dataset([[0], [1e-6]]));
    expect(() => narrow.applyTo(Float32Array.of(3e38))).toThrow(/row 0, column 0 is Infinity/);
  });
});

describe("standardise", () => {
  test("fits on the training part only", () => {
    const train = dataset([[0], [2]]);
    const test = dataset([[100], [300]]);
    const parts = standardise({ train, test, validation: dataset([[1], [5]]) });
    expect([...parts.train.features]).toEqual([-1, 1]);
    expect([...parts.test.features]).toEqual([99, 299]);
    expect([...parts.validation.features]).toEqual([0, 4]);
    expect([...parts.standardiser.mean]).toEqual([1]);
  });

  test("takes a split as it is", async () => {
    const parts = standardise((await diabetes()).split({ test: 0.2 }));
    expect(parts.validation).toBeUndefined();
    expect([parts.train.rows, parts.test.rows]).toEqual([354, 88]);
    expect(Math.abs(moments(parts.train)[0].mean)).toBeLessThan(2 ** -23);
    expect(Math.abs(moments(parts.test)[0].mean)).toBeGreaterThan(2 ** -23);
  });
});
