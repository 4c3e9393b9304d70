import type { Cell, Experiment } from "../experiment.js";

/*
 * Report E: 8 x 8 digits with 32-16 hidden units: cost by activation by first weights. The report applies its costs to the
 * last layer's activations; here losses take logits, and the activation is that of the hidden layers.
 */

const digits = {
  run: "train",
  data: "digits",
  options:
    "--preset none --layers 32,16 --optimizer sgd --lr 0.01,0.03,0.1,0.3,1,3 --batch-size 10 --epochs 60 " +
    "--validation 0.2 --test 0.2",
  quick: "--lr 0.1,1 --epochs 4",
  chosen: "the best of six rates (0.01 to 3) by the validation part; losses on logits",
} as const;

const LOSSES = { CE: "softmaxCrossEntropy", MSE: "meanSquaredError" } as const;
/** The report's "Xavier" has the variance 1 / inputs. */
const INITIALIZERS = { Xavier: "lecunNormal", Gaussian: "randomNormal" } as const;

type Published = readonly [
  cost: keyof typeof LOSSES,
  activation: "sigmoid" | "tanh" | "relu",
  weights: keyof typeof INITIALIZERS,
  accuracy: number,
];

const GRID: readonly Published[] = [
  ["CE", "sigmoid", "Xavier", 0.9639],
  ["CE", "sigmoid", "Gaussian", 0.8583],
  ["CE", "tanh", "Xavier", 0.6722],
  ["CE", "tanh", "Gaussian", 0.0889],
  ["CE", "relu", "Xavier", 0.1944],
  ["CE", "relu", "Gaussian", 0.1056],
  ["MSE", "sigmoid", "Xavier", 0.9167],
  ["MSE", "sigmoid", "Gaussian", 0.825],
  ["MSE", "tanh", "Xavier", 0.2528],
  ["MSE", "tanh", "Gaussian", 0.0917],
  ["MSE", "relu", "Xavier", 0.1917],
  ["MSE", "relu", "Gaussian", 0.225],
];

/** An accuracy near a tenth is that of guessing. */
const AT_CHANCE = 0.3;

const cells = GRID.map(
  ([cost, activation, weights, published]): Cell => ({
    name: `${cost}, ${activation}, ${weights}`,
    options: `--loss ${LOSSES[cost]} --activation ${activation} --init ${INITIALIZERS[weights]}`,
    published,
    ...(published < AT_CHANCE && { there: "chance" as const }),
  }),
);

const [best] = cells;
const inTwenty = `${best.options} --epochs 20`;
const shown = { ...digits, cells: [{ name: best.name, options: best.options }] };

export const e: readonly Experiment[] = [
  ...cells.map(
    (cell, i): Experiment => ({
      id: `E${i + 1}`,
      item: `digits, ${cell.name}`,
      ...digits,
      cells: [{ ...cell, name: "" }],
    }),
  ),
  { id: "E13", item: "digits, the grid", ...digits, cells },
  {
    id: "E14",
    item: "digits, accuracy by epoch for the two kinds of first weights",
    ...digits,
    cells: cells.map(({ name, options }) => ({ name, options })),
  },
  {
    id: "E15",
    item: "digits, the same network in other libraries",
    ...digits,
    quick: "--lr 1 --epochs 4",
    chosen: "20 epochs, the best of six rates by the validation part",
    cells: [
      { name: "scikit-learn's figure", options: inTwenty, published: 0.72263 },
      { name: "TensorFlow's figure", options: inTwenty, published: 0.94999 },
    ],
  },
  { id: "E16", ...shown, item: "digits, frequency of each class by part" },
  { id: "E17", ...shown, item: "digits, samples, activations, network" },
];
