import { describe, expect, test } from "vitest";
import { medianOf } from "../../src/data/median.js";

const bySorting = (values: Float64Array) => {
  const sorted = values.slice().sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

describe.each([1, 2, 3, 4, 5, 64, 65, 999, 1000])("the median of %i numbers, as sorting finds it", (length) => {
  const normal = Float64Array.from({ length }, (_, i) => Math.sin(i * 12.9898) * 43758.5453);
  test.each<[string, (value: number, i: number) => number]>([
    ["all different", (value) => value],
    ["few values", (value) => Math.abs(Math.round(value)) % 3],
    ["one value", () => 7],
    ["ascending", (_, i) => i],
    ["descending", (_, i) => -i],
    ["infinite at the ends", (value, i) => (i % 5 === 0 ? -Infinity : i % 5 === 1 ? Infinity : value)],
  ])("%s", (_, change) => {
    const values = normal.map(change);
    expect(medianOf(values.slice())).toEqual(bySorting(values));
  });
});
