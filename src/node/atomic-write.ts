import { mkdir, open, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileAt, partialOf, removeAbandoned } from "./partial.js";
import { writing } from "./write-error.js";

/** Writes beside the target, makes sure that it is on the disk, then renames: the old file stays whole until the new one is. */
export async function atomicWrite(path: string, content: string | Uint8Array): Promise<void> {
  const target = await fileAt(path);
  if (!target.isReplaceable) return writing(path, () => writeFile(path, content));
  await removeAbandoned(target.path);
  const partial = partialOf(target.path);
  try {
    await writing(path, () => writeSynced(partial, content));
    await rename(partial, target.path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
  await syncFolder(dirname(target.path));
}

/**
 * Writes a folder of files that wasn't there before: beside its place, then renamed. Whatever happens meanwhile, the
 * folder is there with all of its files or not at all.
 */
export async function atomicWriteFolder(
  path: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<void> {
  const partial = partialOf(path);
  try {
    await mkdir(partial);
    for (const [name, content] of Object.entries(files)) {
      await writing(join(path, name), () => writeSynced(join(partial, name), content));
    }
    await syncFolder(partial);
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Removes a folder; it loses its name first, so that none is ever there in part. */
export async function atomicRemoveFolder(path: string): Promise<void> {
  const partial = partialOf(path);
  await rename(path, partial);
  await rm(partial, { recursive: true, force: true });
}

async function writeSynced(path: string, content: string | Uint8Array): Promise<void> {
  const file = await open(path, "w");
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes sure that all files of a folder are on the disk, and their names. */
export async function syncTree(path: string): Promise<void> {
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const inside = join(path, entry.name);
    if (entry.isDirectory()) await syncTree(inside);
    else await sync(inside, "r+");
  }
  await syncFolder(path);
}

/** A new name is safe once its folder is on the disk. Windows opens no folders, and needs it less. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform !== "win32") await sync(path, "r");
}

async function sync(path: string, flags: string): Promise<void> {
  const opened = await open(path, flags);
  try {
    await opened.sync();
  } finally {
    await opened.close();
  }
}
