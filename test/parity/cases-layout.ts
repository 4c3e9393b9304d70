import * as indexing from "../../src/ops/indexing.js";
import * as layout from "../../src/ops/layout.js";
import { matmul } from "../../src/ops/matmul.js";
import type { Case } from "./case.js";
import { indices, normal, words } from "./data.js";

const transposed = (axes: number[], ...shape: number[]): Case => ({
  name: `[${shape}] by axes ${axes}`,
  trace: (x) => layout.transpose(x, axes),
  inputs: [normal(...shape)],
  exact: true,
});

const sliced = (shape: number[], start: number[], size: number[]): Case => ({
  name: `[${size}] at [${start}] of [${shape}]`,
  trace: (x) => indexing.slice(x, start, size),
  inputs: [normal(...shape)],
  exact: true,
});

const padded = (shape: number[], start: number[], whole: number[]): Case => ({
  name: `[${shape}] at [${start}] of [${whole}]`,
  trace: (x) => indexing.pad(x, start, whole),
  inputs: [normal(...shape)],
  exact: true,
});

const joined = (axis: number, ...shapes: number[][]): Case => ({
  name: `${shapes.map((shape) => `[${shape}]`).join(" ")} along ${axis}`,
  trace: (...tensors) => indexing.concatenate(tensors, axis),
  inputs: shapes.map((shape) => normal(...shape)),
  exact: true,
});

export const layoutCases: Record<string, Case[]> = {
  reshape: [
    {
      name: "[6, 35] to [7, 2, 15]",
      trace: (x) => layout.reshape(x, [7, 2, 15]),
      inputs: [normal(6, 35)],
      exact: true,
    },
    { name: "one element to a scalar", trace: (x) => layout.reshape(x, []), inputs: [normal(1, 1)], exact: true },
  ],
  transpose: [
    transposed([1, 0], 1, 65),
    transposed([1, 0], 63, 3),
    transposed([1, 0], 17, 257),
    transposed([2, 0, 1], 3, 5, 7),
    transposed([1, 0, 2], 3, 5, 7),
    transposed([0, 2, 1], 3, 5, 7),
    transposed([3, 1, 2, 0], 2, 3, 5, 4),
    transposed([2, 3, 0, 1], 2, 3, 5, 4),
    transposed([0, 2, 3, 1], 2, 3, 5, 4),
  ],
  slice: [
    sliced([257], [13], [65]),
    sliced([7, 9], [2, 0], [3, 9]),
    sliced([7, 9], [0, 4], [7, 5]),
    sliced([4, 5, 6], [1, 2, 3], [2, 2, 2]),
    sliced([4, 5, 6], [0, 1, 0], [4, 3, 6]),
    sliced([3, 3], [2, 2], [1, 1]),
    sliced([5], [0], [5]),
  ],
  pad: [
    padded([65], [13], [257]),
    padded([3, 9], [2, 0], [7, 9]),
    padded([7, 5], [0, 4], [7, 9]),
    padded([2, 2, 2], [1, 2, 3], [4, 5, 6]),
    padded([1, 1], [2, 2], [3, 3]),
    padded([5], [0], [5]),
  ],
  concatenate: [
    joined(0, [3, 5], [2, 5]),
    joined(1, [3, 5], [3, 65]),
    joined(1, [2, 3, 4], [2, 1, 4]),
    joined(-1, [2, 3, 4], [2, 3, 1]),
    joined(0, [1], [257], [2], [63], [1]),
    joined(1, [2, 1, 3], [2, 2, 3], [2, 3, 3], [2, 4, 3], [2, 5, 3]),
  ],
  gather: [
    { name: "repeated rows", trace: layoutGather, inputs: [normal(5, 7), words(4, 0, 0, 3, 4, 4)], exact: true },
    { name: "single numbers", trace: layoutGather, inputs: [normal(65), indices(65, 257)], exact: true },
    { name: "rows of several axes", trace: layoutGather, inputs: [normal(4, 3, 5), indices(4, 9)], exact: true },
    {
      name: "a row past the end reads the last",
      trace: layoutGather,
      inputs: [normal(3, 4), words(1, 3, 900)],
      exact: true,
    },
    {
      name: "a table of u32",
      trace: layoutGather,
      inputs: [indices(500, 7, 3), indices(7, 65)],
      gradient: false,
      exact: true,
    },
  ],
  scatterAdd: [
    { name: "repeated and missing rows", trace: scattered(6), inputs: [normal(6, 7), words(4, 0, 0, 3, 4, 4)] },
    { name: "257 rows to 5", trace: scattered(5), inputs: [normal(257, 13), indices(5, 257)] },
    { name: "single numbers", trace: scattered(65), inputs: [normal(64), indices(65, 64)] },
  ],
};

function layoutGather(...[table, rows]: Parameters<Case["trace"]>) {
  return indexing.gather(table, rows);
}

function scattered(count: number): Case["trace"] {
  return (x, rows) => indexing.scatterAdd(x, rows, { count });
}

const product = (a: number[], b: number[]): Case => ({
  name: `[${a}] times [${b}]`,
  trace: (left, right) => matmul(left, right),
  inputs: [normal(...a), normal(...b)],
});

const { transpose } = layout;

/** Shapes around the block of 32 and the tile of 4, primes, long and short inner dimensions. */
export const matmulCases: Record<string, Case[]> = {
  matmul: [
    product([1, 1], [1, 1]),
    product([1, 300], [300, 1]),
    product([31, 5], [5, 33]),
    product([32, 32], [32, 32]),
    product([33, 31], [31, 31]),
    product([31, 33], [33, 32]),
    product([67, 37], [37, 41]),
    product([2, 1], [1, 3]),
    product([5, 257], [257, 3]),
    product([65, 2], [2, 65]),
    product([3, 4, 5], [3, 5, 6]),
    product([3, 4, 5], [5, 6]),
    product([4, 5], [3, 5, 6]),
    product([2, 1, 4, 5], [3, 5, 6]),
    product([1, 3, 4, 5], [2, 1, 5, 6]),
    product([2, 3, 35, 2], [2, 3, 2, 35]),
    { name: "left transposed", trace: (a, b) => matmul(transpose(a), b), inputs: [normal(37, 33), normal(37, 5)] },
    { name: "right transposed", trace: (a, b) => matmul(a, transpose(b)), inputs: [normal(33, 37), normal(5, 37)] },
    {
      name: "both transposed",
      trace: (a, b) => matmul(transpose(a), transpose(b)),
      inputs: [normal(37, 33), normal(5, 37)],
    },
    {
      name: "both transposed, batched, one side repeated",
      trace: (a, b) => matmul(transpose(a), transpose(b)),
      inputs: [normal(3, 7, 33), normal(5, 7)],
    },
    {
      name: "a tensor with itself",
      trace: (a) => matmul(transpose(a), a),
      inputs: [normal(9, 34)],
    },
  ],
};
