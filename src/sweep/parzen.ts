import type { RandomStream } from "../core/random.js";
import { isChoices, type Line, lineOf, type Setting } from "./search-space.js";

/** A density over a setting's values, made of some of them. */
export interface Density {
  draw(random: RandomStream): unknown;
  /** The logarithm of the density of a value, or of its probability where there are steps. */
  logarithm(value: unknown): number;
}

/**
 * The density that some values of a setting give, each with its weight, and a prior of weight 1 that is the same
 * everywhere: the adaptive Parzen estimator of Bergstra et al. (2011). About each value lies a normal distribution, cut at
 * the ends of the range, whose deviation is the larger distance to its neighbours.
 */
export const densityOf = (setting: Setting, values: readonly unknown[], weights: readonly number[]): Density =>
  isChoices(setting) ? ofChoices(setting, values, weights) : ofRange(lineOf(setting), values, weights);

function ofChoices(choices: readonly unknown[], values: readonly unknown[], weights: readonly number[]): Density {
  // The prior's weight is shared by all choices.
  const shares = choices.map((choice) =>
    values.reduce<number>((sum, value, i) => sum + (Object.is(value, choice) ? weights[i] : 0), 1 / choices.length),
  );
  const total = shares.reduce((a, b) => a + b, 0);
  return {
    draw: (random) => choices[drawnPlace(shares, total, random)],
    logarithm: (value) => Math.log(shares[choices.findIndex((choice) => Object.is(choice, value))] / total),
  };
}

interface Kernel {
  mean: number;
  deviation: number;
  weight: number;
}

/** Half the square of so many deviations from a mean that the normal density there is nothing beside the prior's. */
const FAR = 60;

function ofRange(line: Line, values: readonly unknown[], given: readonly number[]): Density {
  const { low, high } = line;
  const width = high - low;
  const kernels: Kernel[] = values.map((value, i) => ({ mean: line.point(value), deviation: 0, weight: given[i] }));
  const prior: Kernel = { mean: (low + high) / 2, deviation: width, weight: 1 };
  kernels.push(prior);
  kernels.sort((a, b) => a.mean - b.mean);
  // The more values, the finer the density may be; never so fine that it is a point.
  const finest = width / Math.min(100, 1 + kernels.length);
  kernels.forEach((kernel, i) => {
    if (kernel === prior) return;
    const gaps = [kernels[i - 1], kernels[i + 1]].flatMap((other) => (other ? Math.abs(other.mean - kernel.mean) : []));
    kernel.deviation = Math.min(width, Math.max(finest, ...gaps));
  });
  const weights = kernels.map(({ weight }) => weight);
  const total = weights.reduce((a, b) => a + b, 0);
  const between = ({ mean, deviation }: Kernel, from: number, to: number) =>
    cumulative((to - mean) / deviation) - cumulative((from - mean) / deviation);
  const shares = kernels.map((kernel) => kernel.weight / total / between(kernel, low, high));
  // Densities at points take most of a search's time.
  const means = Float64Array.from(kernels, ({ mean }) => mean);
  const steepnesses = Float64Array.from(kernels, ({ deviation }) => 1 / (2 * deviation * deviation));
  const heights = Float64Array.from(kernels, ({ deviation }, i) => shares[i] / (deviation * Math.sqrt(2 * Math.PI)));
  const densityAt = (point: number) => {
    let density = 0;
    for (let i = 0; i < means.length; i++) {
      const distance = point - means[i];
      const exponent = distance * distance * steepnesses[i];
      if (exponent < FAR) density += heights[i] * Math.exp(-exponent);
    }
    return density;
  };
  const logarithms = new Map<number, number>();
  const probabilityOf = (from: number, to: number) =>
    kernels.reduce((sum, kernel, i) => sum + shares[i] * between(kernel, from, to), 0);
  return {
    draw(random) {
      const { mean, deviation } = kernels[drawnPlace(weights, total, random)];
      for (;;) {
        const point = mean + deviation * random.nextNormal();
        if (point >= low && point <= high) return line.value(point); // a mean inside: at least half of a half
      }
    },
    logarithm(value) {
      const point = line.point(value);
      const [from, to] = line.around(point);
      if (from === to) return logarithmOf(densityAt(point));
      // Where there are steps, candidates often have the same value.
      const known = logarithms.get(point) ?? logarithmOf(probabilityOf(from, to));
      logarithms.set(point, known);
      return known;
    },
  };
}

const logarithmOf = (density: number): number => Math.log(Math.max(density, Number.MIN_VALUE));

function drawnPlace(weights: readonly number[], total: number, random: RandomStream): number {
  let left = random.nextUniform() * total;
  for (let i = 0; i < weights.length - 1; i++) {
    left -= weights[i];
    if (left < 0) return i;
  }
  return weights.length - 1;
}

/** The standard normal distribution's cumulative function, by the series for the error function (Press et al., 6.2.2). */
function cumulative(x: number): number {
  const t = 1 / (1 + Math.abs(x) / (2 * Math.SQRT2));
  const series = [-0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196, 1.00002368];
  const sum = series.reduce((made, factor) => made * t + factor, 0.17087277) * t - 1.26551223;
  const tail = (t * Math.exp((-x * x) / 2 + sum)) / 2;
  return x >= 0 ? 1 - tail : tail;
}
