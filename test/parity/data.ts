import type { TensorData } from "../../src/checks/inputs.js";
import { normalNumbers } from "../../src/checks/weighted.js";
import { RandomStream } from "../../src/core/random.js";
import { type Shape, sizeOf } from "../../src/core/shape.js";

/** An input of an op in a test. */
export interface Data extends TensorData {
  /** Set where the values sit on a kink or a tie, so that finite differences can't be taken. */
  readonly kinks?: boolean;
}

let drawn = 0;

const nextRandom = () => new RandomStream(7, 100, drawn++);

function draw(shape: Shape, next: (random: RandomStream) => number): Data {
  const random = nextRandom();
  return { shape, values: Float32Array.from({ length: sizeOf(shape) }, () => next(random)) };
}

/** Standard normal numbers, at least 0.05 away from 0, where many functions have a kink. */
export const normal = (...shape: number[]): Data => ({ shape, values: normalNumbers(shape, nextRandom()) });

/** Normal numbers times `scale`. */
export function scaled(scale: number, ...shape: number[]): Data {
  const { values } = normal(...shape);
  return { shape, values: Float32Array.from(values, (x) => x * scale) };
}

/** Uniform numbers between `low` and `high`. */
export const uniform = (low: number, high: number, ...shape: number[]): Data =>
  draw(shape, (random) => low + (high - low) * random.nextUniform());

/** Whole numbers from -2 to 2, so that many are equal. */
export const ties = (...shape: number[]): Data => ({
  ...draw(shape, (random) => random.nextBelow(5) - 2),
  kinks: true,
});

/** Row numbers or labels from 0 to below `bound`. */
export function indices(bound: number, ...shape: number[]): Data {
  const random = new RandomStream(7, 101, drawn++);
  return { shape, values: Uint32Array.from({ length: sizeOf(shape) }, () => random.nextBelow(bound)) };
}

export const literal = (values: number[], ...shape: number[]): Data => ({
  shape: shape.length ? shape : [values.length],
  values: Float32Array.from(values),
});

export const words = (...values: number[]): Data => ({ shape: [values.length], values: Uint32Array.from(values) });
