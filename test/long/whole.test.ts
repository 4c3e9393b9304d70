import { expect, test } from "vitest";
import { wholeDifference } from "../backends/whole-cases.js";
import { cases } from "../bits/cases.js";

test.each(cases)("$name: a plan run whole has the bits of its launches", { timeout: 600_000 }, async (each) => {
  expect(await wholeDifference(each)).toBeUndefined();
});
