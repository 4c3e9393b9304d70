import { RandomStream, Stream } from "../core/random.js";
import type { Interval } from "../metrics/index.js";

/** Rows drawn in all. */
const MOST_DRAWS = 4e6;

/**
 * 95 % confidence interval of R² by the bootstrap (Efron, 1979): the middle of what samples of the rows, drawn with
 * replacement, give. The same each time.
 */
export function r2Interval(truth: ArrayLike<number>, predicted: ArrayLike<number>): Interval {
  const rows = truth.length;
  const random = new RandomStream(0, Stream.resample);
  const found: number[] = [];
  const resamples = Math.max(100, Math.min(400, Math.floor(MOST_DRAWS / rows)));
  for (let i = 0; i < resamples; i++) {
    let [sum, squares, errors] = [0, 0, 0];
    for (let j = 0; j < rows; j++) {
      const row = random.nextBelow(rows);
      const value = truth[row] - truth[0]; // nearer to 0, so that squares keep their digits
      sum += value;
      squares += value ** 2;
      errors += (predicted[row] - truth[row]) ** 2;
    }
    const spread = squares - sum ** 2 / rows;
    if (spread > 0) found.push(1 - errors / spread);
  }
  found.sort((a, b) => a - b);
  const at = (share: number) => found[Math.round(share * (found.length - 1))] ?? Number.NaN;
  return { low: at(0.025), high: at(0.975) };
}
