import { ArgumentError, DataError, ShapeError } from "../core/errors.js";
import { formatShape, type Shape, sameShape, sizeOf } from "../core/shape.js";
import { exactOf, fromBytes, keepBytes, toFloat32 } from "./exact.js";

/** Numbers of one sample: a list, or lists of lists for samples of more axes. */
export type NestedNumbers = ArrayLike<number> | readonly NestedNumbers[];

/** Samples one after another without structure (row-major), or one nested list per row. */
export type Features = NumberArray | readonly NestedNumbers[];

/** Numbers as typed arrays hold them, of any shape in row-major order. */
export type NumberArray =
  | Float32Array
  | Float64Array
  | Uint8Array
  | Uint8ClampedArray
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array;

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

function describe(value: unknown): string {
  if (isList(value)) return "a list";
  return typeof value === "string" ? `the text ${JSON.stringify(value.slice(0, 40))}` : String(value);
}

/** Whether a number is finite, or NaN for one that isn't known. */
export const isFiniteOrUnknown = (value: number): boolean => Number.isFinite(value) || Number.isNaN(value);

/** Bits of an exponent in float32: all of them are set in NaN and in infinities alone. */
const EXPONENT = 0x7f800000;

/**
 * Checks that every number is finite.
 *
 * @param what - names the array in the message
 * @param values - [rows, rowSize]
 * @param columnNames - names of the `rowSize` columns, for the message
 * @param isAllowed - for another test than that
 * @throws DataError naming row and column, both counted from 0
 */
export function requireFinite(
  what: string,
  values: Float32Array,
  rowSize: number,
  columnNames?: readonly string[],
  isAllowed: (value: number) => boolean = Number.isFinite,
): void {
  const words = new Int32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < words.length; i++) {
    if ((words[i] & EXPONENT) !== EXPONENT) continue;
    if (isAllowed(values[i])) continue;
    const column = i % rowSize;
    const named = columnNames ? ` (${JSON.stringify(columnNames[column])})` : "";
    const reason = Number.isNaN(values[i]) ? "" : " (in 32-bit floats, which end at 3.4e38)";
    throw new DataError(
      `${what}: row ${Math.floor(i / rowSize)}, column ${column}${named} is ${values[i]}${reason}, counted from 0. ` +
        "Put a finite number there or leave the row out.",
    );
  }
}

/**
 * Nested lists as one row-major array of float64.
 *
 * @param rows - at least one row, all of one shape
 * @returns `values` [rows, ...shape] and the shape of a row; `[]` when the rows are plain numbers
 * @throws ShapeError when rows differ in shape; DataError when an element isn't a number
 */
export function flattenRows(
  what: string,
  rows: ArrayLike<unknown>,
): { values: Float64Array<ArrayBuffer>; shape: Shape } {
  const shape: number[] = [];
  for (let node = rows[0]; isList(node); node = node[0]) shape.push(node.length);
  const values = new Float64Array(rows.length * sizeOf(shape));
  let next = 0;
  const fill = (node: unknown, axis: number, row: number): void => {
    if (axis === shape.length) {
      if (typeof node !== "number") {
        if (isList(node))
          throw new ShapeError(`${what}: row ${row} is nested deeper than row 0, ${formatShape(shape)}.`);
        const column = next - row * sizeOf(shape);
        throw new DataError(`${what}: row ${row}, element ${column} must be a number, got ${describe(node)}.`);
      }
      values[next++] = node;
      return;
    }
    if (!isList(node) || node.length !== shape[axis]) {
      const got = isList(node) ? `${node.length} of them` : describe(node);
      throw new ShapeError(
        `${what}: every row must have the shape of row 0, ${formatShape(shape)}: axis ${axis} of row ${row} should hold ` +
          `${shape[axis]} elements, got ${got}.`,
      );
    }
    for (let i = 0; i < node.length; i++) fill(node[i], axis + 1, row);
  };
  for (let row = 0; row < rows.length; row++) fill(rows[row], 0, row);
  return { values, shape };
}

function requireSampleShape(where: string, shape: Shape): void {
  if (shape.length > 0 && shape.every((size) => Number.isInteger(size) && size > 0)) return;
  throw new ShapeError(
    `${where}: the shape of a sample must be one or more positive integers, such as [4] or [28, 28, 1], ` +
      `got ${formatShape(shape)}.`,
  );
}

/**
 * Features as a new row-major array of float32, checked; with its float64 original where float32 rounds (`exactOf`).
 *
 * @param count - number of labels, which is the number of rows
 * @param wanted - sample shape; taken from the nesting, or from the length, when absent
 * @param scale - factor of every number
 * @returns `values` [count, ...shape]
 * @throws ShapeError when shape, length and count don't fit; ArgumentError when the scale is none
 */
export function readFeatures(
  where: string,
  features: Features,
  count: number,
  wanted: Shape | undefined,
  scale = 1,
): { values: Float32Array<ArrayBuffer>; shape: Shape } {
  if (wanted) requireSampleShape(where, wanted);
  if (!Number.isFinite(scale))
    throw new ArgumentError(`${where}: scale must be a number such as 1 / 255, got ${scale}.`);
  if (ArrayBuffer.isView(features)) {
    const size = wanted ? sizeOf(wanted) : features.length / count;
    if (size === 0) throw new ShapeError(`${where}: features are empty for ${count} labels: a sample needs a number.`);
    if (features.length !== count * size || !Number.isInteger(size)) {
      const expected = wanted
        ? `${count} labels and shape ${formatShape(wanted)} need ${count * size} numbers in features`
        : `the length of features must be a multiple of the ${count} labels`;
      throw new ShapeError(`${where}: ${expected}, got ${features.length}. Give one label per row of features.`);
    }
    if (typeof (features[0] as unknown) === "bigint") {
      throw new DataError(
        `${where}: features are 64-bit integers. Turn them into numbers: Float64Array.from(x, Number).`,
      );
    }
    return { values: copyOf(features, scale), shape: wanted ? [...wanted] : [size] };
  }
  if (!Array.isArray(features)) {
    throw new ShapeError(`${where}: features must be a Float32Array or one list per row, got ${describe(features)}.`);
  }
  if (features.length !== count) {
    throw new ShapeError(`${where}: ${features.length} rows of features but ${count} labels. Give one label per row.`);
  }
  const { values, shape } = flattenRows(`${where}: features`, features);
  if (shape.length === 0) {
    throw new ShapeError(
      `${where}: features must hold one list per row: write [[1], [2]] or a Float32Array, not [1, 2].`,
    );
  }
  requireSampleShape(where, shape);
  // A flat row may stand for a sample of any shape of its size, as images in a table do.
  if (wanted && !sameShape(shape, wanted) && !sameShape(shape, [sizeOf(wanted)])) {
    throw new ShapeError(`${where}: each row of features must be ${formatShape(wanted)}, got ${formatShape(shape)}.`);
  }
  return { values: toFloat32(scaled(values, scale)), shape: wanted ? [...wanted] : shape };
}

/** A copy in float32, with its float64 original, or as of bytes, where it is. */
function copyOf(features: NumberArray, scale: number): Float32Array<ArrayBuffer> {
  const areBytes = features instanceof Uint8Array || features instanceof Uint8ClampedArray;
  if (areBytes && scale === 1 / 255) return fromBytes(features);
  const exact = features instanceof Float32Array ? exactOf(features) : features;
  const fits = scale === 1 && (exact instanceof Float32Array || exact.BYTES_PER_ELEMENT < 4);
  if (!fits) return toFloat32(scaled(new Float64Array(exact), scale));
  return keepBytes(new Float32Array(exact), features as Float32Array);
}

const scaled = (values: Float64Array<ArrayBuffer>, scale: number) =>
  scale === 1 ? values : values.map((value) => value * scale);

/** Some of the numbers of each row: [rows, size] of [rows, width]. */
export function columnsOf(
  values: Float32Array<ArrayBuffer>,
  width: number,
  start: number,
  size: number,
): Float32Array<ArrayBuffer> {
  if (size === width) return values;
  const rows = values.length / width;
  const columns = new Float32Array(rows * size);
  for (let row = 0; row < rows; row++) {
    const from = row * width + start;
    columns.set(values.subarray(from, from + size), row * size);
  }
  return columns;
}

/** Some of the numbers of rows: [rows, size]. */
type Columns = { values: Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>; size: number };

/** Parts of rows, one after the other in each row: [rows, numbers]. */
export function packRows(rows: number, parts: readonly Columns[]): Float32Array<ArrayBuffer> {
  if (parts.length === 1 && parts[0].values instanceof Float32Array) return parts[0].values;
  const sources = parts.map(({ values, size }) => ({
    from: values instanceof Float32Array ? exactOf(values) : values,
    size,
  }));
  const width = parts.reduce((sum, { size }) => sum + size, 0);
  const isExact = sources.some(({ from }) => from instanceof Float64Array);
  const packed = isExact ? new Float64Array(rows * width) : new Float32Array(rows * width);
  let start = 0;
  for (const { from, size } of sources) {
    for (let row = 0; row < rows; row++) packed.set(from.subarray(row * size, (row + 1) * size), row * width + start);
    start += size;
  }
  return packed instanceof Float64Array ? toFloat32(packed) : packed;
}
