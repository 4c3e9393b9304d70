import { ArgumentError } from "../core/errors.js";
import { checkArgument, optionsOf } from "../core/options.js";
import { RandomStream, Stream, shuffle } from "../core/random.js";
import { shown } from "../core/shown.js";
import type { Dataset } from "../data/dataset.js";
import { type FoldOptions, kFolds } from "../data/folds.js";
import type { Scores } from "../training/history.js";
import type { Trainer } from "../training/trainer.js";
import { checkTrainer, type GroupFit, scaledBy, summaryOf, trainSideBySide } from "./side-by-side.js";

/** Options of `learningCurve`. */
export interface LearningCurveOptions extends FoldOptions {
  /** Shares of the rows that a fold trains on, in (0, 1], or numbers of them above 1; [0.1, 0.25, 0.5, 0.75, 1]. */
  sizes?: readonly number[];
  /** Scale each feature to mean 0 and deviation 1, measured on the rows that a model is trained on alone. Default false. */
  standardise?: boolean;
  /** Options of `fit` for each trainer; `callbacks` makes them anew for each. */
  fit?: Omit<GroupFit, "validation">;
}

/** Scores of models that were trained on so many rows. */
export interface LearningCurvePoint {
  /** Numbers of rows that each was trained on. */
  rows: number;
  /** On the rows that were trained on: mean and deviation over the folds. */
  train: { mean: Scores; deviation: Scores };
  /** On the rows held out. */
  validation: { mean: Scores; deviation: Scores };
  /** Trainings that diverged, and are left out. */
  diverged: number;
}

/**
 * Scores by the number of rows that models are trained on, as sklearn.model_selection.learning_curve: whether more rows
 * would help. Trainings on as many rows go on side by side.
 *
 * @param build - makes a new model and its Trainer, on the same device for all
 * @throws ArgumentError or DataError when the options don't fit the data; what `build` and `fit` throw
 */
export async function learningCurve(
  data: Dataset,
  build: (training: { seed: number; rows: number }) => Trainer | Promise<Trainer>,
  options: LearningCurveOptions = {},
): Promise<LearningCurvePoint[]> {
  const { sizes, standardise, fit, seed, folds, repeats, stratify, groups } = optionsOf("learningCurve", options, {
    sizes: [0.1, 0.25, 0.5, 0.75, 1],
    standardise: false,
    fit: {},
    seed: 0,
    folds: undefined,
    repeats: undefined,
    stratify: undefined,
    groups: undefined,
  });
  checkArgument("learningCurve", "a data set", data, Number.isInteger(data?.rows));
  const given = Object.entries({ folds, repeats, stratify, groups }).filter(([, value]) => value !== undefined);
  const dealt = kFolds(data, { seed, ...Object.fromEntries(given) }).map((fold, i) => ({
    ...fold,
    train: shuffle(Uint32Array.from(fold.train), new RandomStream(seed, Stream.resample, i)),
  }));
  const points: LearningCurvePoint[] = [];
  for (const size of sizes) {
    const rowsOf = (all: number) => rowsFor(size, all);
    const trainers: Trainer[] = [];
    try {
      const trainings = [];
      for (const [i, { train, test }] of dealt.entries()) {
        const rows = rowsOf(train.length);
        const part = data.take(train.subarray(0, rows));
        const scaled = scaledBy(standardise, part, part, data.take(test));
        const trainer = checkTrainer("learningCurve", await build({ seed: seed + i, rows }));
        trainers.push(trainer);
        trainings.push({ ...scaled, seed: seed + i, trainer });
      }
      const scores = (await trainSideBySide(trainings, fit)).filter((each) => each !== undefined);
      points.push({
        rows: rowsOf(dealt[0].train.length),
        train: summaryOf(scores.map(([train]) => train)),
        validation: summaryOf(scores.map(([, validation]) => validation)),
        diverged: trainings.length - scores.length,
      });
    } finally {
      for (const trainer of trainers) trainer.dispose();
    }
  }
  return points;
}

function rowsFor(size: number, all: number): number {
  const rows = size <= 1 ? Math.max(1, Math.round(size * all)) : size;
  if (size > 0 && Number.isInteger(rows) && rows <= all) return rows;
  throw new ArgumentError(
    `learningCurve: sizes must be shares above 0 and up to 1, or whole numbers of rows up to ${all}, got ${shown(size)}.`,
  );
}
