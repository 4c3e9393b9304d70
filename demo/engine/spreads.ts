import type { Dataset } from "neuromotor/data";

/** Bars of a feature, and the most rows that are counted. */
const BARS = 12;
const ROWS = 2000;

/** How many rows lie in each part of a feature's range, from its least value to its largest: [features][BARS]. */
export function spreadsOf({ features, rows, shape }: Dataset): number[][] {
  const counted = Math.min(rows, ROWS);
  return Array.from({ length: shape[0] }, (_, feature) => {
    const values = Float32Array.from({ length: counted }, (_, row) => features[row * shape[0] + feature]);
    const [least, largest] = values.reduce(
      ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
      [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
    );
    const counts = new Array<number>(BARS).fill(0);
    const width = (largest - least) / BARS || 1;
    for (const value of values) counts[Math.min(BARS - 1, Math.floor((value - least) / width))]++;
    return counts;
  });
}
