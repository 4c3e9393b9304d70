import { DataError } from "../../core/errors.js";
import { checkBytes } from "../../core/options.js";
import { type Shape, sizeOf } from "../../core/shape.js";

/** Numbers of a file in the shape that it states, row-major. */
export interface ArrayFile {
  shape: Shape;
  /** [...shape], row-major. */
  values: Uint8Array | Int8Array | Int16Array | Int32Array | Uint16Array | Uint32Array | Float32Array | Float64Array;
}

/** Element types by their code: bytes of an element, and how one is read (big-endian). */
const TYPES: Readonly<
  Record<
    number,
    [bytes: number, read: (view: DataView, at: number) => number, array: new (length: number) => ArrayFile["values"]]
  >
> = {
  8: [1, (view, at) => view.getUint8(at), Uint8Array],
  9: [1, (view, at) => view.getInt8(at), Int8Array],
  11: [2, (view, at) => view.getInt16(at), Int16Array],
  12: [4, (view, at) => view.getInt32(at), Int32Array],
  13: [4, (view, at) => view.getFloat32(at), Float32Array],
  14: [8, (view, at) => view.getFloat64(at), Float64Array],
};

/** Whether bytes begin as an IDX file does. */
export const isIdx = (head: Uint8Array): boolean =>
  head.length >= 8 && head[0] === 0 && head[1] === 0 && Object.hasOwn(TYPES, head[2]) && head[3] > 0 && head[3] < 8;

/**
 * Reads an IDX file, the format of MNIST: two zero bytes, the element type, the number of axes, their sizes, the elements.
 *
 * @throws DataError when it isn't one, or its length isn't that of its sizes
 */
export function readIdx(bytes: Uint8Array, name = "IDX"): ArrayFile {
  checkBytes("readIdx", bytes);
  if (!isIdx(bytes)) throw new DataError(`${name}: it isn't an IDX file (two zero bytes, a type and axes).`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [size, read, array] = TYPES[bytes[2]];
  const axes = bytes[3];
  const start = 4 + axes * 4;
  const shape = bytes.length < start ? [] : Array.from({ length: axes }, (_, axis) => view.getUint32(4 + axis * 4));
  const count = sizeOf(shape);
  if (bytes.length !== start + count * size) {
    throw new DataError(
      `${name}: ${shape.join(" x ")} elements of ${size} bytes need ${start + count * size} bytes, the file has ${bytes.length}.`,
    );
  }
  const values = new array(count);
  if (size === 1) values.set(new Uint8Array(bytes.buffer, bytes.byteOffset + start, count));
  else for (let i = 0; i < count; i++) values[i] = read(view, start + i * size);
  return { shape, values };
}
