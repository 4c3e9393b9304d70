import { ArgumentError } from "../core/errors.js";
import { checkArgument, checkCount, optionsOf } from "../core/options.js";
import { RandomStream, Stream } from "../core/random.js";
import type { Dataset } from "../data/dataset.js";
import type { Loss } from "../losses/loss.js";
import type { Model } from "../model/model.js";
import type { FeatureSource } from "../training/feature-source.js";
import { internals } from "../training/internals.js";
import type { Prediction } from "../training/prediction.js";
import type { Trainer } from "../training/trainer.js";
import { atTemperature, temperatureOf } from "./calibration.js";
import { type EnsembleScores, scoredAs, scoresOf } from "./ensemble-scores.js";
import { checkTrainer, type GroupFit, trainSideBySide } from "./side-by-side.js";

export type { EnsembleScores };

/** A member of an ensemble, as its function is told. */
export interface EnsembleMember {
  /** Counts from 0. */
  readonly member: number;
  /** For first weights: the ensemble's for the first member, then the numbers that follow it. */
  readonly seed: number;
}

/** Options of `ensemble`. */
export interface EnsembleOptions {
  /** Number of models; 5. */
  members?: number;
  /** Trains each on as many rows drawn with replacement (Breiman, "Bagging predictors", 1996); false. */
  bootstrap?: boolean;
  /**
   * Scales the probabilities of classes to rows that were not trained on: those that a member did not draw, or those of
   * `fit.validation`. Where there are such rows; true.
   */
  calibrate?: boolean;
  /** Of the first member and the drawn rows; 0. */
  seed?: number;
  /** Options of `fit` for each trainer; `callbacks` makes them anew for each. */
  fit?: GroupFit;
}

/** Predictions of an ensemble. */
export interface EnsemblePrediction extends Prediction {
  /** Standard deviation of the members' predictions, [rows, outputs]: how far they disagree. */
  deviation: Float32Array;
}

/** Models whose predictions are averaged. See `ensemble`. */
export interface Ensemble {
  /** The models that were trained; ones that diverged are left out. */
  readonly models: readonly Model[];
  /** By which probabilities are scaled; 1 where nothing was calibrated. */
  readonly temperature: number;
  /**
   * With `bootstrap`: scores of each row by the members that did not draw it, before calibration: what new rows will come
   * to. Rows that all have drawn are left out. Absent where `evaluate` can't tell scores.
   */
  readonly outOfBag?: EnsembleScores & { rows: number };
  /** The mean of the members' predictions, [rows, outputs], on the targets' scale: probabilities, where the loss has them. */
  predict(features: FeatureSource): Promise<EnsemblePrediction>;
  /**
   * Scores of these predictions: of one class a row under a loss of probabilities, or of numbers.
   *
   * @throws ArgumentError under losses of anything else, such as tokens, masks or margins: score what `predict` gives
   */
  evaluate(data: Dataset): Promise<EnsembleScores>;
  /** Frees the members' device memory; the models keep their parameters. */
  dispose(): void;
  [Symbol.dispose](): void;
}

/**
 * Trains several models of a kind side by side, in the launches of one, and averages what they predict (Hansen and Salamon,
 * "Neural network ensembles", 1990): better than one of them, and it says how far they disagree.
 *
 * @param build - makes a new model and its Trainer for a member, on the same device for all
 * @example
 * using members = await ensemble(train, ({ seed }) => new Trainer(network(seed), setup), { members: 16, bootstrap: true, fit: { epochs: 30 } });
 * const { values, deviation } = await members.predict(features);
 * @throws ArgumentError when options are out of range, or models have several outputs; the error of `build` and `fit`; an
 * ArgumentError when all members diverge
 */
export async function ensemble(
  data: Dataset,
  build: (member: EnsembleMember) => Trainer | Promise<Trainer>,
  options: EnsembleOptions = {},
): Promise<Ensemble> {
  const { members, bootstrap, calibrate, seed, fit } = optionsOf("ensemble", options, {
    members: 5,
    bootstrap: false,
    calibrate: true,
    seed: 0,
    fit: {},
  });
  checkArgument("ensemble", "a data set", data, Number.isInteger(data?.rows));
  checkCount("ensemble: members", members);
  const drawn = Array.from({ length: members }, (_, member) =>
    bootstrap ? drawRows(data.rows, seed, member) : undefined,
  );
  const trainers: Trainer[] = [];
  const dispose = () => {
    for (const trainer of trainers) trainer.dispose();
  };
  try {
    for (let member = 0; member < members; member++) {
      trainers.push(checkTrainer("ensemble", await build({ member, seed: seed + member })));
    }
    const trainings = trainers.map((trainer, member) => {
      const rows = drawn[member];
      return { trainer, train: rows ? data.take(rows) : data, seed: seed + member, scored: [] };
    });
    const results = await trainSideBySide(trainings, fit);
    const kept = trainers.map((_, i) => i).filter((i) => results[i]);
    if (kept.length === 0)
      throw new ArgumentError("ensemble: all members diverged. Train them with a smaller learning rate.");
    const own = new Members(kept.map((i) => trainers[i]));
    const outside = bootstrap
      ? await own.outOfBag(
          data,
          kept.map((i) => drawn[i]!),
        )
      : undefined;
    const scores = outside && own.scoresOf(outside.data, outside.values);
    const outOfBag = scores && { rows: outside.data.rows, ...scores };
    if (calibrate) await own.calibrate(outside, fit.validation);
    const { models, temperature } = own;
    return {
      models,
      temperature,
      ...(outOfBag && { outOfBag }),
      predict: (features) => own.predict(features),
      evaluate: (rows) => own.evaluate(rows),
      dispose,
      [Symbol.dispose]: dispose,
    };
  } catch (error) {
    dispose();
    throw error;
  }
}

/** As many row numbers as there are rows, drawn with replacement. */
function drawRows(rows: number, seed: number, member: number): Uint32Array {
  const random = new RandomStream(seed, Stream.resample, member);
  return Uint32Array.from({ length: rows }, () => random.nextBelow(rows));
}

/** Rows that some members have not seen, and the mean of these members' predictions, [rows, outputs]. */
interface Unseen {
  data: Dataset;
  values: Float32Array;
}

class Members {
  temperature = 1;
  readonly #loss: Loss;

  constructor(private readonly trainers: readonly Trainer[]) {
    const { heads } = internals.get(trainers[0])!.spec;
    if (heads.length > 1) {
      throw new ArgumentError(
        "ensemble: models with several outputs can't be averaged yet. Train one for each output.",
      );
    }
    this.#loss = heads[0].loss;
  }

  get models(): Model[] {
    return this.trainers.map(({ model }) => model);
  }

  async predict(features: FeatureSource): Promise<EnsemblePrediction> {
    const all = await this.#each(features);
    const [{ shape }] = all;
    const classes = shape.slice(1).reduce((a, b) => a * b, 1);
    const { mean, deviation } = momentsOf(all.map(({ values }) => values));
    return {
      shape,
      values: this.#loss.isProbabilistic ? atTemperature(mean, classes, this.temperature) : mean,
      deviation,
    };
  }

  /** Predictions of each member, side by side. */
  async #each(features: FeatureSource): Promise<Prediction[]> {
    const { together } = await import("../training/together/together.js");
    const results = await together(this.trainers, (trainer) => trainer.predict(features, { probabilities: true }));
    return results.map((result) => {
      if (result.status === "rejected") throw result.reason;
      return result.value;
    });
  }

  /** Each row by the members that did not draw it. @param drawn - the rows of each member */
  async outOfBag(data: Dataset, drawn: readonly Uint32Array[]): Promise<Unseen | undefined> {
    const all = await this.#each(data);
    const seen = drawn.map((rows) => new Set(rows));
    const width = all[0].values.length / data.rows;
    const rows: number[] = [];
    const values: number[] = [];
    for (let row = 0; row < data.rows; row++) {
      const own = all.filter((_, member) => !seen[member].has(row));
      if (own.length === 0) continue;
      rows.push(row);
      for (let i = row * width; i < (row + 1) * width; i++) {
        values.push(own.reduce((sum, each) => sum + each.values[i], 0) / own.length);
      }
    }
    return rows.length > 0 ? { data: data.take(rows), values: Float32Array.from(values) } : undefined;
  }

  async calibrate(unseen: Unseen | undefined, validation: Dataset | undefined): Promise<void> {
    const rows = unseen?.data ?? validation;
    if (!rows || !this.#loss.isProbabilistic || rows.classes === undefined) return;
    const values = unseen?.values ?? (await this.predict(rows)).values;
    this.temperature = temperatureOf(rows, values);
  }

  async evaluate(data: Dataset): Promise<EnsembleScores> {
    const scores = this.scoresOf(data, (await this.predict(data)).values);
    if (scores) return scores;
    throw new ArgumentError(
      `ensemble: evaluate scores one class a row, or numbers; under ${this.#loss.config.loss} and these labels it has neither. ` +
        "Score what predict gives.",
    );
  }

  scoresOf(data: Dataset, values: Float32Array): EnsembleScores | undefined {
    const as = scoredAs(this.#loss, data, values.length / data.rows);
    return as && scoresOf(as, data, values);
  }
}

function momentsOf(all: readonly Float32Array[]): {
  mean: Float32Array<ArrayBuffer>;
  deviation: Float32Array<ArrayBuffer>;
} {
  const [{ length }] = all;
  const mean = new Float32Array(length);
  const deviation = new Float32Array(length);
  for (let i = 0; i < length; i++) {
    const own = all.reduce((sum, values) => sum + values[i], 0) / all.length;
    mean[i] = own;
    deviation[i] = Math.sqrt(all.reduce((sum, values) => sum + (values[i] - own) ** 2, 0) / all.length);
  }
  return { mean, deviation };
}
