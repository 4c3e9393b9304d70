import { readdir, realpath, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";

/*
 * Names for files and folders that are being written. A process that is killed leaves them behind; the names say whose
 * they were, so that the next one can tell them from those of a process that is at work.
 */

/** Ends the names of what isn't whole yet, or isn't any more. */
export const PARTIAL = ".partial";

const HOST = hostname().replace(/[^\w-]/g, "-");
/** Of another machine, which may write to the same disk, nothing younger is taken for left behind. */
const HOUR = 3_600_000;
let count = 0;

/** A new name beside a path, for what will take its place. */
export const partialOf = (path: string): string => `${path}.${HOST}-${process.pid}-${count++}${PARTIAL}`;

/** True if the process that made a file or folder by such a name can't be at work on it any more. */
export async function isAbandoned(path: string): Promise<boolean> {
  const [, host, own, old] = basename(path).match(/\.(?:([\w-]+)-(\d+)-\d+|(\d+))\.\w+$/) ?? [];
  const pid = Number(own ?? old); // 0.1.0 gave the process alone
  const found = await stat(path).catch(() => undefined);
  if (!found || Number.isNaN(pid)) return false;
  if ((host ?? HOST) !== HOST) return Date.now() - found.mtimeMs > HOUR;
  return pid === process.pid ? found.mtimeMs < Date.now() - process.uptime() * 1000 : !isAlive(pid);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"; // someone else's
  }
}

/** Removes what processes that were killed left beside a path while they were writing it. */
export async function removeAbandoned(target: string): Promise<void> {
  const folder = dirname(target);
  const names = await readdir(folder).catch(() => []);
  const partials = names.filter((name) => name.startsWith(`${basename(target)}.`) && name.endsWith(PARTIAL));
  for (const name of partials) {
    const path = join(folder, name);
    // Where they can't be removed they are in nobody's way.
    if (await isAbandoned(path)) await rm(path, { recursive: true, force: true }).catch(() => {});
  }
}

/**
 * The file that a path leads to, through symbolic links. A terminal, pipe or device can't be replaced by a whole file: it is
 * written straight.
 */
export async function fileAt(path: string): Promise<{ path: string; isReplaceable: boolean }> {
  const real = await realpath(path).catch(() => path);
  const found = await stat(real).catch(() => undefined);
  return { path: real, isReplaceable: !found || found.isFile() || found.isDirectory() };
}
