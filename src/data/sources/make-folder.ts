import { joinPath, type NodeFiles, nodeFiles } from "./node-files.js";

/**
 * Makes a folder in Node, and those above it that aren't there. Node's own recursive `mkdir` never ends where a file system
 * says that a folder isn't there in a folder that is: /proc, and some that are mounted over a network.
 *
 * @returns the first folder that wasn't there; undefined where all were
 * @throws the file system's error when one can't be made
 */
export async function makeFolder(path: string, files: NodeFiles = nodeFiles()!): Promise<string | undefined> {
  try {
    await files.mkdir(path);
    return path;
  } catch (cause) {
    const { code } = cause as { code?: string };
    const isThere = async (folder: string) => (await files.stat(folder).catch(() => undefined))?.isDirectory() ?? false;
    if (code !== "ENOENT") {
      if (await isThere(path)) return undefined;
      throw cause;
    }
    const above = joinPath(path, "..");
    if (above === path || (await isThere(above))) throw cause;
    const first = await makeFolder(above, files);
    return (await makeFolder(path, files)) === undefined ? first : (first ?? path);
  }
}
