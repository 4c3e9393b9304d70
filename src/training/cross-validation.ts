import { ArgumentError } from "../core/errors.js";
import { checkArgument, checkSwitches, optionsOf } from "../core/options.js";
import type { Dataset } from "../data/dataset.js";
import { type FoldOptions, kFolds } from "../data/folds.js";
import { Standardiser } from "../data/standardise.js";
import type { Table } from "../data/table/table.js";
import type { FitOptions } from "./fit-options.js";
import type { Trainer } from "./trainer.js";

/** Scores by name; "loss" and the trainer's metrics, or what the user's own function returned. */
export type FoldScores = Record<string, number>;

/** One fold's parts, and what its model should be made with. */
export interface FoldParts {
  /** The rows to train on; standardised where that was asked for. */
  train: Dataset;
  /** The rows held out, scaled by what was measured on the others. */
  validation: Dataset;
  /** Both count from 0. */
  repeat: number;
  /** Counts from 0 in its repeat. */
  fold: number;
  /** For first weights and shuffles: another one for each fold. */
  seed: number;
}

/** One fold's scores. */
export interface FoldResult {
  /** Counts from 0. */
  repeat: number;
  /** Counts from 0 in its repeat. */
  fold: number;
  /** Numbers of rows that were trained on, and held out. */
  trainRows: number;
  /** Rows that were held out. */
  rows: number;
  scores: FoldScores;
}

/** Scores of the folds, and over them; see `crossValidate`. */
export interface CrossValidation {
  folds: FoldResult[];
  /** Mean of each score over the folds. */
  mean: FoldScores;
  /** Standard deviation of each score over the folds (of the folds themselves: divided by their number, as NumPy's). */
  deviation: FoldScores;
}

/** Options of `crossValidate`. */
export interface CrossValidationOptions extends FoldOptions {
  /** Scale each feature to mean 0 and deviation 1, measured on the fold's training part alone. Default false. */
  standardise?: boolean;
  /** Options of `fit` for each fold's trainer; its seed is the fold's where absent. */
  fit?: Omit<FitOptions, "validation">;
  /**
   * Trains all folds side by side, in the launches of one, to the same scores: `build` must return trainers of one device,
   * and the data of all folds are in memory at once. By default where it pays: on WebGPU, where launches are what small
   * networks wait for, and on WASM, whose threads take whole models; unless `onFold` is to be told of each fold as
   * it ends, there are callbacks, or the data of all folds take more than 256 MiB.
   */
  together?: boolean;
  /** After each fold; with `together: true` once all are done. */
  onFold?(result: FoldResult): unknown;
}

/**
 * Cross-validation: trains on all rows but one part, scores on that part, for each part in turn. A table's preprocessing
 * is fitted for each fold, on the rows that it trains on alone.
 *
 * @param build - makes a new model and its Trainer for a fold, which is then trained, evaluated and disposed of; or does
 * all of that itself and returns the fold's scores
 * @example
 * const { mean, deviation } = await crossValidate(data, ({ seed }) => new Trainer(network(seed), setup), {
 *   folds: 5, repeats: 2, standardise: true, fit: { epochs: 50 },
 * });
 * @throws ArgumentError or DataError when the options don't fit the data, before any work; what `build`, `fit` and
 * `evaluate` throw
 */
export async function crossValidate(
  data: Dataset | Table,
  build: (parts: FoldParts) => Trainer | FoldScores | Promise<Trainer | FoldScores>,
  options: CrossValidationOptions = {},
): Promise<CrossValidation> {
  const { standardise, fit, seed, onFold, together, ...folds } = optionsOf("crossValidate", options, {
    folds: undefined,
    repeats: undefined,
    stratify: undefined,
    groups: undefined,
    seed: 0,
    standardise: false,
    fit: {},
    onFold: undefined,
    together: undefined,
  });
  checkArgument("crossValidate", "a data set or a table", data, Number.isInteger(data?.rows));
  if (typeof build !== "function") {
    throw new ArgumentError("crossValidate: needs a function that makes a Trainer for each fold.");
  }
  checkSwitches("crossValidate", { together }, ["together"]);
  if (together && fit.callbacks?.length) {
    throw new ArgumentError(
      "crossValidate: callbacks remember one training, and with together there are several at a time. Leave one of both out.",
    );
  }
  const results: FoldResult[] = [];
  const waiting: Fold[] = [];
  let isTogether = together;
  const folding = { ...folds, seed };
  const isTable = "prepare" in data;
  const dealt = Array.from(isTable ? data.kFold(given(folding)) : kFolds(data, folding));
  for (const { repeat, fold, train: trainRows, test } of dealt) {
    const foldSeed = (seed + results.length + waiting.length) % Number.MAX_SAFE_INTEGER;
    const { train, validation } = isTable
      ? tableParts(data, trainRows, test)
      : datasetParts(data, trainRows, test, standardise);
    const made = await build({ train, validation, repeat, fold, seed: foldSeed });
    const place = { repeat, fold, trainRows: trainRows.length, rows: test.length };
    isTogether ??= !onFold && paysTogether(made, train, fit, dealt.length);
    if (!together && isTogether && !goesWith(made, waiting)) {
      isTogether = false;
      for (const { trainer, train, validation, seed, ...rest } of waiting.splice(0)) {
        results.push({ ...rest, scores: await score(trainer, train, validation, { seed, ...fit }) });
      }
    }
    if (isTogether) {
      waiting.push({ ...place, trainer: trainerOf(made), train, validation, seed: foldSeed });
      continue;
    }
    const scores = isTrainer(made) ? await score(made, train, validation, { seed: foldSeed, ...fit }) : made;
    const result = { ...place, scores };
    results.push(result);
    await onFold?.(result);
  }
  if (isTogether) {
    results.push(...(await scoreTogether(waiting, fit)));
    for (const result of results) await onFold?.(result);
  }
  return { folds: results, ...summarise(results.map(({ scores }) => scores)) };
}

/** Options without those that nobody gave, which would stand in place of the table's own. */
const given = <T extends object>(options: T): Partial<T> =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>;

function datasetParts(data: Dataset, train: ArrayLike<number>, test: ArrayLike<number>, standardise: boolean) {
  const parts = { train: data.take(train), validation: data.take(test) };
  if (!standardise) return parts;
  const scaler = Standardiser.fit(parts.train);
  return { train: scaler.apply(parts.train), validation: scaler.apply(parts.validation) };
}

function tableParts(table: Table, train: ArrayLike<number>, test: ArrayLike<number>) {
  const parts = table.prepare({ train: Array.from(train), test: Array.from(test) });
  return { train: parts.train, validation: parts.test! };
}

const isTrainer = (made: Trainer | FoldScores): made is Trainer => typeof made?.fit === "function";

/** Larger data of all folds aren't held at once unasked. */
const MOST_BYTES = 256 * 1024 ** 2;

/** Whether so many folds like the first are better trained side by side. */
function paysTogether(
  first: Trainer | FoldScores,
  { features, labels }: Dataset,
  { callbacks }: FitOptions,
  folds: number,
): boolean {
  if (!isTrainer(first) || callbacks?.length) return false;
  return first.device.backend !== "cpu" && folds * (features.byteLength + labels.byteLength) <= MOST_BYTES;
}

/** Whether a fold can be trained beside others: by a trainer of its own, on their device. */
const goesWith = (made: Trainer | FoldScores, others: readonly Fold[]): boolean =>
  isTrainer(made) &&
  others.every(({ trainer }) => trainer.device === made.device && trainer !== made && trainer.model !== made.model);

async function score(trainer: Trainer, train: Dataset, validation: Dataset, fit: FitOptions): Promise<FoldScores> {
  try {
    await trainer.fit(train, fit);
    return (await trainer.evaluate(validation)) as unknown as FoldScores;
  } finally {
    trainer.dispose();
  }
}

/** A fold that waits for the others, to be trained with them. */
interface Fold extends Omit<FoldResult, "scores"> {
  trainer: Trainer;
  train: Dataset;
  validation: Dataset;
  seed: number;
}

function trainerOf(made: Trainer | FoldScores): Trainer {
  if (isTrainer(made)) return made;
  throw new ArgumentError(
    "crossValidate: with together, the function must return a Trainer for each fold, not scores.",
  );
}

async function scoreTogether(folds: readonly Fold[], fit: FitOptions): Promise<FoldResult[]> {
  const { inGroups } = await import("./together/groups.js");
  const trainers = folds.map(({ trainer }) => trainer);
  const grouped = { trainers, dataOf: (place: number) => folds[place].train, fit };
  const scores = await inGroups(grouped, (trainer, place) => {
    const { train, validation, seed } = folds[place];
    return score(trainer, train, validation, { seed, ...fit });
  }).finally(() => {
    for (const trainer of trainers) trainer.dispose();
  });
  return folds.map(({ repeat, fold, trainRows, rows }, place) => {
    const ended = scores[place];
    if (ended.status === "rejected") throw ended.reason;
    return { repeat, fold, trainRows, rows, scores: ended.value };
  });
}

/** Mean and deviation of each score. */
function summarise(scores: readonly FoldScores[]): { mean: FoldScores; deviation: FoldScores } {
  const mean: FoldScores = {};
  const deviation: FoldScores = {};
  for (const name of Object.keys(scores[0])) {
    const values = scores.map((each) => each[name]);
    mean[name] = values.reduce((a, b) => a + b, 0) / values.length;
    deviation[name] = Math.sqrt(values.reduce((sum, value) => sum + (value - mean[name]) ** 2, 0) / values.length);
  }
  return { mean, deviation };
}
