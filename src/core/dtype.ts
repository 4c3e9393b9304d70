/** Element types: 32-bit floats for numbers, 32-bit unsigned integers for class labels and row numbers. */
export type DType = "f32" | "u32";

/** Element types of tensors: those of memory, or bytes, four to a word, each of which stands for byte / 255. */
export type ElementType = DType | "unorm8";

/** The words in which so many elements lie. Bytes come in whole words. */
export const wordsOf = (dtype: ElementType, elements: number): { dtype: DType; length: number } =>
  dtype === "unorm8" ? { dtype: "u32", length: elements / 4 } : { dtype, length: elements };

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
