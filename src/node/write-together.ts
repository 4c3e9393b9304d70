import { readdir, rename, rm, rmdir, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { syncFolder, syncTree } from "./atomic-write.js";
import { makeFolder } from "./make-folder.js";
import { isAbandoned, PARTIAL, partialOf, removeAbandoned } from "./partial.js";

/*
 * Files that belong together take the places of older ones together, in a folder that may hold others, too. They are
 * written to a folder of their own in it; once that is whole it is renamed, and from then on they count. Who is killed
 * while moving them to their places leaves that folder, and the next to read or write them moves the rest.
 */

const NEW = ".new";
const COMPLETE = ".complete";
/** Ends the names of folders that have lost their place to a new one. */
const REPLACED = ".replaced";

const isFolder = (path: string) =>
  stat(path)
    .then((found) => found.isDirectory())
    .catch(() => false);

/**
 * Writes files and folders into a directory, all or none, in place of those of their names; what else is there stays.
 *
 * @param write - writes them to the folder that it is given
 * @throws what `write` or the file system throws; the directory is then as it was before
 */
export async function writeTogether(directory: string, write: (folder: string) => Promise<void>): Promise<void> {
  const place = resolve(directory);
  await finishWriting(place);
  const exists = await isFolder(place);
  const partial = partialOf(exists ? join(place, NEW) : place);
  const first = await makeFolder(partial);
  try {
    await write(partial);
    await syncTree(partial);
    if (!exists && (await takesPlace(partial, place))) return syncFolder(dirname(place));
    const complete = partialOf(join(place, NEW)).replace(PARTIAL, COMPLETE);
    await rename(partial, complete);
    await syncFolder(place);
    await moveInto(place, complete);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    if (!exists) await removeEmpty(dirname(place), dirname(first ?? place));
    throw error;
  }
}

/**
 * Moves files to their places whose writer was killed when they were whole, and removes those that weren't.
 *
 * @throws Error when they can't be moved: without them older and newer files lie side by side
 */
export async function finishWriting(directory: string): Promise<void> {
  const place = resolve(directory);
  await removeAbandoned(place);
  for (const name of await readdir(place).catch(() => [])) {
    const path = join(place, name);
    if (!name.startsWith(`${NEW}.`) || !(await isAbandoned(path))) continue;
    if (name.endsWith(PARTIAL)) await rm(path, { recursive: true, force: true });
    if (!name.endsWith(COMPLETE)) continue;
    await moveInto(place, path).catch((cause: Error) => {
      throw Object.assign(
        new Error(`${directory}: saving it was interrupted and can't be finished (${cause.message}).`),
        {
          cause,
        },
      );
    });
  }
}

/** True if the folder could be given the name, which may be that of another by now. */
async function takesPlace(folder: string, place: string): Promise<boolean> {
  try {
    await rename(folder, place);
    return true;
  } catch (error) {
    if (await isFolder(place)) return false;
    throw error;
  }
}

async function moveInto(place: string, complete: string): Promise<void> {
  for (const name of await readdir(complete)) {
    if (name.endsWith(REPLACED)) continue;
    const target = join(place, name);
    // A file takes the place of a file at once; a folder must be out of the way.
    if (await isFolder(target)) await rename(target, join(complete, `${name}${REPLACED}`));
    await rename(join(complete, name), target);
  }
  await syncFolder(place);
  await rm(complete, { recursive: true, force: true });
}

/** Removes folders that are empty, from one up to another, which stays. */
async function removeEmpty(from: string, to: string): Promise<void> {
  for (let folder = from; folder !== to && folder.startsWith(to); folder = dirname(folder)) {
    await rmdir(folder).catch(() => {});
  }
}
