/** Numbers in the smallest form that holds each exactly. */
interface Packed {
  values: Uint8Array | Int16Array | Int32Array | Float32Array | Float64Array;
  /** Whole numbers over a power of ten: 12.25 is 1225 over 100. Of Int32Array alone. */
  over?: number;
}

/** Stands for a gap among whole numbers. */
const GAP = -(2 ** 31);
const POWERS = [1, 10, 100, 1000, 10 ** 4, 10 ** 5, 10 ** 6];

/**
 * A column of numbers, NaN where there is none. Each is held exactly: in one byte where all are 0 to 255, in two or four
 * where they have up to nine digits or are float32, else in eight.
 */
export class NumberStore {
  #parts: Packed[] = [];
  #all: Packed = { values: new Uint8Array(0) };
  #buffer: Float64Array;
  #filled = 0;
  length = 0;

  /** @param stretch - rows packed at a time */
  constructor(stretch: number) {
    this.#buffer = new Float64Array(stretch);
  }

  push(value: number): void {
    this.#buffer[this.#filled++] = value;
    this.length++;
    if (this.#filled === this.#buffer.length) this.#pack();
  }

  /** After the last number, before the first is read. */
  end(): this {
    if (this.#filled > 0) this.#pack();
    this.#buffer = new Float64Array(0);
    this.#all = join(this.#parts, this.length);
    this.#parts = [];
    return this;
  }

  at(row: number): number {
    const { values, over } = this.#all;
    return over === undefined ? values[row] : values[row] === GAP ? Number.NaN : values[row] / over;
  }

  /** Writes the numbers of these rows to `out`. */
  gather(rows: Uint32Array, out: Float64Array): void {
    const { values, over } = this.#all;
    // One loop for each kind of array: a loop over several kinds is slow.
    if (values instanceof Uint8Array) for (let i = 0; i < rows.length; i++) out[i] = values[rows[i]];
    else if (values instanceof Int16Array) for (let i = 0; i < rows.length; i++) out[i] = values[rows[i]];
    else if (values instanceof Float32Array) for (let i = 0; i < rows.length; i++) out[i] = values[rows[i]];
    else if (values instanceof Float64Array) for (let i = 0; i < rows.length; i++) out[i] = values[rows[i]];
    else {
      for (let i = 0; i < rows.length; i++) {
        const value = values[rows[i]];
        out[i] = value === GAP ? Number.NaN : value / over!;
      }
    }
  }

  /** Bytes held. */
  get byteLength(): number {
    return this.#all.values.byteLength;
  }

  #pack(): void {
    this.#parts.push(pack(this.#buffer.subarray(0, this.#filled)));
    this.#filled = 0;
  }
}

function pack(values: Float64Array): Packed {
  let [min, max] = [Infinity, -Infinity];
  let [isWhole, isSingle, hasGap] = [true, true, false];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (Number.isNaN(value)) hasGap = true;
    else {
      if (value < min) min = value;
      if (value > max) max = value;
      if (!Number.isInteger(value) || Object.is(value, -0)) isWhole = false;
      if (Math.fround(value) !== value) isSingle = false;
    }
  }
  if (isWhole && !hasGap && min >= 0 && max < 256) return { values: Uint8Array.from(values) };
  if (isWhole && !hasGap && min >= -32768 && max < 32768) return { values: Int16Array.from(values) };
  if (isSingle) return { values: new Float32Array(values) };
  return scaled(values) ?? { values: new Float64Array(values) };
}

/** Numbers as whole numbers over a power of ten, where each of them comes back the same. */
function scaled(values: Float64Array): Packed | undefined {
  const over = POWERS.find((power) => isOver(values, power));
  if (over === undefined) return undefined;
  const packed = new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) packed[i] = Number.isNaN(values[i]) ? GAP : Math.round(values[i] * over);
  return { values: packed, over };
}

/** Whether all numbers are whole numbers over this power of ten. */
function isOver(values: Float64Array, over: number): boolean {
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    const whole = Math.round(value * over);
    if (!Number.isNaN(value) && !(Math.abs(whole) < 2 ** 31 && Object.is(whole / over, value))) return false;
  }
  return true;
}

/** Parts as one array: in their common form, or in the smallest that holds them all. */
function join(parts: readonly Packed[], length: number): Packed {
  const [first] = parts;
  if (!first) return { values: new Uint8Array(0) };
  if (parts.length === 1) return first;
  const kind = first.values.constructor as new (length: number) => Packed["values"];
  if (parts.every(({ values, over }) => values.constructor === kind && over === first.over)) {
    const values = new kind(length);
    let at = 0;
    for (const part of parts) {
      values.set(part.values, at);
      at += part.values.length;
    }
    return { ...first, values };
  }
  const all = new Float64Array(length);
  let at = 0;
  for (const { values, over } of parts) {
    for (let i = 0; i < values.length; i++)
      all[at++] = over === undefined ? values[i] : values[i] === GAP ? Number.NaN : values[i] / over;
  }
  return pack(all);
}

/** Rows packed at a time: few where there are many columns, so that what isn't packed yet stays small. */
export const stretchFor = (columns: number, rows: number): number =>
  Math.max(1, Math.min(rows, 65_536, Math.max(32, Math.floor(2 ** 22 / columns))));
