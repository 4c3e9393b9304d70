import { DataError } from "../../core/errors.js";
import { inflated, openSource, readAll } from "../sources/source.js";

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const LONGEST_COMMENT = 2 ** 16;
const STORED = 0;
const DEFLATED = 8;

/** Whether bytes begin as a zip archive does. */
export const isZip = (head: Uint8Array): boolean =>
  head[0] === 0x50 && head[1] === 0x4b && head[2] === 3 && head[3] === 4;

/**
 * The files in a zip archive, by name: stored, or compressed by deflate. Archives of more than 4 GiB aren't read.
 *
 * @throws DataError when it is damaged, or compressed otherwise
 */
export async function readZip(bytes: Uint8Array, name = "zip"): Promise<Map<string, Uint8Array>> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const damaged = () => new DataError(`${name}: the zip archive is damaged or cut off.`);
  let end = bytes.length - 22;
  const lowest = Math.max(0, end - LONGEST_COMMENT);
  while (end >= lowest && view.getUint32(end, true) !== END) end--;
  if (end < lowest) throw damaged();
  const files = new Map<string, Uint8Array>();
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  for (let i = 0; i < count; i++) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== ENTRY) throw damaged();
    const method = view.getUint16(at + 10, true);
    const [compressed, size] = [view.getUint32(at + 20, true), view.getUint32(at + 24, true)];
    const [nameLength, extra, comment] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true));
    const local = view.getUint32(at + 42, true);
    const entry = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    if (local + 30 > bytes.length) throw damaged();
    const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    const packed = bytes.subarray(start, start + compressed);
    if (packed.length !== compressed) throw damaged();
    if (method !== STORED && method !== DEFLATED) {
      throw new DataError(`${name}: ${entry} is compressed by method ${method}; save it stored or deflated.`);
    }
    const file = method === STORED ? packed : await inflate(packed).catch(() => undefined);
    if (!file || file.length !== size) throw damaged();
    files.set(entry, file);
    at += 46 + nameLength + extra + comment;
  }
  return files;
}

async function inflate(packed: Uint8Array): Promise<Uint8Array> {
  const { pieces } = await openSource(packed);
  return readAll({ name: "", pieces: () => inflated(pieces(), "deflate-raw") });
}
