import type { Pair } from "../../src/ops/unfold.js";

/*
 * Layers on images in float64, as sums over the elements that each result is made of: written for tests alone, and nothing
 * of the engine's is used. Gradients are differences of these functions.
 */

/** An array [...shape] in float64. */
export interface Numbers {
  shape: readonly number[];
  values: Float64Array;
}

export const numbers = (shape: readonly number[], value: (i: number) => number = () => 0): Numbers => ({
  shape,
  values: Float64Array.from({ length: shape.reduce((product, size) => product * size, 1) }, (_, i) => value(i)),
});

/** Number of the element at some coordinates; -1 outside. */
function at({ shape }: Numbers, ...place: number[]): number {
  if (place.some((coordinate, axis) => coordinate < 0 || coordinate >= shape[axis])) return -1;
  return place.reduce((number, coordinate, axis) => number * shape[axis] + coordinate, 0);
}

function* places(shape: readonly number[]): Generator<number[]> {
  if (shape.length === 0) yield [];
  else for (const outer of places(shape.slice(0, -1))) for (let i = 0; i < shape.at(-1)!; i++) yield [...outer, i];
}

/** Windows on images, margins as [top, bottom, left, right]. */
export interface Windows {
  kernel: Pair;
  stride: Pair;
  dilation: Pair;
  margins: readonly [number, number, number, number];
}

const windowsOn = (size: Pair, { kernel, stride, dilation, margins }: Windows): Pair =>
  [0, 1].map((side) => {
    const room = size[side] + margins[2 * side] + margins[2 * side + 1] - dilation[side] * (kernel[side] - 1);
    return Math.ceil(room / stride[side]);
  }) as unknown as Pair;

/** The image's row and column under an element of a kernel. */
const under = ({ stride, dilation, margins }: Windows, [oy, ox]: number[], [ky, kx]: number[]): Pair => [
  oy * stride[0] + ky * dilation[0] - margins[0],
  ox * stride[1] + kx * dilation[1] - margins[2],
];

/** Σ x w of [n, y, x, c] and [ky, kx, c / groups, o]. */
export function conv(x: Numbers, w: Numbers, windows: Windows, groups: number): Numbers {
  const [images, height, width] = x.shape;
  const [, , own, filters] = w.shape;
  const y = numbers([images, ...windowsOn([height, width], windows), filters]);
  for (const [n, oy, ox, o] of places(y.shape)) {
    let sum = 0;
    const group = Math.floor((o * groups) / filters);
    for (const [ky, kx, c] of places(w.shape.slice(0, 3))) {
      const from = at(x, n, ...under(windows, [oy, ox], [ky, kx]), group * own + c);
      if (from >= 0) sum += x.values[from] * w.values[at(w, ky, kx, c, o)];
    }
    y.values[at(y, n, oy, ox, o)] = sum;
  }
  return y;
}

/** Each element of x lays the kernel [ky, kx, o / groups, c] on a result of `size`. */
export function convTranspose(x: Numbers, w: Numbers, windows: Windows, groups: number, size: Pair): Numbers {
  const own = w.shape[2];
  const y = numbers([x.shape[0], ...size, own * groups]);
  for (const [n, oy, ox, c] of places(x.shape)) {
    const group = Math.floor((c * groups) / x.shape[3]);
    for (const [ky, kx, o] of places(w.shape.slice(0, 3))) {
      const to = at(y, n, ...under(windows, [oy, ox], [ky, kx]), group * own + o);
      if (to >= 0) y.values[to] += x.values[at(x, n, oy, ox, c)] * w.values[at(w, ky, kx, o, c)];
    }
  }
  return y;
}

/** Of each channel on its own: w is [ky, kx, c, multiplier]. */
export function depthwise(x: Numbers, w: Numbers, windows: Windows): Numbers {
  const [kernelY, kernelX, channels, multiplier] = w.shape;
  return conv(x, { shape: [kernelY, kernelX, 1, channels * multiplier], values: w.values }, windows, channels);
}

/** Of the elements under each window of each channel. @param of - given those inside and how many there are with padding */
export function pool(x: Numbers, windows: Windows, of: (inside: number[], all: number) => number): Numbers {
  const [images, height, width, channels] = x.shape;
  const y = numbers([images, ...windowsOn([height, width], windows), channels]);
  for (const [n, oy, ox, c] of places(y.shape)) {
    const found = [...places(windows.kernel)].map((k) => at(x, n, ...under(windows, [oy, ox], k), c));
    const inside = found.filter((from) => from >= 0).map((from) => x.values[from]);
    y.values[at(y, n, oy, ox, c)] = of(inside, found.length);
  }
  return y;
}

export const largest = (inside: number[]): number => Math.max(...inside);
export const meanInside = (inside: number[]): number => total(inside) / inside.length;
export const meanOfAll = (inside: number[], all: number): number => total(inside) / all;

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** Groups with mean 0 and variance 1, or divided by their root mean square. @param groupOf - by an element's place */
export function normalised(
  x: Numbers,
  epsilon: number,
  groupOf: (place: number[]) => string,
  isCentred = true,
): Numbers {
  const groups = new Map<string, number[]>();
  const keys = [...places(x.shape)].map(groupOf);
  for (const [i, key] of keys.entries()) groups.set(key, [...(groups.get(key) ?? []), x.values[i]]);
  const moments = new Map(
    [...groups].map(([key, own]) => {
      const mean = isCentred ? total(own) / own.length : 0;
      return [key, [mean, total(own.map((value) => (value - mean) ** 2)) / own.length]] as const;
    }),
  );
  return numbers(x.shape, (i) => {
    const [mean, variance] = moments.get(keys[i])!;
    return (x.values[i] - mean) / Math.sqrt(variance + epsilon);
  });
}

/** Each feature of the last axis times gamma, plus beta. */
export const scaled = (x: Numbers, gamma: Numbers, beta?: Numbers): Numbers => {
  const features = gamma.values.length;
  return numbers(x.shape, (i) => x.values[i] * gamma.values[i % features] + (beta?.values[i % features] ?? 0));
};

/** Elements of an input that are moved: every so many, where there are more. */
const MOST_MOVED = 30;

/** The gradient of Σ weight y for one of the inputs, by central differences: at some places, by their number. */
export function differences(
  of: () => Numbers,
  weights: ArrayLike<number>,
  input: Numbers,
  step: number,
): Map<number, number> {
  const loss = () => of().values.reduce((sum, value, i) => sum + value * weights[i], 0);
  const apart = Math.ceil(input.values.length / MOST_MOVED);
  const found = new Map<number, number>();
  for (let i = 0; i < input.values.length; i += apart) {
    const value = input.values[i];
    const sides = [step, -step].map((distance) => {
      input.values[i] = value + distance;
      return loss();
    });
    input.values[i] = value;
    found.set(i, (sides[0] - sides[1]) / (2 * step));
  }
  return found;
}
