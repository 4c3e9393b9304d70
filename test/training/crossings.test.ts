// @module-tag slow
import { expect, test } from "vitest";
import { instrumented } from "./crossings.js";

/*
 * Counted as REVIEW.md, section 10, does: a hook at the head of every function body of src/training writes down its file;
 * each time that it is another than the one before counts as a crossing. One fit of Iris of two steps; 50 before session,
 * programs and queue had their files.
 */
test("a fit crosses between files of training/ at most 25 times", async () => {
  const { files } = await instrumented<typeof import("./one-fit.js")>("./one-fit.ts");
  expect(files.length - 1).toBeLessThanOrEqual(25);
  expect(files).toContain("fit.ts"); // it was seen
});
