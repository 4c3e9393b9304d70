import type { Shape } from "./shape.js";

/** A data set as far as it is learned from. */
export interface LearnedFrom {
  readonly shape: Shape;
  readonly features: Float32Array<ArrayBuffer>;
  readonly labels: Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;
  readonly weights?: Float32Array<ArrayBuffer>;
  readonly classes?: number;
}

/** The data that settings of a training are of, by these; a file has their checksum instead. */
export const dataOf = new WeakMap<object, LearnedFrom>();
