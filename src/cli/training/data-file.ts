import { readFile } from "node:fs/promises";
import { fileError } from "../../data/sources/source.js";

/** @throws DataError when the file can't be read */
export async function readDataFile(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw fileError(path, cause);
  }
}
