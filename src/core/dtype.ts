/** Element types: 32-bit floats for numbers, 32-bit unsigned integers for class labels and row numbers. */
export type DType = "f32" | "u32";

/** Host array of a tensor's elements. */
export type Values = Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;

/** A new host array of `length` zeros. */
export function zeros(dtype: DType, length: number): Values {
  return dtype === "f32" ? new Float32Array(length) : new Uint32Array(length);
}

/** The host array that views `length` elements of `bytes` from `offset` (in bytes). */
export function view(dtype: DType, bytes: ArrayBuffer, offset: number, length: number): Values {
  return dtype === "f32" ? new Float32Array(bytes, offset, length) : new Uint32Array(bytes, offset, length);
}
