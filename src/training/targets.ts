import { DataError } from "../core/errors.js";
import type { Dataset } from "../data/dataset.js";
import type { Targets } from "../losses/index.js";

/*
 * What goes to the device beside features and targets: weights of the rows, and the right output of each where the
 * targets are whole rows of numbers. Most trainings need neither.
 */

/**
 * A data set's sample weights w divided by their mean, so that a mean over rows is the weighted mean Σ w x / Σ w; and the
 * factor that makes the loss's Σ w loss / Σ w d where its rows have divisors d of their own (see `Loss`).
 *
 * @returns weights undefined where every row has weight 1
 * @throws DataError when no row counts
 */
export function weigh({ weights, rows }: Dataset, { divisors }: Targets) {
  let total = 0;
  let divisor = 0;
  for (let row = 0; row < rows; row++) {
    const weight = weights?.[row] ?? 1;
    total += weight;
    divisor += weight * (divisors?.[row] ?? 1);
  }
  if (divisor === 0) {
    throw new DataError("All rows have weight 0. Give some a weight above 0.");
  }
  return { weights: weights?.map((weight) => (weight * rows) / total), lossScale: total / divisor };
}

/** The output of each row's largest target, the first of equal ones: [rows], of float targets [rows, outputs]. */
export function rightOutputs({ values, shape: [rows, outputs] }: Targets): Uint32Array<ArrayBuffer> {
  const right = new Uint32Array(rows);
  for (let i = 0; i < values.length; i++) {
    const row = Math.floor(i / outputs);
    if (values[i] > values[row * outputs + right[row]]) right[row] = i % outputs;
  }
  return right;
}
