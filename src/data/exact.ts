/*
 * Numbers that float32 would round. The device trains in float32, but a timestamp, a map coordinate or a price to the
 * cent must be shifted and scaled in float64 first. So each rounded array that a data set keeps has its float64 original
 * beside it, found by the array itself: copying a data set's fields copies that, too.
 */

const originals = new WeakMap<Float32Array, Float64Array<ArrayBuffer>>();

/** Numbers in float32, with their float64 original kept where float32 rounds one of them. */
export function toFloat32(values: Float64Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
  const rounded = new Float32Array(values);
  if (rounded.some((value, i) => value !== values[i] && !Number.isNaN(values[i]))) originals.set(rounded, values);
  return rounded;
}

/**
 * The float64 original of a data set's array, in the same shape; the array itself where float32 holds its numbers
 * exactly.
 */
export function exactOf<T extends Float32Array | Uint32Array>(values: T): T | Float64Array<ArrayBuffer> {
  return (values instanceof Float32Array ? originals.get(values) : undefined) ?? values;
}

/*
 * Pixels that came as bytes: numbers byte / 255, of which a device may have the bytes, in a quarter of the memory. Arrays
 * of such numbers are kept here, each with its bytes once these were asked for.
 */
const ofBytes = new WeakMap<Float32Array, Uint32Array<ArrayBuffer> | undefined>();

/** Bytes as numbers from 0 to 1, byte / 255. */
export function fromBytes(bytes: Uint8Array | Uint8ClampedArray): Float32Array<ArrayBuffer> {
  const values = new Float32Array(bytes.length);
  bytes.forEach((byte, i) => {
    values[i] = byte / 255;
  });
  ofBytes.set(values, undefined);
  return values;
}

/** Says of numbers that all of them are from an array which may be of bytes. @returns them */
export function keepBytes<T extends Float32Array>(values: T, from: Float32Array): T {
  if (ofBytes.has(from)) ofBytes.set(values, undefined);
  return values;
}

/** The bytes of an array, four to a word, the first in the lowest bits; undefined where it isn't of bytes. */
export function bytesOf(values: Float32Array): Uint32Array<ArrayBuffer> | undefined {
  let bytes = ofBytes.get(values);
  if (!bytes && ofBytes.has(values)) {
    const pixels = new Uint8Array(values.length);
    values.forEach((value, i) => {
      pixels[i] = value * 255 + 0.5; // rounded down
    });
    bytes = new Uint32Array(pixels.buffer);
    ofBytes.set(values, bytes);
  }
  return bytes;
}

/** Two arrays, one after the other, with their float64 originals or bytes where they have any. */
export function joined<T extends Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>>(a: T, b: T): T {
  const parts = [exactOf(a), exactOf(b)];
  const length = a.length + b.length;
  const isExact = parts.some((part) => part instanceof Float64Array);
  const whole = isExact
    ? new Float64Array(length)
    : a instanceof Uint32Array
      ? new Uint32Array(length)
      : new Float32Array(length);
  whole.set(parts[0]);
  whole.set(parts[1], a.length);
  if (whole instanceof Float64Array) return toFloat32(whole) as T;
  if (a instanceof Float32Array && ofBytes.has(a) && ofBytes.has(b as Float32Array))
    keepBytes(whole as Float32Array, a);
  return whole as T;
}
