import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, test } from "vitest";
import { root, textOf } from "./blocks.js";

/*
 * The table of files in docs/CONTRIBUTING.md that each kind of addition takes, held against an example of the kind.
 */
const text = textOf("docs/CONTRIBUTING.md");

interface Kind {
  title: string;
  example: string;
  /** Files of its table. */
  files: string[];
  tests: string[];
}

const kinds: Kind[] = text
  .split(/^### /m)
  .slice(1)
  .map((section) => ({
    title: section.split("\n")[0],
    example: section.match(/^Example: `(\w+)`/m)![1],
    files: [...section.matchAll(/^\| `([^`]+)` \|/gm)].map(([, file]) => file),
    tests: [...section.match(/^Tests: (.+?)$(?:\n.*)*/m)![0].matchAll(/`(test\/[^`]+)`/g)].map(([, file]) => file),
  }));

const CODE = /\.(ts|wgsl)$/;
const sources = ["src", "shaders"]
  .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile() && CODE.test(entry.name))
  .map((entry) => relative(root, join(entry.parentPath, entry.name)));

const codeOf = (file: string) => readFileSync(join(root, file), "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
const inKebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Whether a file is about `name`, or its code mentions it. */
const knows = (file: string, name: string) =>
  new RegExp(`/${inKebab(name)}\\.\\w+$`).test(file) || new RegExp(`\\b(op_)?${name}\\b`).test(codeOf(file));

/** The room of a file: a folder of src, shaders, or an entry by itself. */
const roomOf = (file: string) => file.match(/^(src\/[^/]+|shaders)/)![0];

describe("what is added where", () => {
  test("has the kinds that are asked for", () => {
    const asked = ["optimizer", "op", "elementwise op", "layer", "loss", "schedule", "data set", "option of a command"];
    for (const kind of asked)
      expect(
        kinds.some(({ title }) => title.includes(kind)),
        kind,
      ).toBe(true);
  });

  test.each(kinds)("$title: the files that know $example", ({ example, files, tests }) => {
    for (const file of [...files, ...tests]) expect(existsSync(join(root, file)), file).toBe(true);
    const rooms = new Set(files.map(roomOf));
    const knowing = sources.filter((file) => rooms.has(roomOf(file)) && knows(file, example));
    expect(files.filter((file) => CODE.test(file)).sort()).toEqual(knowing.sort());
    expect(tests.length).toBeGreaterThan(0);
  });

  // The test of settings walks their table.
  const walked = ["test/cli/settings.test.ts"];
  test.each(kinds.filter(({ tests }) => !walked.includes(tests[0])))("$title: $example is tested there", (kind) => {
    const names = new RegExp(`\\b(${kind.example}|${inKebab(kind.example)})\\b`);
    expect(kind.tests.filter((file) => names.test(codeOf(file)))).not.toEqual([]);
  });
});

test("every file that the pages name exists", () => {
  for (const [, file] of text.matchAll(/`((?:src|test|shaders|docs)\/[^`*]*)`/g)) {
    expect(existsSync(join(root, file)), file).toBe(true);
  }
});
