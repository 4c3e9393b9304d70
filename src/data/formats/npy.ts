import { DataError } from "../../core/errors.js";
import { checkBytes } from "../../core/options.js";
import { sizeOf } from "../../core/shape.js";
import type { ArrayFile } from "./idx.js";
import { readZip } from "./zip.js";

const MAGIC = "\x93NUMPY";

/** Whether bytes begin as a NumPy array does. */
export const isNpy = (head: Uint8Array): boolean => [...MAGIC].every((char, i) => head[i] === char.charCodeAt(0));

type Read = (view: DataView, at: number, little: boolean) => number;
/** Element types by NumPy's names: bytes, how one is read, what holds them. */
const TYPES: Readonly<Record<string, [bytes: number, read: Read, array: new (length: number) => ArrayFile["values"]]>> =
  {
    b1: [1, (view, at) => view.getUint8(at), Uint8Array],
    u1: [1, (view, at) => view.getUint8(at), Uint8Array],
    i1: [1, (view, at) => view.getInt8(at), Int8Array],
    u2: [2, (view, at, little) => view.getUint16(at, little), Uint16Array],
    i2: [2, (view, at, little) => view.getInt16(at, little), Int16Array],
    u4: [4, (view, at, little) => view.getUint32(at, little), Uint32Array],
    i4: [4, (view, at, little) => view.getInt32(at, little), Int32Array],
    i8: [8, (view, at, little) => Number(view.getBigInt64(at, little)), Float64Array],
    u8: [8, (view, at, little) => Number(view.getBigUint64(at, little)), Float64Array],
    f2: [2, (view, at, little) => halfOf(view.getUint16(at, little)), Float32Array],
    f4: [4, (view, at, little) => view.getFloat32(at, little), Float32Array],
    f8: [8, (view, at, little) => view.getFloat64(at, little), Float64Array],
  };

/** A number of half precision from its bits. */
function halfOf(bits: number): number {
  const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction ? Number.NaN : sign * Infinity;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

/**
 * Reads an array that NumPy saved (.npy, format 1 to 3); row-major, also where it was saved in Fortran's order.
 *
 * @throws DataError when it isn't one, or holds something else than real numbers
 */
export function readNpy(bytes: Uint8Array, name = "NPY"): ArrayFile {
  checkBytes("readNpy", bytes);
  if (!isNpy(bytes) || bytes.length < 12) throw new DataError(`${name}: it isn't a NumPy array (.npy).`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isFirst = bytes[6] === 1;
  const start = (isFirst ? 10 : 12) + (isFirst ? view.getUint16(8, true) : view.getUint32(8, true));
  const header = new TextDecoder().decode(bytes.subarray(isFirst ? 10 : 12, start));
  const [, order, type] = header.match(/'descr':\s*'([<>|=]?)(\w+)'/) ?? [];
  const [, sizes] = header.match(/'shape':\s*\(([^)]*)\)/) ?? [];
  if (type === undefined || sizes === undefined || !Object.hasOwn(TYPES, type)) {
    const [, other = "this"] = header.match(/'descr':\s*('[^']*'|\[.*?\](?=,\s*'))/) ?? [];
    throw new DataError(`${name}: arrays of real numbers are read, not ${other}. ${remedyFor(other)}`);
  }
  const [size, read, array] = TYPES[type];
  const shape = sizes
    .split(",")
    .filter((axis) => axis.trim() !== "")
    .map(Number);
  const count = sizeOf(shape);
  if (bytes.length < start + count * size) {
    throw new DataError(
      `${name}: [${shape.join(", ")}] of ${size} bytes need ${count * size} bytes, the file has ${bytes.length - start}.`,
    );
  }
  const values = new array(count);
  for (let i = 0; i < count; i++) values[i] = read(view, start + i * size, order !== ">");
  return { shape, values: /'fortran_order':\s*True/.test(header) ? rowMajor(values, shape, array) : values };
}

/** The way out for an array of something else than numbers, by its type in NumPy's words. */
function remedyFor(descr: string): string {
  if (/^'[<>|=]?[SU]/.test(descr)) return "Number its names: numpy.unique(names, return_inverse=True)[1].";
  if (descr.startsWith("[")) return "Save each of its fields as an array, by numpy.savez, or all of it as CSV.";
  return 'Save it with astype("float32").';
}

function rowMajor(
  values: ArrayFile["values"],
  shape: readonly number[],
  array: new (length: number) => ArrayFile["values"],
) {
  const ordered = new array(values.length);
  const place = new Array<number>(shape.length).fill(0);
  const strides = shape.map((_, axis) => sizeOf(shape.slice(0, axis)));
  for (let i = 0; i < ordered.length; i++) {
    ordered[i] = values[place.reduce((sum, index, axis) => sum + index * strides[axis], 0)];
    for (let axis = shape.length - 1; axis >= 0 && ++place[axis] === shape[axis]; axis--) place[axis] = 0;
  }
  return ordered;
}

/** The arrays that NumPy saved together (.npz), by name. @throws DataError as `readNpy` and `readZip` */
export async function readNpz(bytes: Uint8Array, name = "NPZ"): Promise<Map<string, ArrayFile>> {
  checkBytes("readNpz", bytes);
  const files = await readZip(bytes, name);
  const arrays = [...files].filter(([entry]) => entry.endsWith(".npy"));
  if (arrays.length === 0) throw new DataError(`${name}: there is no NumPy array in the archive.`);
  return new Map(arrays.map(([entry, array]) => [entry.slice(0, -4), readNpy(array, `${name}: ${entry}`)]));
}
