import type { TensorData } from "../../src/checks/inputs.js";
import { normalNumbers } from "../../src/checks/weighted.js";
import { RandomStream } from "../../src/core/random.js";
import { type Shape, sizeOf } from "../../src/core/shape.js";

/** An input of an op in a test. */
export interface Data extends TensorData {
  /** Set where the values sit on a kink or a tie, so that finite differences can't be taken. */
  readonly kinks?: boolean;
  /** Draws the values anew; absent where they are stated. */
  draw?(random: RandomStream): Data["values"];
}

let drawn = 0;

/** Data that are drawn here by a counter, and of which a case draws its own; see `drawnFor`. */
export function draw(shape: Shape, valuesOf: (random: RandomStream) => Data["values"], kinks?: boolean): Data {
  return { shape, values: valuesOf(new RandomStream(7, 100, drawn++)), draw: valuesOf, kinks };
}

/** The data as they are drawn for one place, whatever else is drawn elsewhere. */
export const drawnFor = (place: string, data: Data): Data =>
  data.draw ? { ...data, values: data.draw(new RandomStream(7, 101, hashOf(place))) } : data;

/** FNV-1a, 32 bits. */
const hashOf = (text: string): number =>
  [...text].reduce((hash, letter) => Math.imul(hash ^ letter.codePointAt(0)!, 0x01000193), 0x811c9dc5) >>> 0;

const numbers = (shape: Shape, next: (random: RandomStream) => number, kinks?: boolean): Data =>
  draw(shape, (random) => Float32Array.from({ length: sizeOf(shape) }, () => next(random)), kinks);

/** Standard normal numbers, at least 0.05 away from 0, where many functions have a kink. */
export const normal = (...shape: number[]): Data => draw(shape, (random) => normalNumbers(shape, random));

/** Normal numbers times `scale`. */
export const scaled = (scale: number, ...shape: number[]): Data =>
  draw(shape, (random) => Float32Array.from(normalNumbers(shape, random), (x) => x * scale));

/** Uniform numbers between `low` and `high`. */
export const uniform = (low: number, high: number, ...shape: number[]): Data =>
  numbers(shape, (random) => low + (high - low) * random.nextUniform());

/** Whole numbers from -2 to 2, so that many are equal. */
export const ties = (...shape: number[]): Data => numbers(shape, (random) => random.nextBelow(5) - 2, true);

/** Row numbers or labels from 0 to below `bound`. */
export const indices = (bound: number, ...shape: number[]): Data =>
  draw(shape, (random) => Uint32Array.from({ length: sizeOf(shape) }, () => random.nextBelow(bound)));

export const literal = (values: number[], ...shape: number[]): Data => ({
  shape: shape.length ? shape : [values.length],
  values: Float32Array.from(values),
});

export const words = (...values: number[]): Data => ({ shape: [values.length], values: Uint32Array.from(values) });
