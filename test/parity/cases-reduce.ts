import * as losses from "../../src/ops/cross-entropy.js";
import * as reduce from "../../src/ops/reduce.js";
import { logSoftmax, softmax } from "../../src/ops/softmax.js";
import type { Case } from "./case.js";
import { indices, normal, scaled, ties, uniform, words } from "./data.js";

type Reduction = typeof reduce.sum;

/** Every choice of axes of a tensor of three; then short and long rows: from 256 terms on a workgroup shares a row. */
const reductions = (op: Reduction): Case[] => [
  ...[[0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2], [-1], [-3, -1]].map((axes) => ({
    name: `[3, 5, 7] over ${axes}`,
    trace: ((x) => op(x, axes)) as Case["trace"],
    inputs: [normal(3, 5, 7)],
  })),
  { name: "[3, 5, 7] over 1, axes kept", trace: (x) => op(x, 1, { keepAxes: true }), inputs: [normal(3, 5, 7)] },
  { name: "[2, 3, 4, 5] over 0 and 2", trace: (x) => op(x, [0, 2]), inputs: [normal(2, 3, 4, 5)] },
  { name: "[2]", trace: (x) => op(x), inputs: [normal(2)] },
  ...[255, 256, 257, 1021].flatMap((length) => [
    { name: `rows of ${length}`, trace: ((x) => op(x, 1)) as Case["trace"], inputs: [normal(3, length)] },
    { name: `columns of ${length}`, trace: ((x) => op(x, 0)) as Case["trace"], inputs: [normal(length, 5)] },
  ]),
  { name: "long and many: [256, 4099] over 0", trace: (x) => op(x, 0), inputs: [normal(256, 4099)] },
];

export const reduceCases: Record<string, Case[]> = {
  sum: reductions(reduce.sum),
  max: [
    ...reductions(reduce.max),
    { name: "equal elements share the gradient", trace: (x) => reduce.max(x, 1), inputs: [ties(6, 9)] },
    { name: "the first of equal elements", trace: (x) => reduce.firstMax(x, [1, 2]), inputs: [ties(2, 5, 4, 3)] },
    { name: "equal elements of long rows", trace: (x) => reduce.max(x, 1), inputs: [ties(3, 300)] },
    { name: "negative numbers only", trace: (x) => reduce.max(x, 1), inputs: [uniform(-9, -1, 3, 300)] },
  ],
};

const SHAPES = [
  [1, 1],
  [3, 63],
  [3, 64],
  [64, 3],
  [65, 5],
  [5, 257],
  [2, 3, 10],
];

const rowwise = (trace: Case["trace"]): Case[] => [
  ...SHAPES.map((shape) => ({ name: `[${shape}]`, trace, inputs: [normal(...shape)] })),
  { name: "scale 30", trace, inputs: [scaled(30, 5, 10)] },
  { name: "scale 1e4", trace, inputs: [{ ...scaled(1e4, 5, 10), kinks: true }] },
];

const classes = (trace: Case["trace"]): Case[] => [
  ...SHAPES.map((shape) => ({
    name: `[${shape}]`,
    trace,
    inputs: [normal(...shape), indices(shape.at(-1)!, ...shape.slice(0, -1))],
  })),
  { name: "scale 1e4", trace, inputs: [{ ...scaled(1e4, 5, 10), kinks: true }, words(0, 9, 3, 3, 5)] },
];

const targets = (trace: Case["trace"], make: (...shape: number[]) => Case["inputs"][number]): Case[] =>
  [...SHAPES.slice(1), [7, 1]].map((shape) => ({
    name: `[${shape}]`,
    trace,
    inputs: [normal(...shape), make(...shape)],
  }));

const probabilities = (...shape: number[]) => uniform(0, 1, ...shape);

export const softmaxCases: Record<string, Case[]> = {
  softmax: rowwise((x) => softmax(x)),
  logSoftmax: rowwise((x) => logSoftmax(x)),
  softmaxCrossEntropy: [
    ...classes((logits, labels) => losses.softmaxCrossEntropy(logits, labels)),
    ...classes((logits, labels) => losses.softmaxCrossEntropy(logits, labels, 0.1)).map((each) => ({
      ...each,
      name: `${each.name}, smoothed`,
    })),
  ],
};

/** Losses and means written with ops. */
export const compositeCases: Record<string, Case[]> = {
  mean: reductions(reduce.mean).slice(0, 12),
  softTargetCrossEntropy: targets((z, t) => losses.softTargetCrossEntropy(z, t), probabilities),
  sigmoidCrossEntropy: targets((z, t) => losses.sigmoidCrossEntropy(z, t), probabilities),
  meanSquaredError: targets((y, t) => losses.meanSquaredError(y, t), normal),
};
