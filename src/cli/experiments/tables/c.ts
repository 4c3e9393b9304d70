import type { Experiment } from "../experiment.js";

/*
 * Report C: XOR, MNIST with sigmoid units, Titanic, diabetes, student performance.
 */

const xor = {
  run: "train",
  data: "xor",
  options:
    "--preset none --layers 8 --activation relu --loss sigmoidCrossEntropy --lr 0.1 --batch-size 4 --epochs 100 --test 0",
  score: "train accuracy",
  chosen: "8 hidden units, Adam, all 4 rows in a batch",
} as const;

const mnist = {
  run: "train",
  data: "mnist",
  options:
    "--preset none --layers 64 --activation sigmoid --optimizer sgd --lr 0.1 --batch-size 32 --epochs 5 --validation 0.1",
  chosen: "64 hidden units, batch of 32, 5 epochs",
  quick: "--max-rows 2000 --epochs 2",
} as const;

const titanic = {
  run: "train",
  data: "titanic",
  options: "",
  chosen: "the command's own settings",
  newRows: [
    { Pclass: 1, Sex: "female", Age: 38, SibSp: 1, Parch: 0, Fare: 71.3, Embarked: "C" },
    { Pclass: 3, Sex: "male", Age: 22, SibSp: 0, Parch: 0, Fare: 7.25, Embarked: "S" },
    { Pclass: 2, Sex: "female", SibSp: 0, Parch: 1, Embarked: "Z" },
  ],
} as const;

const diabetes = {
  run: "train",
  data: "diabetes",
  options:
    "--preset none --layers 64 --activation relu --lr 0.001 --l2 0.01 --batch-size 32 --epochs 300 --early-stopping 10 " +
    "--validation 0.2 --test 0",
  chosen: "64 hidden units, L2 0.01, a fifth to validate",
} as const;

const students = {
  run: "train",
  data: "studentPerformance",
  options:
    "--preset none --layers 32 --activation relu --lr 0.001 --batch-size 32 --epochs 60 --early-stopping 10 " +
    "--validation 0.2 --test 0",
  chosen: "32 hidden units, batch of 32, a fifth to validate",
  quick: "--max-rows 2000 --epochs 10",
} as const;

const errors = (train: [mse: number, r2: number], validation: [mse: number, r2: number]) => [
  {
    name: "",
    figures: [
      { name: "training MSE", score: "train mse", published: train[0], better: "lower" as const },
      { name: "training R²", score: "train r2", published: train[1] },
      { name: "validation MSE", score: "validation mse", published: validation[0], better: "lower" as const },
      { name: "validation R²", score: "validation r2", published: validation[1] },
    ],
  },
];

export const c: readonly Experiment[] = [
  { id: "C1", item: "XOR, ReLU, then sigmoid", ...xor, cells: [{ name: "", published: 1 }] },
  { id: "C2", item: "XOR, decision surface", ...xor, cells: [{ name: "" }] },
  { id: "C3", item: "MNIST with sigmoid units", ...mnist, cells: [{ name: "", published: 0.87 }] },
  { id: "C4", item: "MNIST, confusion matrix, curves, digits", ...mnist, cells: [{ name: "" }] },
  { id: "C5", item: "Titanic, 179 passengers held out", ...titanic, cells: [{ name: "", published: 0.8 }] },
  { id: "C6", item: "Titanic, curves", ...titanic, score: "validation loss", cells: [{ name: "" }] },
  {
    id: "C7",
    item: "Titanic, ROC curve and AUC",
    ...titanic,
    score: "ROC AUC",
    cells: [{ name: "", published: 0.87 }],
  },
  {
    id: "C8",
    item: "Titanic, new passengers by the same encoding",
    ...titanic,
    cells: [
      {
        name: "",
        figures: [
          { name: "a woman of 38, first class, survives", score: "new row 1" },
          { name: "a man of 22, third class, survives", score: "new row 2" },
          { name: "a woman without age and fare, second class", score: "new row 3" },
        ],
      },
    ],
  },
  {
    id: "C9",
    item: "diabetes, table 4",
    ...diabetes,
    cells: errors([2816.6, 0.5439], [2911.4, 0.4585]),
  },
  {
    id: "C10",
    item: "diabetes, three optimizers (Adam is best)",
    ...diabetes,
    score: "validation r2",
    cells: [
      { name: "Adam" },
      { name: "SGD with momentum", options: "--optimizer sgd --momentum 0.9 --lr 0.005 --l2 0.01" },
      { name: "RMSprop", options: "--optimizer rmsprop --lr 0.001" },
    ],
  },
  { id: "C11", item: "diabetes, curves", ...diabetes, score: "validation loss", cells: [{ name: "" }] },
  {
    id: "C12",
    item: "student performance, table 5",
    ...students,
    cells: errors([4.4233, 0.988], [4.3194, 0.9883]),
  },
  {
    id: "C13",
    item: "student performance, R² and loss by epoch",
    ...students,
    score: "validation r2",
    cells: [{ name: "" }],
  },
];
