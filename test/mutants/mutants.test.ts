import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { mutants, mutated } from "./main.js";

/* `node test/mutants.mjs` takes long and is run by hand: here only that its tables still fit the library. */

const root = fileURLToPath(new URL("../..", import.meta.url));

test.each(mutants)("$name: its text and its tests are there", (mutant) => {
  expect(mutated(root, mutant)).not.toBe("");
  for (const path of mutant.tests) expect(existsSync(join(root, "test", path)), path).toBe(true);
});
