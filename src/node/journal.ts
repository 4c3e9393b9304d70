import { randomUUID } from "node:crypto";
import { type FileHandle, lstat, open, readlink, rename, rm, symlink } from "node:fs/promises";
import { hostname } from "node:os";
import { resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { optionsOf } from "../core/options.js";
import { type Journal, journals } from "../sweep/journal.js";

/** Options of `openJournal`. */
export interface JournalOptions {
  /** The name of the study, for files with several. */
  study?: string;
  /** Kept with the study when it is begun, as its user attributes in Optuna. */
  attributes?: Readonly<Record<string, unknown>>;
}

/** A lock that wasn't given back for so long belongs to nobody, as in Optuna since 4.0. */
const STALE_MILLISECONDS = 30_000;

/**
 * A sweep's journal: a file in the form of Optuna's JournalFileStorage, which its library and its dashboard open, and which
 * a sweep goes on with. Writers take turns by Optuna's lock, the symbolic link PATH.lock; a line that was torn by a crash is
 * removed before anything is appended.
 *
 * @param path - of the file, which is made where it isn't there
 */
export function openJournal(path: string, options: JournalOptions = {}): Journal {
  const { study, attributes } = optionsOf("openJournal", options, { study: undefined, attributes: undefined });
  const file = resolve(path);
  let read = 0;
  return {
    study,
    attributes,
    update: (make) =>
      locked(file, async () => {
        const handle = await open(file, "a+");
        try {
          const end = await repair(handle);
          const lines = make(linesOf(await part(handle, read, end)));
          read = end;
          if (lines.length === 0) return;
          const text = Buffer.from(`${lines.join("\n")}\n`);
          await handle.write(text);
          await handle.sync();
          read += text.length;
        } finally {
          await handle.close();
        }
      }),
  };
}

journals.open = openJournal;

const linesOf = (bytes: Buffer): string[] => bytes.toString("utf8").split("\n").filter(Boolean);

async function part(handle: FileHandle, from: number, to: number): Promise<Buffer> {
  const bytes = Buffer.alloc(to - from);
  for (let done = 0; done < bytes.length; ) {
    const { bytesRead } = await handle.read(bytes, done, bytes.length - done, from + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes;
}

/** Cuts off a last line that has no end: its writer was killed. @returns the length of the file */
async function repair(handle: FileHandle): Promise<number> {
  const { size } = await handle.stat();
  let end = size;
  for (let from = size; from > 0 && end === size; ) {
    const start = Math.max(0, from - 65536);
    const place = (await part(handle, start, from)).lastIndexOf("\n");
    if (place >= 0) end = start + place + 1;
    else if (start === 0) end = 0;
    from = start;
    if (place >= 0) break;
  }
  if (end < size) await handle.truncate(end);
  return end;
}

/** Does work while nobody else has the file's lock. */
async function locked<T>(file: string, work: () => Promise<T>): Promise<T> {
  const lock = `${file}.lock`;
  const owner = `${process.pid}@${hostname()}`;
  for (let pause = 1; ; pause = Math.min(32, 2 * pause)) {
    try {
      await symlink(owner, lock);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      if (await isAbandoned(lock)) await release(lock);
      else await wait(pause);
    }
  }
  try {
    return await work();
  } finally {
    await release(lock);
  }
}

/** Whether a lock's owner is gone: a process of this machine that has ended, or anyone for long. */
async function isAbandoned(lock: string): Promise<boolean> {
  try {
    const [, process_, host] = (await readlink(lock)).match(/^(\d+)@(.*)$/) ?? [];
    if (host === hostname()) return !isAlive(Number(process_));
    return Date.now() - (await lstat(lock)).mtimeMs > STALE_MILLISECONDS;
  } catch {
    return false; // it was given back meanwhile
  }
}

function isAlive(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Renames before it removes, so that of two who find a lock abandoned one takes it away. */
async function release(lock: string): Promise<void> {
  const own = `${lock}${randomUUID()}.rename`;
  try {
    await rename(lock, own);
  } catch {
    return;
  }
  await rm(own, { force: true });
}
