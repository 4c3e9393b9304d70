import type { Experiment } from "../experiment.js";
import { titlesAndFamilies } from "../titanic.js";

/*
 * Records: recipes that go beyond the reports' figures, and commands as a newcomer types them. The last epoch is scored, or
 * the one that is best by the validation part; never one that was picked by its test score.
 */

export const records: readonly Experiment[] = [
  {
    id: "R1",
    item: "MNIST, dense with dropout (published 98.20 %)",
    run: "train",
    data: "mnist",
    options:
      "--preset none --layers 512,512 --input-dropout 0.1 --dropout 0.3 --lr 0.001 --schedule cosine --batch-size 128 --epochs 30",
    quick: "--max-rows 2000 --epochs 2",
    cells: [{ name: "", published: 0.985 }],
  },
  {
    id: "R4",
    item: "Titanic, 10 folds, columns as they are found",
    run: "cross-validate",
    data: "titanic",
    options: "--folds 10",
    quick: "--max-rows 300 --epochs 5",
    cells: [
      {
        name: "",
        figures: [
          { score: "accuracy", published: 0.81 },
          { score: "ROC AUC", published: 0.855 },
        ],
      },
    ],
  },
  {
    id: "R5",
    item: "Titanic, 10 folds, with title and family size",
    run: "cross-validate",
    data: "titanic",
    options:
      "--preset none --folds 10 --categorical Name --layers 64 --activation relu --dropout 0.5 --lr 0.003 --l2 0.003 " +
      "--schedule cosine --batch-size 32 --epochs 80",
    quick: "--max-rows 300 --epochs 5",
    pipeline: titlesAndFamilies,
    cells: [
      {
        name: "",
        figures: [
          { score: "accuracy", published: 0.83 },
          { score: "ROC AUC", published: 0.87 },
        ],
      },
    ],
  },
];
