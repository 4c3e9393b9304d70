import { sizeOf } from "../core/shape.js";
import type { Targets } from "./loss.js";

/*
 * Losses of the best answer that is the same for every row: what a model has to beat. Means over rows as `Loss` takes them.
 */

/** Weights of rows, [rows]; 1 where absent. */
type RowWeights = ArrayLike<number> | undefined;

/** Weight of a target of a row: the row's, times its own within the row. */
function weighing({ shape, values, weights: within }: Targets, rows: RowWeights) {
  const size = values.length / shape[0];
  const isByRow = within?.length === shape[0];
  return (row: number, j: number) => (rows?.[row] ?? 1) * (within?.[isByRow ? row : row * size + j] ?? 1);
}

const entropy = (share: number) => (share > 0 ? -share * Math.log(share) : 0);

/** Of classes by their frequencies: Σ vⱼ qⱼ (-log pⱼ) with p as the (smoothed) targets q and class weights v are on average. */
export function guessClasses(
  { shape, values, divisors, weights: within }: Targets,
  outputs: number,
  weights: RowWeights,
  { labelSmoothing, classWeights }: { labelSmoothing: number; classWeights?: readonly number[] },
): number {
  const isIndex = values instanceof Uint32Array;
  const sums = new Float64Array(outputs);
  let divisor = 0;
  for (let row = 0; row < shape[0]; row++) {
    const weight = (weights?.[row] ?? 1) * (within?.[row] ?? 1);
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

/** The mean over all targets of a function of the (weighted) mean and variance of those at the same place of a row. */
export function guessFromMeans(
  targets: Targets,
  weights: RowWeights,
  loss: (mean: number, target: number, variance: number) => number,
): number {
  const { shape, values } = targets;
  const size = sizeOf(shape.slice(1));
  const weightOf = weighing(targets, weights);
  let [all, total] = [0, 0];
  for (let j = 0; j < size; j++) {
    let [weight, mean, squares] = [0, 0, 0];
    for (let row = 0; row < shape[0]; row++) {
      const own = weightOf(row, j);
      if (own === 0) continue;
      const difference = values[row * size + j] - mean;
      weight += own;
      mean += (difference * own) / weight;
      squares += own * difference * (values[row * size + j] - mean);
    }
    if (weight === 0) continue;
    total += weight;
    all += weight * loss(mean, j, squares / weight);
  }
  return all / total;
}

/** Halvings of the interval in which the best answer lies, each by a third. */
const SEARCHES = 60;

/** The mean over a row's targets of a convex cost of the difference, for the number at which it is least. */
export function guessNumbers(targets: Targets, weights: RowWeights, cost: (difference: number) => number): number {
  const { shape, values } = targets;
  const rows = shape[0];
  const size = sizeOf(shape.slice(1));
  const weightOf = weighing(targets, weights);
  let [sum, total] = [0, 0];
  for (let j = 0; j < size; j++) {
    const costOf = (answer: number) => {
      let all = 0;
      for (let row = 0; row < rows; row++) {
        const weight = weightOf(row, j);
        if (weight > 0) all += weight * cost(answer - values[row * size + j]);
      }
      return all;
    };
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let row = 0; row < rows; row++) {
      const weight = weightOf(row, j);
      if (weight === 0) continue;
      total += weight;
      low = Math.min(low, values[row * size + j]);
      high = Math.max(high, values[row * size + j]);
    }
    if (low <= high) sum += leastOf(costOf, low, high);
  }
  return sum / total;
}

/** The least value of a function that falls and then rises, between two numbers. */
export function leastOf(costOf: (answer: number) => number, low: number, high: number): number {
  for (let search = 0; search < SEARCHES && high - low > 1e-7 * Math.max(Math.abs(low), Math.abs(high)); search++) {
    const third = (high - low) / 3;
    if (costOf(low + third) <= costOf(high - third)) high -= third;
    else low += third;
  }
  return costOf((low + high) / 2);
}

/** Shares of classes, by the weights of their rows: [outputs], that add up to 1. */
export function classShares(targets: Targets, outputs: number, weights: RowWeights): Float64Array {
  const shares = new Float64Array(outputs);
  const weightOf = weighing(targets, weights);
  let total = 0;
  for (let row = 0; row < targets.shape[0]; row++) {
    total += weightOf(row, 0);
    shares[targets.values[row]] += weightOf(row, 0);
  }
  return shares.map((share) => share / total);
}
