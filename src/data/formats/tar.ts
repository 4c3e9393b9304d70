import { DataError } from "../../core/errors.js";

const BLOCK = 512;
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).replace(/\0.*$/s, "");

/**
 * The files in a tar archive (POSIX ustar), by name.
 *
 * @throws DataError when it is cut off
 */
export function readTar(bytes: Uint8Array, name = "tar"): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (let at = 0; at + BLOCK <= bytes.length && bytes[at] !== 0; ) {
    const header = bytes.subarray(at, at + BLOCK);
    const size = Number.parseInt(text(header.subarray(124, 136)).trim(), 8);
    const end = at + BLOCK + size;
    if (!Number.isSafeInteger(size) || end > bytes.length)
      throw new DataError(`${name}: the archive is damaged or cut off.`);
    files.set(text(header.subarray(0, 100)), bytes.subarray(at + BLOCK, end));
    at = at + BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return files;
}
