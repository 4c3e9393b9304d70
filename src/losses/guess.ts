import { sizeOf } from "../core/shape.js";
import type { Targets } from "./loss.js";

/*
 * Losses of the best answer that is the same for every row: what a model has to beat. Means over rows as `Loss` takes them.
 */

/** Weights of rows, [rows]; 1 where absent. */
type RowWeights = ArrayLike<number> | undefined;

const entropy = (share: number) => (share > 0 ? -share * Math.log(share) : 0);

/** Of classes by their frequencies: Σ vⱼ qⱼ (-log pⱼ) with p as the (smoothed) targets q and class weights v are on average. */
export function guessClasses(
  { shape, values, divisors, weights: within }: Targets,
  numbers: number,
  weights: RowWeights,
  { labelSmoothing, classWeights }: { labelSmoothing: number; classWeights?: readonly number[] },
): number {
  const isIndex = values instanceof Uint32Array;
  const time = isIndex ? sizeOf(shape.slice(1)) : 1;
  const outputs = numbers / time;
  const sums = new Float64Array(outputs);
  let divisor = 0;
  for (let row = 0; row < shape[0] * time; row++) {
    const weight = (weights?.[Math.floor(row / time)] ?? 1) * (time > 1 ? (within?.[row] ?? 1) : 1);
    divisor += weight * (divisors?.[row] ?? 1);
    if (isIndex) sums[values[row]] += weight;
    else for (let j = 0; j < outputs; j++) sums[j] += weight * values[row * outputs + j];
  }
  const all = sums.reduce((a, b) => a + b, 0);
  const smooth = (sum: number) => (1 - labelSmoothing) * sum + (labelSmoothing * all) / outputs;
  const shares = sums.map((sum, j) => smooth(sum) * (classWeights?.[j] ?? 1));
  const total = shares.reduce((a, b) => a + b, 0);
  return (total * shares.reduce((loss, share) => loss + entropy(share / total), 0)) / divisor;
}

/** The mean over a row's targets of a function of each one's (weighted) mean. */
export function guessFromMeans(
  { shape, values }: Targets,
  weights: RowWeights,
  loss: (mean: number, target: number) => number,
): number {
  const size = sizeOf(shape.slice(1));
  const means = new Float64Array(size);
  let total = 0;
  for (let row = 0; row < shape[0]; row++) {
    const weight = weights?.[row] ?? 1;
    total += weight;
    for (let j = 0; j < size; j++) means[j] += weight * values[row * size + j];
  }
  return means.reduce((sum, mean, j) => sum + loss(mean / total, j), 0) / size;
}

/** Halvings of the interval in which the best answer lies, each by a third. */
const SEARCHES = 60;

/** The mean over a row's targets of a convex cost of the difference, for the number at which it is least. */
export function guessNumbers(
  { shape, values }: Targets,
  weights: RowWeights,
  cost: (difference: number) => number,
): number {
  const rows = shape[0];
  const size = sizeOf(shape.slice(1));
  let sum = 0;
  for (let j = 0; j < size; j++) {
    const costOf = (answer: number) => {
      let [all, total] = [0, 0];
      for (let row = 0; row < rows; row++) {
        const weight = weights?.[row] ?? 1;
        total += weight;
        all += weight * cost(answer - values[row * size + j]);
      }
      return all / total;
    };
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let row = 0; row < rows; row++) {
      low = Math.min(low, values[row * size + j]);
      high = Math.max(high, values[row * size + j]);
    }
    for (let search = 0; search < SEARCHES && high - low > 1e-7 * Math.max(Math.abs(low), Math.abs(high)); search++) {
      const third = (high - low) / 3;
      if (costOf(low + third) <= costOf(high - third)) high -= third;
      else low += third;
    }
    sum += costOf((low + high) / 2);
  }
  return sum / size;
}
