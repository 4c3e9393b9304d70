import type { Cell, Experiment } from "../experiment.js";
import { writeKaggleCsv } from "../kaggle.js";

/*
 * Report B: MNIST (42,000 rows) and Fashion-MNIST by gradient descent and Adam, split 80/10/10, scored on the validation
 * part.
 */

const NETWORK = "--preset none --layers 256 --activation relu --validation 0.1 --test 0.1";
const CHOSEN = "256 hidden units, batch of";
/** Written as in the grids of rates, so that they share their trainings. */
const ADAM = "--optimizer adam --lr";
const FEW = "--max-rows 2000 --epochs 2";

const mnist = {
  run: "train",
  data: "mnist",
  options: `${NETWORK} --batch-size 256 --epochs 10 --max-rows 42000`,
  score: "validation accuracy",
  chosen: `${CHOSEN} 256, 10 epochs`,
  quick: FEW,
} as const;
const fashion = {
  run: "train",
  data: "fashionMnist",
  options: `${NETWORK} --batch-size 256 --epochs 20`,
  score: "validation accuracy",
  chosen: `${CHOSEN} 256, 20 epochs; of the 60,000 images published to train on`,
  quick: FEW,
} as const;
const fashionByAdam = {
  ...fashion,
  joined: true,
  options: `${NETWORK} --batch-size 1024 --epochs 40`,
  chosen: `${CHOSEN} 1,024, 40 epochs; all 70,000 images, as the report has them`,
} as const;

/** A cell for each rate. @param there - the last rate's training diverged */
const rates = (optimizer: string, published: Readonly<Record<string, number>>, diverged: readonly string[]): Cell[] =>
  Object.entries(published).map(([rate, figure]) => ({
    name: `rate ${rate}`,
    options: `--optimizer ${optimizer} --lr ${rate}`,
    published: figure,
    ...(diverged.includes(rate) && { there: "diverged" as const }),
  }));

const depths = (one: number, two: number): Cell[] => [
  { name: "one hidden layer", options: `${ADAM} 0.005 --layers 256`, published: one },
  { name: "two hidden layers", options: `${ADAM} 0.005 --layers 256,256`, published: two },
];

/** @param rate - the best by validation */
const perClass = (rate: number, f1: number, classes: Readonly<Record<string, number>>): Cell[] => [
  {
    name: "",
    options: `${ADAM} ${rate}`,
    figures: [
      { name: "weighted F1", score: "weighted F1", published: f1 },
      ...Object.entries(classes).map(([name, published]) => ({ name, score: `F1 of ${name}`, published })),
    ],
  },
];

const shown = (rate: number) => ({ cells: [{ name: "Adam", options: `${ADAM} ${rate}` }] });

/** Adam's best rates by validation, of those in the grids. */
const BEST = { mnist: 0.005, fashion: 0.001 } as const;

export const b: readonly Experiment[] = [
  {
    id: "B1",
    item: "MNIST, gradient descent",
    ...mnist,
    cells: rates("sgd", { "0.1": 0.916, "0.5": 0.958, "1.0": 0.091 }, ["1.0"]),
  },
  {
    id: "B2",
    item: "MNIST, Adam",
    ...mnist,
    cells: rates("adam", { "0.0005": 0.961, "0.001": 0.97, "0.005": 0.97, "0.01": 0.967, "0.05": 0.305 }, ["0.05"]),
  },
  { id: "B3", item: "MNIST, one and two hidden layers, Adam 0.005", ...mnist, cells: depths(0.97, 0.97) },
  {
    id: "B4",
    item: "MNIST, 260 epochs of the full batch (evaluated every 20 there, each here)",
    ...mnist,
    chosen: "64 hidden units, gradient descent at 0.5",
    quick: "--max-rows 2000 --epochs 4",
    cells: [{ name: "rate 0.5", options: "--layers 64 --optimizer sgd --lr 0.5 --batch-size 33600 --epochs 260" }],
  },
  { id: "B5", item: "MNIST, table 7: each class on 4,200 rows", ...mnist, cells: perClass(BEST.mnist, 0.9719, {}) },
  { id: "B6", item: "MNIST, loss and accuracy by epoch", ...mnist, ...shown(BEST.mnist) },
  { id: "B7", item: "MNIST, confusion matrix", ...mnist, ...shown(BEST.mnist), score: "test accuracy" },
  {
    id: "B8",
    item: "Fashion-MNIST, gradient descent",
    ...fashion,
    cells: rates("sgd", { "0.01": 0.775, "0.1": 0.833, "0.5": 0.106 }, ["0.5"]),
  },
  {
    id: "B9",
    item: "Fashion-MNIST, Adam",
    ...fashionByAdam,
    cells: rates("adam", { "0.0005": 0.891, "0.001": 0.894, "0.005": 0.896, "0.01": 0.886, "0.05": 0.203 }, ["0.05"]),
  },
  { id: "B10", item: "Fashion-MNIST, one and two hidden layers, Adam", ...fashionByAdam, cells: depths(0.896, 0.884) },
  {
    id: "B11",
    item: "Fashion-MNIST, table 8: each class",
    ...fashionByAdam,
    cells: perClass(BEST.fashion, 0.8996, { Trouser: 0.978, Shirt: 0.748 }),
  },
  {
    id: "B12",
    item: "Fashion-MNIST, curves and confusion matrix",
    ...fashionByAdam,
    ...shown(BEST.fashion),
    score: "test accuracy",
  },
  {
    id: "B13",
    item: "MNIST from Kaggle's CSV file (label, pixel0, ...; 42,000 rows)",
    run: "train",
    data: "train.csv",
    file: writeKaggleCsv,
    options:
      "--target label --preset none --layers 128,64 --activation relu --lr 0.001 --batch-size 128 --epochs 5 " +
      "--validation 0.1 --test 0.1 --scale minmax",
    chosen: "the file is made of MNIST's; 128-64, batch of 128, 5 epochs",
    quick: "--max-rows 2000 --epochs 2",
    cells: [{ name: "", score: "test accuracy" }],
  },
];
