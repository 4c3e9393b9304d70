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
