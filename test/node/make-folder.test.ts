import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeFolderIn } from "../../src/core/make-folder.js";
import { makeFolder } from "../../src/node/make-folder.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "neuromotor-folders-"));
});
afterAll(() => rm(folder, { recursive: true }));

test("folders are made, the first of them is told, those that are there stay", async () => {
  const path = join(folder, "a", "b", "c");
  expect(await makeFolder(path)).toBe(join(folder, "a"));
  expect((await stat(path)).isDirectory()).toBe(true);
  expect(await makeFolder(path)).toBeUndefined();
  expect(await makeFolder(join(folder, "a", "d"))).toBe(join(folder, "a", "d"));
});

test("a file in the way is an error", async () => {
  await writeFile(join(folder, "file"), "");
  await expect(makeFolder(join(folder, "file"))).rejects.toThrow(/EEXIST/);
  await expect(makeFolder(join(folder, "file", "below"))).rejects.toThrow(/ENOTDIR/);
});

test("a file system that makes none ends with its error, as /proc on Linux, where Node's own mkdir never ends", async () => {
  let calls = 0;
  const proc = {
    mkdir: async (path: string) => {
      if (calls++ > 100) throw new Error("it goes on and on");
      throw Object.assign(new Error(`ENOENT: ${path}`), { code: "ENOENT" });
    },
    stat: async (path: string) => {
      if (path !== "/proc") throw new Error("ENOENT");
      return { isDirectory: () => true };
    },
  };
  await expect(makeFolderIn(proc, "/proc/x/y", dirname)).rejects.toThrow("ENOENT: /proc/x");
});
