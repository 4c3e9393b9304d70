import { randomUUID } from "node:crypto";
import { type FileHandle, lstat, open, readlink, rename, rm, symlink } from "node:fs/promises";
import { hostname } from "node:os";
import { resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { optionsOf } from "../core/options.js";
import { type Journal, journals } from "../sweep/journal.js";
import { writing } from "./write-error.js";

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
          await writing(file, () => appendTo(handle, text, end));
          read += text.length;
        } finally {
          await handle.close();
        }
      }),
  };
}

/** Appends all, or where that fails nothing, to a file of some length. */
async function appendTo(handle: FileHandle, text: Buffer, end: number): Promise<void> {
  try {
    await handle.appendFile(text);
    await handle.sync();
  } catch (error) {
    await handle.truncate(end);
    throw error;
  }
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

/** Bytes that are looked through at a time for the end of the last line. */
const PIECE = 65536;

/** Cuts off a last line that has no end: its writer was killed. @returns the length of the file */
async function repair(handle: FileHandle): Promise<number> {
  const { size } = await handle.stat();
  let end = 0;
  for (let to = size; to > 0 && end === 0; to -= PIECE) {
    const start = Math.max(0, to - PIECE);
    end = start + (await part(handle, start, to)).lastIndexOf("\n") + 1;
    if (end === start) end = 0; // no line ends in this piece
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
      const abandoned = await abandonedOwner(lock);
      if (abandoned === undefined) await wait(pause);
      else await release(lock, abandoned);
    }
  }
  try {
    return await work();
  } finally {
    await release(lock);
  }
}

/** The owner of a lock who is gone: a process of this machine that has ended, or anyone after long; undefined where none is. */
async function abandonedOwner(lock: string): Promise<string | undefined> {
  try {
    const owner = await readlink(lock);
    const [, process_, host] = owner.match(/^(\d+)@(.*)$/) ?? [];
    const hasEnded = host === hostname() && !isAlive(Number(process_));
    return hasEnded || Date.now() - (await lstat(lock)).mtimeMs > STALE_MILLISECONDS ? owner : undefined;
  } catch {
    return undefined; // it was given back meanwhile
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

/**
 * Gives a lock back, or takes it away from someone who is gone. It is renamed before it is removed, so that of two who find
 * it abandoned one takes it away; whoever got another's by that puts it back.
 *
 * @param owner - whose lock it must be, where it isn't the caller's own
 */
async function release(lock: string, owner?: string): Promise<void> {
  const own = `${lock}${randomUUID()}.rename`;
  try {
    await rename(lock, own);
    if (owner !== undefined && (await readlink(own)) !== owner) return await rename(own, lock);
  } catch {
    return;
  }
  await rm(own, { force: true });
}
