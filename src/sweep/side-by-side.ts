import { ArgumentError, DivergedError } from "../core/errors.js";
import type { Dataset } from "../data/dataset.js";
import { Standardiser } from "../data/standardise.js";
import type { Callback } from "../training/callbacks.js";
import type { FitOptions } from "../training/fit-options.js";
import type { Scores } from "../training/history.js";
import type { Trainer } from "../training/trainer.js";

/** Options of `fit` for trainers of a group; `callbacks` makes them anew for each. */
export type GroupFit = Omit<FitOptions, "callbacks" | "resume"> & { callbacks?: () => readonly Callback[] };

/** A training, and the rows that its model is scored on. */
export interface Training {
  trainer: Trainer;
  train: Dataset;
  seed: number;
  /** The model is scored on each of these. */
  scored: readonly Dataset[];
}

/** Rows to train on and rows to score on, all scaled by what is measured on the first where that was asked for. */
export function scaledBy(
  standardise: boolean,
  train: Dataset,
  ...scored: Dataset[]
): Pick<Training, "train" | "scored"> {
  if (!standardise) return { train, scored };
  const scaler = Standardiser.fit(train);
  return { train: scaler.apply(train), scored: scored.map((data) => scaler.apply(data)) };
}

/** @throws ArgumentError when a function made something else than a Trainer */
export function checkTrainer(who: string, made: Trainer): Trainer {
  if (typeof made?.fit === "function") return made;
  throw new ArgumentError(
    `${who}: the function must return a Trainer: ({ seed }) => new Trainer(network(seed), { ... }).`,
  );
}

/**
 * Trains all, side by side where their graphs agree, and scores each.
 *
 * @returns the scores of each, in their order; undefined where it diverged
 * @throws the first error that is no divergence
 */
export async function trainSideBySide(all: readonly Training[], fit: GroupFit): Promise<(Scores[] | undefined)[]> {
  const { inGroups } = await import("../training/together/groups.js");
  const { callbacks, ...options } = fit;
  const watching = () => callbacks?.() ?? [];
  const grouped = {
    trainers: all.map(({ trainer }) => trainer),
    dataOf: (place: number) => all[place].train,
    fit: { ...options, callbacks: watching() },
  };
  const results = await inGroups(grouped, async (trainer, place) => {
    const { train, seed, scored } = all[place];
    await trainer.fit(train, { seed, ...options, callbacks: watching() });
    const scores: Scores[] = [];
    for (const data of scored) scores.push(await trainer.evaluate(data));
    return scores;
  });
  return results.map((result) => {
    if (result.status === "fulfilled") return result.value;
    if (result.reason instanceof DivergedError) return undefined;
    throw result.reason;
  });
}

/** Mean and standard deviation (divided by the number of values) of each score. */
export function summaryOf(all: readonly Scores[]): { mean: Scores; deviation: Scores } {
  const names = Object.keys(all[0] ?? {}) as "loss"[];
  const mean = (name: "loss") => all.reduce((sum, each) => sum + each[name], 0) / all.length;
  const deviation = (name: "loss") =>
    Math.sqrt(all.reduce((sum, each) => sum + (each[name] - mean(name)) ** 2, 0) / all.length);
  const of = (figure: (name: "loss") => number) =>
    Object.fromEntries(names.map((name) => [name, figure(name)])) as unknown as Scores;
  return { mean: of(mean), deviation: of(deviation) };
}
