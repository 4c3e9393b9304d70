import { mkdir, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { tuningCacheIn, writableCache } from "../../src/node/user-cache.js";
import { useFolder } from "../fixtures.js";

const folder = useFolder();
afterEach(() => vi.unstubAllEnvs());

async function cacheHome(): Promise<string> {
  const home = folder.next();
  await mkdir(home);
  vi.stubEnv("XDG_CACHE_HOME", home);
  return home;
}

test("a tuning cache is a whole file of the user's cache", async () => {
  const home = await cacheHome();
  const cache = tuningCacheIn("notes.json");
  expect(await cache.read()).toBeUndefined();
  await cache.write("one");
  await cache.write("two");
  expect(await tuningCacheIn("notes.json").read()).toBe("two");
  expect(await readdir(join(home, "neuromotor"))).toEqual(["notes.json"]);
});

test("where the cache can't be written, the temporary folder is taken", async () => {
  const home = await cacheHome();
  await writeFile(join(home, "neuromotor"), "a file, where a folder should be");
  const folder = await writableCache();
  expect(folder.startsWith(tmpdir())).toBe(true);
  expect(folder.startsWith(home)).toBe(false);
});
