import type { Experiment } from "../experiment.js";
import { titlesAndFamilies } from "../titanic.js";

/*
 * Records: recipes that go beyond the reports' figures, and commands as a newcomer types them. The last epoch is scored, or
 * the one that is best by the validation part; never one that was picked by its test score.
 */

const DENSE = "--preset none --activation relu --lr 0.001 --schedule cosine --batch-size 128";
const MNIST = `${DENSE} --layers 512,512`;
const FEW = "--max-rows 2000 --epochs 2";

const FOLDS = [
  { name: "accuracy", score: "accuracy" },
  { name: "area under the ROC curve", score: "ROC AUC" },
] as const;
const folds = (accuracy: number, area: number) => [
  { name: "", figures: [accuracy, area].map((published, i) => ({ ...FOLDS[i], published })) },
];

export const records: readonly Experiment[] = [
  {
    id: "R1",
    item: "MNIST, dense with dropout (98.20 % in report A)",
    run: "train",
    data: "mnist",
    options: `${MNIST} --input-dropout 0.1 --dropout 0.3 --epochs 20`,
    quick: FEW,
    cells: [{ name: "", published: 0.985 }],
  },
  {
    id: "R2",
    item: "MNIST, dense with dropout, max-norm, averages and augmentation",
    run: "train",
    data: "mnist",
    options: `${MNIST} --dropout 0.2 --max-norm 3 --average 0.999 --augment shift=2,rotate=12,scale=0.12,elastic=0.8 --epochs 20`,
    quick: FEW,
    cells: [{ name: "", published: 0.99 }],
  },
  {
    id: "R3",
    item: "Fashion-MNIST, dense (89.6 % in report B)",
    run: "train",
    data: "fashionMnist",
    options: `${DENSE} --layers 512,512 --dropout 0.25 --label-smoothing 0.1 --average 0.999 --augment flip --epochs 40`,
    quick: FEW,
    cells: [{ name: "", published: 0.902 }],
  },
  {
    id: "R4",
    item: "digits, 32-16 units, cross-entropy, ReLU (96.39 % in report E)",
    run: "train",
    data: "digits",
    options:
      "--preset none --layers 32,16 --activation relu --init lecunNormal --input-noise 0.2 --label-smoothing 0.1 " +
      "--optimizer sgd --lr 0.3 --schedule cosine --batch-size 10 --epochs 60 --validation 0.2 --test 0.2",
    quick: "--epochs 4",
    cells: [{ name: "", published: 0.98 }],
  },
  {
    id: "R5",
    item: "Titanic, 10 folds, columns as they are found",
    run: "cross-validate",
    data: "titanic",
    options: "--folds 10",
    cells: folds(0.81, 0.855),
  },
  {
    id: "R6",
    item: "Titanic, 10 folds, with steps for title and family size",
    run: "cross-validate",
    data: "titanic",
    options:
      "--preset none --folds 10 --categorical Name --layers 64 --activation relu --dropout 0.5 --lr 0.003 --l2 0.003 " +
      "--schedule cosine --batch-size 32 --epochs 80",
    quick: "--max-rows 300 --epochs 5",
    pipeline: titlesAndFamilies,
    cells: folds(0.83, 0.87),
  },
  {
    id: "R7",
    item: "Titanic as published, the first command",
    run: "train",
    data: "titanic",
    options: "",
    cells: [{ name: "", published: 0.8 }],
  },
  {
    id: "R8",
    item: "student performance as published, the first command",
    run: "train",
    data: "studentPerformance",
    options: "",
    quick: "--max-rows 1000 --epochs 10",
    cells: [{ name: "", score: "test r2", published: 0.988 }],
  },
  {
    id: "R9",
    item: "MNIST as published, the first command",
    run: "train",
    data: "mnist",
    options: "",
    quick: FEW,
    cells: [{ name: "", published: 0.975 }],
  },
];
