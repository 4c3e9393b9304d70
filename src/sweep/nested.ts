import { ArgumentError } from "../core/errors.js";
import { directionOf, type Monitor } from "../core/monitor.js";
import { checkArgument, checkCount, optionsOf } from "../core/options.js";
import type { Dataset } from "../data/dataset.js";
import { type FoldOptions, kFolds } from "../data/folds.js";
import type { Scores } from "../training/history.js";
import type { Trainer } from "../training/trainer.js";
import type { Trial } from "./runs.js";
import { checkTrainer, type GroupFit, scaledBy, summaryOf, type Training, trainSideBySide } from "./side-by-side.js";
import { type Configuration, gridOf, randomOf, type Space } from "./space.js";

/** Options of `nestedCrossValidate`; one of `grid` and `random`. */
export interface NestedOptions extends FoldOptions, Partial<Monitor> {
  /** All combinations of these values. */
  grid?: Readonly<Record<string, readonly unknown[]>>;
  /** So many configurations as `trials` says, each value drawn from its list or range. */
  random?: Space;
  /** The number of random configurations; 20. */
  trials?: number;
  /** Folds of the rows that an outer fold trains on, by which its configuration is chosen; 3. */
  inner?: number;
  /** Scale each feature to mean 0 and deviation 1, measured on the rows that a model is trained on alone. Default false. */
  standardise?: boolean;
  /** Options of `fit` for each trainer; `callbacks` makes them anew for each. */
  fit?: Omit<GroupFit, "validation">;
}

/** An outer fold. */
export interface NestedFold {
  /** Counts from 0. */
  repeat: number;
  /** Counts from 0 in its repeat. */
  fold: number;
  /** Chosen by the inner folds. */
  configuration: Configuration;
  /** Means of the configuration over the inner folds: too good, since it was chosen by them. */
  inner: Scores;
  /** On the rows held out, of a model that was trained on all others. */
  scores: Scores;
}

/** See `nestedCrossValidate`. */
export interface NestedCrossValidation {
  folds: NestedFold[];
  /** Mean and deviation of the scores over the outer folds. */
  mean: Scores;
  deviation: Scores;
}

/**
 * Nested cross-validation: what a search for settings comes to on rows that it has not seen (Varma and Simon, "Bias in error
 * estimation when using cross-validation for model selection", 2006). For each outer fold the configuration is chosen by
 * inner folds of the other rows, and a model of it, trained on all of them, is scored on the fold. All inner trainings of
 * an outer fold go on side by side.
 *
 * @param build - makes a new model and its Trainer for a trial, on the same device for all
 * @throws ArgumentError or DataError when the options don't fit the data; what `build` and `fit` throw; ArgumentError when
 * all configurations diverge
 */
export async function nestedCrossValidate(
  data: Dataset,
  build: (trial: Trial) => Trainer | Promise<Trainer>,
  options: NestedOptions,
): Promise<NestedCrossValidation> {
  const { grid, random, trials, inner, standardise, fit, seed, monitor, mode, folds, repeats, stratify, groups } =
    optionsOf("nestedCrossValidate", options, {
      grid: undefined,
      random: undefined,
      trials: 20,
      inner: 3,
      standardise: false,
      fit: {},
      seed: 0,
      monitor: "loss",
      mode: undefined,
      folds: undefined,
      repeats: undefined,
      stratify: undefined,
      groups: undefined,
    });
  checkArgument("nestedCrossValidate", "a data set", data, Number.isInteger(data?.rows));
  if ((grid === undefined) === (random === undefined)) {
    throw new ArgumentError("nestedCrossValidate: needs either grid or random: grid: { rate: [0.001, 0.01] }.");
  }
  const configurations = grid
    ? gridOf(grid)
    : randomOf(random!, checkCount("nestedCrossValidate: trials", trials), seed);
  const given = Object.entries({ folds, repeats, stratify, groups }).filter(([, value]) => value !== undefined);
  const make = async (configuration: Configuration, repeat: number) =>
    checkTrainer("nestedCrossValidate", await build({ ...configuration, seed: seed + repeat, repeat }));
  const found: NestedFold[] = [];
  for (const { repeat, fold, train, test } of kFolds(data, { seed, ...Object.fromEntries(given) })) {
    const [outer, held] = [data.take(train), data.take(test)];
    const own = groups && Array.from(train, (row) => groups[row]);
    const parts = kFolds(outer, { folds: inner, seed, ...(stratify !== undefined && { stratify }), groups: own });
    const trainings: Training[] = [];
    try {
      for (const configuration of configurations) {
        for (const [i, part] of parts.entries()) {
          const rows = scaledBy(standardise, outer.take(part.train), outer.take(part.test));
          trainings.push({ ...rows, seed: seed + i, trainer: await make(configuration, i) });
        }
      }
      const direction = directionOf("nestedCrossValidate", { monitor, mode }, trainings[0].trainer.scores);
      const scores = await trainSideBySide(trainings, fit);
      const means = configurations.map((_, i) => {
        const all = scores.slice(i * parts.length, (i + 1) * parts.length);
        return all.every((each) => each !== undefined) ? summaryOf(all.map(([each]) => each)).mean : undefined;
      });
      const losses = means.map((mean) => (mean ? direction * mean[monitor as "loss"] : Number.POSITIVE_INFINITY));
      const best = losses.indexOf(Math.min(...losses));
      const innerScores = means[best];
      if (!innerScores) throw new ArgumentError("nestedCrossValidate: all configurations diverged. Use smaller rates.");
      const rows = scaledBy(standardise, outer, held);
      trainings.push({ ...rows, seed, trainer: await make(configurations[best], 0) });
      const [last] = await trainSideBySide(trainings.slice(-1), fit);
      if (!last) throw new ArgumentError(`nestedCrossValidate: the model of fold ${fold} diverged. Use smaller rates.`);
      found.push({ repeat, fold, configuration: configurations[best], inner: innerScores, scores: last[0] });
    } finally {
      for (const { trainer } of trainings) trainer.dispose();
    }
  }
  return { folds: found, ...summaryOf(found.map(({ scores }) => scores)) };
}
