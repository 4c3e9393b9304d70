import { access, constants, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import type { Notebook } from "./tuning.js";

/** This user's cache folder, or one among the temporary files where the home can't be written. */
export async function writableCache(): Promise<string> {
  const home = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "neuromotor");
  try {
    await mkdir(home, { recursive: true });
    await access(home, constants.W_OK);
    return home;
  } catch {
    const own = join(tmpdir(), `neuromotor-${process.getuid?.()}`);
    await mkdir(own, { recursive: true, mode: 0o700 });
    return own;
  }
}

/** A file of the user's cache. It is written beside its place and renamed, so that it is always whole. */
export function notebookIn(file: string): Notebook {
  return {
    async read() {
      return readFile(join(await writableCache(), file), "utf8").catch(() => undefined);
    },
    async write(text) {
      const path = join(await writableCache(), file);
      const partial = `${path}.${process.pid}.partial`;
      try {
        await writeFile(partial, text);
        await rename(partial, path);
      } catch (error) {
        await rm(partial, { force: true });
        throw error;
      }
    },
  };
}
