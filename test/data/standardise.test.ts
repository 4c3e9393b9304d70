import { Dataset, diabetes, readCsv, Standardiser, standardise } from "neuromotor/data";
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

describe("numbers that float32 would round are scaled from float64", () => {
  // Milliseconds of tensorflow/tfjs#4662; worked out by hand in float64.
  const times = [1612892067115, 1612892067089, 1612892066967, 1612892066783];
  const expected = [0.965, 0.766, -0.164, -1.567];
  const sources: [string, Dataset][] = [
    ["nested lists", Dataset.from({ features: times.map((time) => [time]), labels: [0, 1, 0, 1] })],
    ["Float64Array", Dataset.from({ features: Float64Array.from(times), labels: [0, 1, 0, 1] })],
    ["a CSV file", readCsv(`t,y\n${times.map((time, i) => `${time},${i % 2}`).join("\n")}`, { target: "y" })],
  ];
  test.each(sources)("%s", (_, data) => {
    const copies = { "as given": data, taken: data.take([0, 1, 2, 3]), spread: Dataset.from({ ...data }) };
    for (const [name, copy] of Object.entries(copies)) {
      const standardiser = Standardiser.fit(copy);
      expect(standardiser.mean[0], name).toBe(1612892066988.5);
      const scaled = standardiser.apply(copy).features;
      for (const [row, value] of expected.entries()) expect(scaled[row], name).toBeCloseTo(value, 3);
      expect(standardiser.applyTo(times)).toEqual(scaled);
      expect(standardiser.applyTo(times.map((time) => [time]))).toEqual(scaled);
    }
  });

  test("targets, too, and back to the last digit", () => {
    const cents = [1700000001.25, 1699999997.5, 1700000036.75, 1700000003];
    const data = Dataset.from({ features: [[1], [2], [3], [4]], labels: cents.map((value) => [value]) });
    const { train, targetStandardiser } = standardise({ train: data, test: data }, { targets: true });
    const back = targetStandardiser!.invert(train.labels);
    for (const [row, value] of cents.entries()) expect(Math.abs(back[row] - value)).toBeLessThan(1e-5);
    const classes = Dataset.from({ features: [[1], [2]], labels: ["a", "b"] });
    expect(() => standardise({ train: classes, test: classes }, { targets: true })).toThrow(/labels are classes/);
  });
});

test("features that scale to something far out are said", () => {
  const rows = Array.from({ length: 40_000 }, (_, row) => [row === 7 ? 1 : 0, row % 3]);
  const data = Dataset.from({ features: rows, labels: rows.map(([x]) => x), featureNames: ["spike", "steady"] });
  expect(Standardiser.fit(data).apply(data).warnings).toEqual([
    expect.stringMatching(/^Standardised features lie far .*: "spike" by 200\./),
  ]);
});
