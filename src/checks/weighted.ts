import { RandomStream, Stream } from "../core/random.js";
import { type Shape, sizeOf } from "../core/shape.js";
import { gradients } from "../graph/gradients.js";
import { constant, type Tensor } from "../graph/tensor.js";
import { add, mul } from "../ops/elementwise.js";
import { sum } from "../ops/reduce.js";

/** Standard normal numbers, at least 0.05 away from 0, where many functions have a kink. */
export function normalNumbers(shape: Shape, random: RandomStream): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: sizeOf(shape) }, () => {
    const x = random.nextNormal();
    return x + (Math.abs(x) < 0.05 ? Math.sign(x) * 0.05 : 0);
  });
}

/** A tensor and the weight of each of its elements. */
export interface Weighted {
  y: Tensor;
  weights: Float32Array<ArrayBuffer>;
}

/**
 * A tensor with normal weights, so that no element's gradient can hide behind another's. The elements of a single activation
 * don't meet: there each weight is 1, and the gradient is the activation's own.
 */
export const weigh = ({ y, single }: { y: Tensor; single: boolean }, seed: number): Weighted => {
  const random = new RandomStream(seed, Stream.noise, WEIGHTS);
  return { y, weights: single ? new Float32Array(y.size).fill(1) : normalNumbers(y.shape, random) };
};

/** Positions of the random numbers that checks draw. Those of the inputs are the last. */
const WEIGHTS = 0;
export const SAMPLES = 1;
export const INPUTS = 2;

/** Gradients of L = Σ weightᵢ yᵢ, derived from the ops' rules. @throws ArgumentError where there are none */
export const gradientsOf = ({ y, weights }: Weighted, by: readonly Tensor[]): Tensor[] =>
  gradients(sum(mul(y, constant(weights, y.shape))), by, (a, b) => add(a, b));
