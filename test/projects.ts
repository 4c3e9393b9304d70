import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import base from "./vitest.config.js";

const here = fileURLToPath(new URL(".", import.meta.url));

/** Files whose text has a word, from the project's root on. */
const filesWith = (word: string): string[] =>
  readdirSync(here, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.ts") && readFileSync(join(here, file), "utf8").includes(word))
    .map((file) => join("test", file));

const slowTests = filesWith("@module-tag slow");

/** Files of these folders draw numbers one after the other (`parity/data.ts`), which no other file may go on with. */
const DRAWING = ["backends", "compile", "golden", "graph", "losses", "model", "ops", "parity"];
const drawing = DRAWING.map((folder) => `test/${folder}/**/*.test.ts`);
const draws = (file: string) => DRAWING.some((folder) => file.startsWith(join("test", folder, "/")));

/** Modules are replaced only in a process that hasn't loaded them yet. */
const mocking = filesWith("vi.mock(");
const isAlone = (file: string) => draws(file) || mocking.includes(file);

const project = (name: string, test: object) => ({ ...base, test: { ...base.test, name, ...test } });
const apart = base.test!.exclude!;

/**
 * Tests of the short loop. Files share a process where they can, so that the library is loaded once. So is a helper's module:
 * a hook belongs into a function of it that each test file calls, like `useFolder`.
 */
export const short = [
  project("shared", { exclude: [...apart, ...slowTests, ...drawing, ...mocking], isolate: false }),
  project("alone", { include: [...drawing, ...mocking], exclude: [...apart, ...slowTests] }),
];

/** The others, likewise. */
export const slow = [
  project("slow", { include: slowTests.filter((file) => !isAlone(file)), isolate: false }),
  project("slow alone", { include: slowTests.filter(isAlone) }),
];

/** A configuration of several of them. */
export const together = (...projects: object[]) => ({
  root: base.root,
  test: { maxWorkers: base.test!.maxWorkers, projects },
});
