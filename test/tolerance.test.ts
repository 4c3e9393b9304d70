import { describe, expect, test } from "vitest";
import { relativeLimit } from "../src/checks/tolerance.js";
import { expectClose, expectEqual } from "./tolerance.js";

describe("the tolerance policy refuses", () => {
  test.each([
    ["NaN", [1, Number.NaN, 3]],
    ["infinity", [1, Number.POSITIVE_INFINITY, 3]],
    ["a missing element", [1, 2]],
    ["one more element", [1, 2, 3, 4]],
    ["an element that is wrong by a thousandth", [1, 2.002, 3]],
    ["an undefined element", [1, undefined, 3] as number[]],
  ])("%s", (_, actual) => {
    expect(() => expectClose(actual, [1, 2, 3])).toThrow();
    expect(() => expectEqual(actual, [1, 2, 3])).toThrow();
  });

  test("a finite number where NaN or infinity is expected, and one infinity for the other", () => {
    expect(() => expectClose([1], [Number.NaN])).toThrow();
    expect(() => expectClose([3e38], [Number.POSITIVE_INFINITY])).toThrow();
    expect(() => expectClose([Number.NEGATIVE_INFINITY], [Number.POSITIVE_INFINITY])).toThrow();
  });

  test("an empty comparison", () => {
    expect(() => expectClose([], [])).toThrow(/nothing to compare/);
  });
});

describe("the tolerance policy accepts", () => {
  test("non-finite numbers in their places", () => {
    const values = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1];
    expectClose(values, values);
    expectEqual(values, values);
  });

  test("rounding to float32, of small elements on the array's scale", () => {
    expectClose([Math.fround(0.1), 100], [0.1, 100]);
    expectClose([1e-5 + 1e-7, 100], [1e-5, 100], { terms: 1 });
    expect(() => expectClose([1e-5 + 1e-7, 1e-5], [1e-5, 1e-5])).toThrow();
  });

  test("subnormal numbers flushed to zero", () => {
    expectClose([0, 0], [1e-40, -1e-39]);
  });
});

test("the scale is that of the numbers added up, where they were larger", () => {
  expectClose([1e-6], [0], { summed: 10 });
  expect(() => expectClose([1e-5], [0], { summed: 10 })).toThrow();
  expect(() => expectClose([1e-6], [0])).toThrow();
});

test("limits grow with terms and inexact functions, and stay small", () => {
  expect(relativeLimit({})).toBeLessThan(4e-7);
  expect(relativeLimit({ terms: 784 })).toBeLessThan(5e-5);
  expect(relativeLimit({ functions: ["exponential"], argument: 10 })).toBeGreaterThan(relativeLimit({}));
  expect(relativeLimit({ functions: ["exponential"], argument: 10 })).toBeLessThan(4e-6);
  expect(relativeLimit({ functions: ["exact"] })).toBe(relativeLimit({}));
});
