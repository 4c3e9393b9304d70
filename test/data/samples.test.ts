import { diabetes, digits, iris, isSampleName, loadSample, sampleNames, xor } from "neuromotor/data";
import { expect, test } from "vitest";

const countsOf = (labels: ArrayLike<number>, classes: number): number[] => {
  const counts = new Array<number>(classes).fill(0);
  for (let row = 0; row < labels.length; row++) counts[labels[row]]++;
  return counts;
};

test("iris is 150 flowers of 4 measurements, 50 of each species", async () => {
  const data = await iris();
  expect([data.name, data.rows, data.shape, data.targetShape]).toEqual(["iris", 150, [4], []]);
  expect(data.classNames).toEqual(["setosa", "versicolor", "virginica"]);
  expect(countsOf(data.labels, 3)).toEqual([50, 50, 50]);
  expect(data.featureNames?.[0]).toBe("sepal length (cm)");
  expect([...data.features.subarray(0, 4)]).toEqual([5.1, 3.5, 1.4, 0.2].map(Math.fround));
});

test("digits are 1,797 images of 64 pixels from 0 to 1 in ten classes", async () => {
  const data = await digits();
  expect([data.rows, data.shape, data.classes, data.features.length]).toEqual([1797, [64], 10, 1797 * 64]);
  expect(data.classNames).toEqual(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
  // As load_digits describes the set.
  expect(countsOf(data.labels, 10)).toEqual([178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
  expect([...data.features.subarray(0, 8)]).toEqual([0, 0, 5, 13, 9, 1, 0, 0].map((pixel) => pixel / 16));
  expect(data.features.reduce((a, b) => Math.max(a, b))).toBe(1);
  expect(data.features.reduce((a, b) => Math.min(a, b))).toBe(0);
});

test("diabetes is 442 patients of 10 unscaled measurements and a number to predict", async () => {
  const data = await diabetes();
  expect([data.rows, data.shape, data.targetShape]).toEqual([442, [10], [1]]);
  expect([data.classNames, data.classes]).toEqual([undefined, undefined]);
  expect(data.labels).toBeInstanceOf(Float32Array);
  expect([data.labels[0], data.features[0], data.targetName]).toEqual([151, 59, "progression"]);
});

test("xor has the four rows of its truth table", async () => {
  const data = await xor();
  expect([...data.features]).toEqual([0, 0, 0, 1, 1, 0, 1, 1]);
  expect([...data.labels]).toEqual([0, 1, 1, 0]);
  expect([data.rows, data.shape, data.classes]).toEqual([4, [2], 2]);
});

test("samples load by name, and an unknown name lists those that exist", async () => {
  expect(sampleNames.slice(0, 6)).toEqual(["iris", "digits", "diabetes", "xor", "wine", "breastCancer"]);
  for (const name of sampleNames) expect((await loadSample(name)).name).toBe(name);
  await expect(loadSample("mnits")).rejects.toThrow(/no sample data set "mnits"; use iris, digits, diabetes, xor/);
  expect(isSampleName("iris")).toBe(true);
  expect(isSampleName("constructor")).toBe(false);
});
