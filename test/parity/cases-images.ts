import type { Tensor } from "../../src/graph/tensor.js";
import { conv2d, convTranspose2d } from "../../src/ops/convolution.js";
import {
  depthwiseConv2d,
  depthwiseInputGradient,
  depthwiseOp,
  depthwiseWeightGradient,
} from "../../src/ops/depthwise.js";
import { batchNormalise, type Groups, normalise, normaliseGradient } from "../../src/ops/normalise.js";
import { averagePool, maxPool, maxPoolGradient, repeat, resample } from "../../src/ops/pool.js";
import { fold, type Pair, unfold, type Window } from "../../src/ops/unfold.js";
import type { Case } from "./case.js";
import { type Data, normal, ties, uniform } from "./data.js";

/** A window by what it does along both sides: output sizes follow from the images'. */
export function windowOn(
  size: Pair,
  options: Partial<Record<"kernel" | "stride" | "dilation" | "before", Pair>> & { after?: Pair },
): Window {
  const { kernel = [3, 3], stride = [1, 1], dilation = [1, 1], before = [0, 0], after = before } = options;
  const outputOf = (i: 0 | 1) =>
    Math.floor((size[i] + before[i] + after[i] - dilation[i] * (kernel[i] - 1) - 1) / stride[i]) + 1;
  return { kernel, stride, dilation, before, output: [outputOf(0), outputOf(1)] };
}

/** Images, and the windows on them: strides, padding on one side and on both, dilation, kernels of one element and of uneven sides. */
const windows: readonly (readonly [shape: number[], options: Parameters<typeof windowOn>[1]])[] = [
  [[1, 5, 4, 1], {}],
  [[2, 7, 5, 3], { stride: [2, 2], before: [1, 1] }],
  [[3, 6, 9, 2], { kernel: [2, 4], stride: [3, 1], before: [1, 0], after: [0, 2] }],
  [[2, 9, 8, 5], { dilation: [2, 3], before: [2, 1] }],
  [[1, 4, 4, 7], { kernel: [1, 1], stride: [2, 2] }],
  [[2, 3, 3, 4], { kernel: [3, 3] }],
  [[2, 1, 11, 3], { kernel: [1, 4], stride: [1, 2], before: [0, 1] }],
];

const title = (shape: number[], { kernel, stride, dilation, before, output }: Window) =>
  `[${shape}] to ${output}, kernel ${kernel}, stride ${stride}, dilation ${dilation}, from -${before}`;

export const imageCases: Record<string, Case[]> = {
  unfold: windows.map(([shape, options]): Case => {
    const window = windowOn([shape[1], shape[2]], options);
    return { name: title(shape, window), trace: (x) => unfold(x, window), inputs: [normal(...shape)], exact: true };
  }),
  fold: windows.map(([shape, options]): Case => {
    const size: Pair = [shape[1], shape[2]];
    const window = windowOn(size, options);
    const patches = [shape[0], ...window.output, ...window.kernel, shape[3]];
    return { name: title(shape, window), trace: (x) => fold(x, window, size), inputs: [normal(...patches)] };
  }),
};

type Options = Parameters<typeof windowOn>[1];

/** Windows for pools: each has an element of its image. */
const pools: readonly (readonly [shape: number[], options: Options])[] = [
  [[1, 4, 4, 1], { kernel: [2, 2], stride: [2, 2] }],
  [[2, 7, 6, 3], { stride: [2, 2], before: [1, 1] }],
  [[2, 5, 9, 6], { kernel: [2, 3], stride: [1, 2], before: [0, 1], after: [1, 0] }],
  [[1, 6, 6, 5], { kernel: [2, 2], dilation: [2, 2] }],
];

const onWindows = (
  op: (inputs: Tensor[], window: Window, size: Pair) => Tensor,
  shapes: (window: Window, shape: number[]) => Data[],
) =>
  [...windows, ...pools].map(([shape, options]): Case => {
    const size: Pair = [shape[1], shape[2]];
    const window = windowOn(size, options);
    return { name: title(shape, window), trace: (...x) => op(x, window, size), inputs: shapes(window, shape) };
  });

const kernelOf = ({ kernel }: Window, shape: number[]) => normal(...kernel, shape[3]);
const resultOf = ({ output }: Window, shape: number[]) => normal(shape[0], ...output, shape[3]);

Object.assign(imageCases, {
  depthwise: onWindows(
    ([x, w], window, size) => depthwiseOp(x, w, { ...window, size }),
    (window, shape) => [normal(...shape), kernelOf(window, shape)],
  ),
  depthwiseInputGradient: onWindows(
    ([dy, w], window, size) => depthwiseInputGradient(dy, w, { ...window, size }),
    (window, shape) => [resultOf(window, shape), kernelOf(window, shape)],
  ),
  depthwiseWeightGradient: onWindows(
    ([dy, x], window, size) => depthwiseWeightGradient(dy, x, { ...window, size }),
    (window, shape) => [resultOf(window, shape), normal(...shape)],
  ),
  maxPool: pools.flatMap(([shape, options]): Case[] => {
    const window = windowOn([shape[1], shape[2]], options);
    const trace: Case["trace"] = (x) => maxPool(x, window);
    return [
      { name: title(shape, window), trace, inputs: [normal(...shape)], exact: true },
      { name: `${title(shape, window)}, with ties`, trace, inputs: [ties(...shape)], exact: true },
    ];
  }),
  maxPoolGradient: pools.map(([shape, options]): Case => {
    const window = windowOn([shape[1], shape[2]], options);
    return {
      name: title(shape, window),
      trace: (dy, x) => maxPoolGradient(dy, x, window),
      inputs: [resultOf(window, shape), ties(...shape)],
    };
  }),
});

const normalised = (name: string, shape: number[], axes: Pick<Groups, "outer" | "length" | "inner" | "tail">) =>
  [true, false].map((centred) => ({
    name: `${name}${centred ? "" : ", by the root mean square"}`,
    shape,
    groups: { ...axes, centred, epsilon: 1e-5 },
  }));

const groups = [
  ...normalised("rows of 5", [7, 5], { outer: 7, length: 1, inner: 1, tail: 5 }),
  ...normalised("rows of 257", [3, 257], { outer: 3, length: 1, inner: 1, tail: 257 }),
  ...normalised("channels of images", [2, 5, 3, 6], { outer: 2, length: 15, inner: 6, tail: 1 }),
  ...normalised("groups of channels", [2, 5, 3, 6], { outer: 2, length: 15, inner: 2, tail: 3 }),
  ...normalised("columns", [65, 5], { outer: 1, length: 65, inner: 5, tail: 1 }),
];

Object.assign(imageCases, {
  normalise: groups.map(
    ({ name, shape, groups: each }): Case => ({
      name,
      trace: (x) => normalise(x, each),
      inputs: [normal(...shape)],
    }),
  ),
  normaliseGradient: groups.map(
    ({ name, shape, groups: each }): Case => ({
      name,
      trace: (dy, x) => normaliseGradient(dy, x, each),
      inputs: [normal(...shape), normal(...shape)],
    }),
  ),
});

/** Batches of which some rows don't exist, and one of which none is counted. */
const overBatch = { outer: 1, length: 20, inner: 5, tail: 1, epsilon: 1e-5, centred: true, perRow: 4 };
const shortBatches = [5, 3, 1].map((rows) => ({ rows, steps: [{ first: 0, rows }] }));

Object.assign(imageCases, {
  batchNormalise: shortBatches.map(
    ({ rows, steps }): Case => ({
      name: `${rows} of 5 rows`,
      trace: (x, mean, variance) => batchNormalise(x, mean, variance, { ...overBatch, momentum: 0.1 }),
      inputs: [normal(5, 4, 5), normal(5), uniform(0.5, 2, 5)],
      gradient: false,
      steps,
    }),
  ),
  normaliseGradient: [
    ...imageCases.normaliseGradient,
    ...shortBatches.map(
      ({ rows, steps }): Case => ({
        name: `of ${rows} of 5 rows, from row 1 on`,
        trace: (dy, x) => normaliseGradient(dy, x, { ...overBatch, start: 1 }),
        inputs: [normal(5, 4, 5), normal(5, 4, 5)],
        steps,
      }),
    ),
  ],
});

/** Convolutions with as many groups and outputs, whose gradients are products as well. */
const convolved = (shape: number[], out: number, groups: number, options: Parameters<typeof windowOn>[1]): Case => {
  const window = windowOn([shape[1], shape[2]], options);
  const weight = [...window.kernel, shape[3] / groups, out];
  return {
    name: `${title(shape, window)}, ${out} outputs in ${groups} groups`,
    trace: (x, w) => conv2d(x, w, window, groups),
    inputs: [normal(...shape), normal(...weight)],
  };
};

const transposed = (shape: number[], out: number, size: Pair, options: Options, groups = 1): Case => {
  const window = { ...windowOn(size, options), output: [shape[1], shape[2]] as const };
  return {
    name: `[${shape}] to ${size}, kernel ${window.kernel}, stride ${window.stride}, ${out} outputs in ${groups} groups`,
    trace: (x, w) => convTranspose2d(x, w, window, size, groups),
    inputs: [normal(...shape), normal(...window.kernel, out / groups, shape[3])],
  };
};

/** Functions on images that are written with ops. */
export const imageFunctionCases: Record<string, Case[]> = {
  averagePool: pools.flatMap(([shape, options]): Case[] => {
    const window = windowOn([shape[1], shape[2]], options);
    return [false, true].map((countPadding) => ({
      name: `${title(shape, window)}, ${countPadding ? "counting" : "without"} padding`,
      trace: (x) => averagePool(x, window, countPadding),
      inputs: [normal(...shape)],
    }));
  }),
  depthwiseConv2d: [
    {
      name: "three outputs of each channel",
      trace: (x, w) => depthwiseConv2d(x, w, windowOn([5, 4], { stride: [2, 1], before: [1, 1] })),
      inputs: [normal(2, 5, 4, 3), normal(3, 3, 3, 3)],
    },
  ],
  repeat: [{ name: "2 × 3", trace: (x) => repeat(x, [2, 3]), inputs: [normal(2, 3, 4, 5)], exact: true }],
  resample: [
    {
      name: "[2, 3, 4, 2] to 5 × 2",
      trace: (x) =>
        resample(
          x,
          Float32Array.from({ length: 15 }, (_, i) => i / 9),
          Float32Array.of(1, 0, 0.5, 0, 0, 0.5, 0, 1),
        ),
      inputs: [normal(2, 3, 4, 2)],
    },
  ],
};

export const convolutionCases: Record<string, Case[]> = {
  conv2d: [
    ...windows.map(([shape, options]) => convolved(shape, 6, 1, options)),
    convolved([2, 7, 5, 4], 6, 2, { stride: [2, 2], before: [1, 1] }),
    convolved([2, 6, 7, 6], 9, 3, { dilation: [2, 1], before: [1, 2] }),
    convolved([3, 5, 5, 4], 4, 4, { stride: [1, 2] }),
    convolved([2, 9, 9, 17], 33, 1, { before: [1, 1] }),
    convolved([1, 5, 5, 2], 1, 1, {}),
    // More places than wasm takes of a gradient at a time; pixels of one number, and filters of more than its group of rows.
    convolved([3, 20, 9, 1], 5, 1, {}),
    convolved([3, 13, 11, 12], 7, 1, { before: [1, 1] }),
  ],
  convTranspose2d: [
    transposed([2, 4, 3, 3], 5, [8, 6], { stride: [2, 2], before: [1, 1] }),
    transposed([2, 5, 4, 2], 3, [7, 6], {}),
    transposed([1, 3, 3, 4], 2, [8, 7], { kernel: [2, 3], stride: [3, 2] }),
    transposed([2, 1, 6, 3], 4, [1, 12], { kernel: [1, 4], stride: [1, 2], before: [0, 1] }),
    transposed([2, 4, 3, 6], 4, [8, 6], { stride: [2, 2], before: [1, 1] }, 2),
    transposed([2, 3, 3, 3], 6, [5, 7], { dilation: [1, 2] }, 3),
  ],
};
