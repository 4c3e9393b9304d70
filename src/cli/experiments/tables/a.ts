import type { Experiment } from "../experiment.js";

/*
 * Report A: Iris and MNIST with dense networks, Adam, dropout, early stopping.
 */

const IRIS =
  "--preset none --layers 16,8 --activation relu --lr 0.01 --batch-size 16 --epochs 200 --early-stopping 20 " +
  "--validation 0.15 --test 0.15";

const MNIST =
  "--preset none --layers 128,64 --activation relu --lr 0.001 --schedule cosine --batch-size 128 --epochs 10 " +
  "--validation 0.1";
const MNIST_CHOSEN =
  "batch of 128, 10 epochs, the rate falling along a cosine, a tenth to validate; tested on the 10,000 images published for it";
const FEW = "--max-rows 2000 --epochs 2";

const iris = { run: "train", data: "iris", options: IRIS, chosen: "rate 0.01, batch of 16, patience 20" } as const;
const mnist = { run: "train", data: "mnist", options: MNIST, chosen: MNIST_CHOSEN, quick: FEW } as const;

const OPTIMIZERS = [
  { name: "Adam", published: 0.9769 },
  { name: "SGD with momentum", options: "--optimizer sgd --momentum 0.9 --lr 0.05", published: 0.9747 },
  { name: "RMSprop", options: "--optimizer rmsprop --lr 0.001", published: 0.9777 },
] as const;

const DROPOUT = [
  { name: "dropout 0.2", options: "--layers 256,128 --dropout 0.2 --epochs 15", published: 0.982 },
  { name: "no dropout", options: "--layers 256,128 --epochs 15", published: 0.9793 },
] as const;

const DEPTHS = [
  { name: "2 layers", options: "--layers 256,64", published: 0.9781 },
  { name: "3 layers", options: "--layers 256,128,64", published: 0.9785 },
  { name: "4 layers", options: "--layers 256,128,64,32", published: 0.9787 },
  { name: "5 layers", options: "--layers 256,128,64,32,16", published: 0.9788 },
] as const;

const withoutFigures = (cells: readonly { name: string; options?: string }[]) =>
  cells.map(({ name, options }) => ({ name, options }));

export const a: readonly Experiment[] = [
  { id: "A1", item: "Iris, 4-16-8-3", ...iris, cells: [{ name: "Adam", published: 0.9565 }] },
  { id: "A2", item: "Iris, learning curves", ...iris, score: "validation loss", cells: [{ name: "Adam" }] },
  {
    id: "A3",
    item: "Iris, three optimizers (all work)",
    ...iris,
    chosen: "the optimizers' rates",
    cells: [
      { name: "Adam" },
      { name: "SGD with momentum", options: "--optimizer sgd --momentum 0.9 --lr 0.05" },
      { name: "RMSprop", options: "--optimizer rmsprop --lr 0.01" },
    ],
  },
  { id: "A4", item: "MNIST, 784-128-64-10", ...mnist, cells: [{ name: "Adam", published: 0.9736 }] },
  { id: "A5", item: "MNIST, three optimizers", ...mnist, cells: OPTIMIZERS },
  {
    id: "A6",
    item: "MNIST, validation loss of the three optimizers",
    ...mnist,
    score: "validation loss",
    cells: withoutFigures(OPTIMIZERS).map((cell) => ({ ...cell, better: "lower" as const })),
  },
  { id: "A7", item: "MNIST, dropout", ...mnist, cells: DROPOUT },
  {
    id: "A8",
    item: "MNIST, gap between training and validation accuracy",
    ...mnist,
    score: "gap",
    cells: withoutFigures(DROPOUT).map((cell) => ({ ...cell, better: "lower" as const })),
  },
  {
    id: "A9",
    item: "MNIST, L2 and decoupled weight decay",
    ...mnist,
    cells: [
      { name: "L2 0.0001", options: "--optimizer adam --l2 0.0001" },
      { name: "decoupled, 0.01", options: "--optimizer adamw --l2 0.01" },
    ],
  },
  {
    id: "A10",
    item: "MNIST, depth",
    ...mnist,
    chosen: `the layers' sizes; ${MNIST_CHOSEN}`,
    cells: DEPTHS,
  },
  {
    id: "A11",
    item: "MNIST, table 1: all of the above, sorted",
    ...mnist,
    cells: [{ name: "784-128-64-10" }, ...withoutFigures([...OPTIMIZERS, ...DROPOUT, ...DEPTHS])],
  },
  {
    id: "A12",
    item: "MNIST, 5 folds of 15,000 rows",
    run: "cross-validate",
    data: "mnist",
    options:
      "--preset none --max-rows 15000 --folds 5 --layers 256,128 --dropout 0.2 --lr 0.001 --batch-size 64 --epochs 5",
    quick: "--max-rows 1000 --epochs 2",
    chosen: "batch of 64",
    cells: [
      {
        name: "",
        figures: [
          { name: "mean of the folds", score: "accuracy", published: 0.9535 },
          { name: "deviation of the folds", score: "deviation of accuracy" },
        ],
      },
    ],
  },
  {
    id: "A13",
    item: "equations (1) to (6), the output's A - Y",
    run: "explain",
    data: "iris",
    options: "--preset none --layers 16,8 --activation relu --lr 0.01",
    cells: [{ name: "the loss they start from", score: "loss 1" }],
  },
  {
    id: "A14",
    item: "gradient check",
    run: "check-gradients",
    data: "iris",
    options: "--preset none --layers 16,8 --activation tanh",
    cells: [{ name: "wrong gradients of network and loss", score: "wrong gradients", published: 0, decimals: 0 }],
  },
];
