import { access, constants, mkdir, readFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import type { TuningCache } from "../backends/platform.js";
import { atomicWrite } from "./atomic-write.js";
import { makeFolder } from "./make-folder.js";

/** Folder of the user's cache, or one among the temporary files where the home can't be written. */
export async function writableCache(): Promise<string> {
  const home = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "neuromotor");
  try {
    await makeFolder(home);
    await access(home, constants.W_OK);
    return home;
  } catch {
    const own = join(tmpdir(), `neuromotor-${process.getuid?.()}`);
    await mkdir(own, { recursive: true, mode: 0o700 });
    return own;
  }
}

/** A file of the user's cache, always whole. */
export function tuningCacheIn(file: string): TuningCache {
  return {
    async read() {
      return readFile(join(await writableCache(), file), "utf8").catch(() => undefined);
    },
    async write(text) {
      await atomicWrite(join(await writableCache(), file), text);
    },
  };
}
