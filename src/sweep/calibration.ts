import type { Dataset } from "../data/dataset.js";
import { logLoss } from "../metrics/probabilities.js";

/** Temperatures lie between this and its inverse. */
const MOST = 20;
const ROUNDS = 60;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * Probabilities at a temperature: p^(1/T), made to sum to 1. Above 1 they are less sure, below 1 more.
 *
 * @param probabilities - [rows, classes], or [rows, 1] of a yes
 */
export function atTemperature(
  probabilities: Float32Array,
  classes: number,
  temperature: number,
): Float32Array<ArrayBuffer> {
  const result = new Float32Array(probabilities);
  if (temperature === 1) return result;
  for (let start = 0; start < result.length; start += classes) {
    const own = probabilities.subarray(start, start + classes);
    const [first] = own;
    const all = classes === 1 ? [first, 1 - first] : [...own];
    const largest = Math.max(...all);
    const powers = all.map((p) => (p / largest) ** (1 / temperature));
    const sum = powers.reduce((a, b) => a + b, 0);
    for (let i = 0; i < classes; i++) result[start + i] = powers[i] / sum;
  }
  return result;
}

/**
 * The temperature at which probabilities fit the truth best, by their log loss: temperature scaling (Guo et al., "On
 * calibration of modern neural networks", 2017).
 *
 * @param rows - their labels, class indices, and weights
 */
export function temperatureOf(
  { labels, weights }: Pick<Dataset, "labels" | "weights">,
  probabilities: Float32Array,
): number {
  const classes = probabilities.length / labels.length;
  const lossAt = (logarithm: number) =>
    logLoss(labels, atTemperature(probabilities, classes, Math.exp(logarithm)), weights);
  let [low, high] = [-Math.log(MOST), Math.log(MOST)];
  let [a, b] = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)];
  let [lossA, lossB] = [lossAt(a), lossAt(b)];
  for (let i = 0; i < ROUNDS; i++) {
    if (lossA <= lossB) {
      [high, b, lossB] = [b, a, lossA];
      a = high - GOLDEN * (high - low);
      lossA = lossAt(a);
    } else {
      [low, a, lossA] = [a, b, lossB];
      b = low + GOLDEN * (high - low);
      lossB = lossAt(b);
    }
  }
  return Math.exp((low + high) / 2);
}
