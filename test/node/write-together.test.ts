import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { atomicWrite } from "../../src/node/atomic-write.js";
import { partialOf } from "../../src/node/partial.js";
import { finishWriting, writeTogether } from "../../src/node/write-together.js";
import { useFolder } from "../fixtures.js";

const HOST = hostname().replace(/[^\w-]/g, "-");
const dead = spawnSync(process.execPath, ["--eval", ""]).pid;
const { next } = useFolder();
let place: string;
beforeEach(() => {
  place = join(next(), "run");
  mkdirSync(dirname(place), { recursive: true });
});

/** Writes files, by their paths in a folder. */
function put(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** All files of a folder. */
const filesOf = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
      .sort()
      .map((path) => [path.slice(folder.length + 1), readFileSync(path, "utf8")]),
  );

const OLD = { "model.json": "old", "events/one": "old", "notes.txt": "mine" };
const NEW = { "model.json": "new", "events/two": "new", "more.csv": "new" };
const BOTH = { "events/two": "new", "model.json": "new", "more.csv": "new", "notes.txt": "mine" };
const write = async (folder: string) => put(folder, NEW);

describe("files that are written together", () => {
  test("make a folder, or take the places of those of their names in one that is there", async () => {
    await writeTogether(join(place, "deep"), write);
    expect(filesOf(place)).toEqual(
      Object.fromEntries(Object.entries(NEW).map(([path, text]) => [`deep/${path}`, text])),
    );
    put(join(place, "other"), OLD);
    await writeTogether(join(place, "other"), write);
    expect(filesOf(join(place, "other"))).toEqual(BOTH);
    expect(readdirSync(join(place, "other"))).toHaveLength(4);
  });

  test("by way of a symbolic link, too", async () => {
    put(place, OLD);
    symlinkSync(place, `${place}-link`);
    await writeTogether(`${place}-link`, write);
    expect(filesOf(place)).toEqual(BOTH);
  });

  test.each([
    ["a folder that is there", true],
    ["one that isn't", false],
  ])("leave %s as it was when they can't be written", async (_, exists) => {
    if (exists) put(place, OLD);
    const failing = writeTogether(join(place, exists ? "." : "a/b"), async (folder) => {
      put(folder, NEW);
      throw new Error("disk full");
    });
    await expect(failing).rejects.toThrow("disk full");
    if (exists) expect(filesOf(place)).toEqual({ "events/one": "old", "model.json": "old", "notes.txt": "mine" });
    else expect(readdirSync(dirname(place))).toEqual([]);
  });
});

describe("after a kill", () => {
  const left = (kind: string, pid: number, host = HOST) => join(place, `.new.${host}-${pid}-0.${kind}`);

  test("files that weren't whole are removed, and the old ones stay", async () => {
    put(place, OLD);
    put(left("partial", dead), { "model.json": "ne" });
    put(`${place}.${HOST}-${dead}-3.partial`, { "model.json": "ne" });
    put(`${place}.${dead}.partial`, { "model.json": "ne" }); // as 0.1.0 named them
    await finishWriting(place);
    expect(filesOf(dirname(place))).toEqual({
      "run/events/one": "old",
      "run/model.json": "old",
      "run/notes.txt": "mine",
    });
  });

  test.each([
    ["before any was moved", OLD, NEW],
    ["between two", { ...OLD, "model.json": "new" }, { "events/two": "new", "more.csv": "new" }],
    ["while a folder was out of the way", { "model.json": "new" }, { ...NEW, "events.replaced/one": "old" }],
    ["before the end", BOTH, { "events.replaced/one": "old" }],
  ])("files that were whole are moved to their places: %s", async (_, there, rest) => {
    put(place, { ...there, "notes.txt": "mine" });
    put(left("complete", dead), rest);
    await finishWriting(place);
    expect(filesOf(place)).toEqual(BOTH);
    expect(readdirSync(place)).toHaveLength(4);
  });

  test("the next that is written finishes first", async () => {
    put(place, OLD);
    put(left("complete", dead), { "model.json": "lost otherwise", "more.csv": "between" });
    await writeTogether(place, async (folder) => put(folder, { "events/three": "newest" }));
    expect(filesOf(place)).toEqual({
      "events/three": "newest",
      "model.json": "lost otherwise",
      "more.csv": "between",
      "notes.txt": "mine",
    });
  });

  test("what a process is still at work on stays, on this machine or another", async () => {
    put(place, OLD);
    for (const path of [
      left("partial", process.ppid),
      left("complete", process.pid),
      left("partial", 7, "elsewhere"),
    ]) {
      put(path, { "model.json": "being written" });
    }
    const before = filesOf(place);
    await finishWriting(place);
    expect(filesOf(place)).toEqual(before);
    const old = new Date(Date.now() - 2 * 3_600_000);
    utimesSync(left("partial", 7, "elsewhere"), old, old); // nobody writes for so long
    await finishWriting(place);
    expect(readdirSync(place)).not.toContain(`.new.elsewhere-7-0.partial`);
  });

  test("a file's partial is removed when the file is written again", async () => {
    put(place, { [`a.txt.${HOST}-${dead}-1.partial`]: "hal", "b.txt.partial": "a user's" });
    await atomicWrite(join(place, "a.txt"), "whole");
    expect(filesOf(place)).toEqual({ "a.txt": "whole", "b.txt.partial": "a user's" });
  });
});

test("a file is replaced where a link leads to, and what is no file is written straight", async () => {
  put(place, { "real.txt": "old" });
  symlinkSync(join(place, "real.txt"), join(place, "link.txt"));
  await atomicWrite(join(place, "link.txt"), "new");
  expect(readFileSync(join(place, "real.txt"), "utf8")).toBe("new");
  await atomicWrite("/dev/null", "gone");
  expect(readFileSync("/dev/null", "utf8")).toBe("");
  expect(partialOf("a")).not.toBe(partialOf("a"));
});
