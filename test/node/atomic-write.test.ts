import { mkdir, open, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, expect, test, vi } from "vitest";
import { atomicRemoveFolder, atomicWrite, atomicWriteFolder } from "../../src/node/atomic-write.js";
import { useFolder } from "../fixtures.js";

const { next } = useFolder();
let folder: string;
beforeEach(async () => {
  folder = next();
  await mkdir(folder);
});

test("a file is replaced as a whole, and nothing is left beside it", async () => {
  const path = join(folder, "a.txt");
  await atomicWrite(path, "first, and longer");
  await atomicWrite(path, new Uint8Array([104, 105]));
  expect(await readFile(path, "utf8")).toBe("hi");
  expect(await readdir(folder)).toEqual(["a.txt"]);
});

test("where the new content can't take its place, the error is thrown and nothing is left beside", async () => {
  const path = join(folder, "taken");
  await mkdir(join(path, "full"), { recursive: true });
  await expect(atomicWrite(path, "new")).rejects.toThrow();
  expect(await readdir(folder)).toEqual(["taken"]);
  expect(await readdir(path)).toEqual(["full"]);
});

test("a folder is there with all of its files, or not at all", async () => {
  const path = join(folder, "model");
  await atomicWriteFolder(path, { a: "1", b: "2" });
  expect((await readdir(path)).sort()).toEqual(["a", "b"]);
  await expect(atomicWriteFolder(path, { c: "3" })).rejects.toThrow(); // it is there already
  expect((await readdir(path)).sort()).toEqual(["a", "b"]);
  await expect(atomicWriteFolder(join(folder, "other"), { "no/such/folder": "1" })).rejects.toThrow();
  expect(await readdir(folder)).toEqual(["model"]);
  await atomicRemoveFolder(path);
  expect(await readdir(folder)).toEqual([]);
});

test("the content is on the disk before it takes its place, and its folder after", async () => {
  const path = join(folder, "a.txt");
  await writeFile(path, "old");
  const handle = await open(path);
  const handles = Object.getPrototypeOf(handle) as typeof handle;
  await handle.close();
  const found: string[] = [];
  const sync = vi.spyOn(handles, "sync").mockImplementation(async () => void found.push(await readFile(path, "utf8")));
  await atomicWrite(path, "new");
  sync.mockRestore();
  expect(found).toEqual(["old", "new"]);
});
