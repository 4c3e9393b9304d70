/** A part of `node:fs/promises`. */
interface Folders {
  mkdir(path: string): Promise<unknown>;
  stat(path: string): Promise<{ isDirectory(): boolean }>;
}

/**
 * Makes a folder, and those above it that aren't there. Node's own recursive `mkdir` never ends where a file system says
 * that a folder isn't there in a folder that is: /proc, and some that are mounted over a network.
 *
 * @param above - the path of the folder that a path lies in
 * @returns the first folder that wasn't there; undefined where all were
 * @throws the file system's error when one can't be made
 */
export async function makeFolderIn(
  files: Folders,
  path: string,
  above: (path: string) => string,
): Promise<string | undefined> {
  const isThere = async (folder: string) => (await files.stat(folder).catch(() => undefined))?.isDirectory() ?? false;
  try {
    await files.mkdir(path);
    return path;
  } catch (cause) {
    if ((cause as { code?: string }).code !== "ENOENT") {
      if (await isThere(path)) return undefined;
      throw cause;
    }
    const parent = above(path);
    if (parent === path || (await isThere(parent))) throw cause;
    const first = await makeFolderIn(files, parent, above);
    return (await makeFolderIn(files, path, above)) === undefined ? first : (first ?? path);
  }
}
