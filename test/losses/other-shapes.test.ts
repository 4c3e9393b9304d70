import {
  cosine,
  customLoss,
  gaussianNLL,
  meanSquaredError,
  ops,
  quantile,
  sigmoidCrossEntropy,
  triplet,
} from "../../src/index.js";
import { normal, uniform } from "../parity/data.js";
import { useGuardedDevices } from "../parity/run.js";
import { describeLosses, type LossCase, mean, ROWS, type Row, sum } from "./describe-losses.js";

/*
 * Losses of vectors, and losses whose targets aren't one for each output, by their definitions.
 */

const one = normal(ROWS, 1);
const two = normal(ROWS, 2);

/** Quantiles of each target: outputs are [targets, quantiles]. */
const pinball = (quantiles: Row) => (outputs: Row, targets: Row) =>
  mean(
    outputs.map((y, i) => {
      const q = quantiles[i % quantiles.length];
      const d = targets[Math.floor(i / quantiles.length)] - y;
      return d >= 0 ? q * d : (q - 1) * d;
    }),
  );

/** -log of the normal density with mean y0 and variance e^y1, without or with its constant. */
const normalNLL = (constant: number) => (outputs: Row, targets: Row) =>
  mean(
    targets.map((t, i) => {
      const variance = Math.exp(outputs[2 * i + 1]);
      return (Math.log(variance) + (t - outputs[2 * i]) ** 2 / variance) / 2 + constant;
    }),
  );

const length = (v: Row) => Math.sqrt(sum(v.map((x) => x * x)));
const away = (a: Row, b: Row) => length(a.map((x, i) => x - b[i] + 1e-6));
const tripletOf = (margin: number) => (outputs: Row) => {
  const size = outputs.length / 3;
  const [a, p, n] = [0, 1, 2].map((i) => outputs.slice(i * size, (i + 1) * size));
  return Math.max(0, away(a, p) - away(a, n) + margin);
};
const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));

const CASES: LossCase[] = [
  { name: "one quantile", loss: quantile(0.3), targets: two, width: 2, definition: pinball([0.3]) },
  {
    name: "five quantiles of one target",
    loss: quantile([0.05, 0.1, 0.5, 0.9, 0.95]),
    targets: one,
    definition: pinball([0.05, 0.1, 0.5, 0.9, 0.95]),
  },
  {
    name: "three quantiles of two targets",
    loss: quantile([0.1, 0.5, 0.9]),
    targets: two,
    width: 6,
    definition: pinball([0.1, 0.5, 0.9]),
  },
  { name: "Gaussian NLL", loss: gaussianNLL(), targets: one, width: 2, definition: normalNLL(0) },
  {
    name: "Gaussian NLL of two targets, in full",
    loss: gaussianNLL({ full: true }),
    targets: two,
    width: 4,
    definition: normalNLL(Math.log(2 * Math.PI) / 2),
  },
  {
    name: "cosine",
    loss: cosine(),
    targets: normal(ROWS, 5),
    definition: (y, t) => 1 - sum(y.map((x, i) => x * t[i])) / (length(y) * length(t)),
  },
  { name: "triplet", loss: triplet(), targets: one, width: 6, definition: tripletOf(1) },
  {
    name: "triplet with a margin of 0.2",
    loss: triplet({ margin: 0.2 }),
    targets: one,
    width: 9,
    definition: tripletOf(0.2),
  },
  {
    name: "squared error of each target",
    loss: meanSquaredError(),
    targets: normal(ROWS, 5),
    definition: (y, t) => mean(y.map((x, i) => (x - t[i]) ** 2)),
  },
  {
    name: "sigmoid cross-entropy of each label",
    loss: sigmoidCrossEntropy(),
    targets: uniform(0, 1, ROWS, 5),
    definition: (z, t) => mean(z.map((x, i) => -t[i] * Math.log(sigmoid(x)) - (1 - t[i]) * Math.log(sigmoid(-x)))),
  },
  {
    name: "a loss of one's own that reads five numbers for two outputs",
    loss: customLoss(
      (y, t) => {
        const [rows] = y.shape;
        const weight = ops.reshape(ops.slice(t, [0, 4], [rows, 1]), [rows]);
        return ops.mul(weight, ops.sum(ops.square(ops.sub(y, ops.slice(t, [0, 1], [rows, 2]))), -1));
      },
      { targets: [5] },
    ),
    targets: normal(ROWS, 5),
    width: 2,
    definition: (y, t) => t[4] * ((y[0] - t[1]) ** 2 + (y[1] - t[2]) ** 2),
  },
  {
    name: "a loss of one's own of each target",
    loss: customLoss((y, t) => ops.abs(ops.sub(ops.square(y), t)), { elements: true }),
    targets: normal(ROWS, 5),
    definition: (y, t) => mean(y.map((x, i) => Math.abs(x * x - t[i]))),
  },
];

describeLosses("losses of vectors and of targets of another shape", CASES, useGuardedDevices());
