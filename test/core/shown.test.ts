import { expect, test } from "vitest";
import { shown } from "../../src/core/shown.js";

test.each([
  ["text", "a".repeat(50), `"${"a".repeat(40)}…"`],
  ["NaN", Number.NaN, "NaN"],
  ["null", null, "null"],
  ["a symbol", Symbol("x"), "Symbol(x)"],
  ["an empty list", [], "an empty list"],
  ["a list of numbers", [3, Number.NaN, -1], "[3, NaN, -1]"],
  ["a long list", Array.from({ length: 20 }, (_, i) => i), "[0, 1, 2, 3, 4, 5, 6, 7, …]"],
  ["a list with holes and text", new Array(1).concat("a"), '[undefined, "a"]'],
  ["a list of objects", [{}, {}], "a list"],
  ["an object", { a: 1 }, "an object"],
  ["an object of a class", new Date(0), "an object of Date"],
  ["a function", () => {}, "a function"],
])("%s", (_, value, expected) => {
  expect(shown(value)).toBe(expected);
});
