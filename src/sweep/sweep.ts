import { ArgumentError, DivergedError } from "../core/errors.js";
import { directionOf, type Monitor } from "../core/monitor.js";
import { checkCount, checkOptions, type OptionNames, optionsOf } from "../core/options.js";
import type { Dataset } from "../data/dataset.js";
import type { Model } from "../model/model.js";
import type { Callback } from "../training/callbacks.js";
import type { FitOptions } from "../training/fit-options.js";
import type { History, Scores } from "../training/history.js";
import type { Trainer } from "../training/trainer.js";
import { type Configuration, gridOf, randomOf, type Space } from "./space.js";

/** The parts of a trial: the configuration's values by name, and a seed for first weights. */
export type Trial = Configuration & {
  /** The sweep's for the first repeat, then the numbers that follow it. */
  readonly seed: number;
  /** Counts from 0. */
  readonly repeat: number;
};

/** One training of a sweep. */
export interface SweepRun {
  configuration: Configuration;
  /** Of first weights, shuffles and dropout; the same for all configurations of a repeat. */
  seed: number;
  /** Counts from 0. */
  repeat: number;
  state: "done" | "diverged";
  /** Absent where it diverged, as the following. */
  history?: History;
  /** Of the model at the end, on the validation data; on the training data where there are none. */
  scores?: Scores;
  /** From the start of its group to its own end, on the clock. */
  seconds: number;
  /** As it was trained; where that diverged, at its last good epoch. */
  model: Model;
}

/** A configuration with its runs, one for each repeat. */
export interface SweptConfiguration {
  configuration: Configuration;
  runs: SweepRun[];
  /** Means over the runs; absent where one of them diverged. */
  scores?: Scores;
}

/** See `sweep`. */
export interface Sweep {
  /** In the order of the configurations, the repeats of each together. */
  runs: SweepRun[];
  /** Configurations, the best first; those that diverged come last. */
  ranking: SweptConfiguration[];
  /** The first of the ranking; absent where all diverged. */
  best?: SweptConfiguration;
}

/** Options of `sweep`; either `grid` or `random`. */
export interface SweepOptions extends Partial<Monitor> {
  /** All combinations of these values. */
  grid?: Readonly<Record<string, readonly unknown[]>>;
  /** So many configurations as `trials` says, each value drawn from its list or range. */
  random?: Space;
  /** The number of random configurations; 20. */
  trials?: number;
  /** Trainings of each configuration, with seeds of their own; 1. */
  repeats?: number;
  /** Of the random configurations, and of the first repeat; 0. */
  seed?: number;
  /** How each trainer is trained; `callbacks` makes them anew for each. */
  fit?: Omit<FitOptions, "callbacks" | "resume"> & { callbacks?: (trial: Trial) => readonly Callback[] };
  /** After each training, in the order in which they end. */
  onTrial?(run: SweepRun): unknown;
}

const FIT: OptionNames<NonNullable<SweepOptions["fit"]>> = {
  epochs: true,
  batchSize: true,
  microBatchSize: true,
  shuffle: true,
  seed: true,
  validation: true,
  augment: true,
  signal: true,
  recordSteps: true,
  callbacks: true,
};

/** Trainers that are made at a time: so many models are in memory beside those that are trained. */
const MOST_TRAINERS = 256;

/**
 * Trains one model for each configuration, and ranks them. Models whose graphs differ in numbers alone are trained side by
 * side, in the launches of one; each has the bits that it would have alone, so that the result depends on
 * nothing but the options.
 *
 * @param data - to train on; give `fit.validation` to rank by other rows than those
 * @param build - makes a new model and its Trainer for a trial, on the same device for all
 * @example
 * const { best, runs } = await sweep(train, ({ rate, units, seed }) => new Trainer(network(units, seed), { device, loss, optimizer: adam({ learningRate: rate }) }), {
 *   grid: { rate: [1e-3, 1e-2], units: [16, 32] }, repeats: 3, fit: { epochs: 30, validation },
 * });
 * @throws ArgumentError when the options don't fit, before any work; what `build` and `fit` throw, but for trainings that
 * diverge: those are runs with the state "diverged"
 */
export async function sweep(
  data: Dataset,
  build: (trial: Trial) => Trainer | Promise<Trainer>,
  options: SweepOptions,
): Promise<Sweep> {
  const { grid, random, trials, repeats, seed, fit, monitor, mode, onTrial } = optionsOf("sweep", options, {
    grid: undefined,
    random: undefined,
    trials: 20,
    repeats: 1,
    seed: 0,
    fit: {},
    monitor: "loss",
    mode: undefined,
    onTrial: undefined,
  });
  if (typeof build !== "function") throw new ArgumentError("sweep: needs a function that makes a Trainer for a trial.");
  checkOptions("sweep: fit", fit, FIT);
  if (fit.callbacks !== undefined && typeof fit.callbacks !== "function") {
    throw new ArgumentError(
      "sweep: callbacks must be a function that makes them for each trial: () => [earlyStopping()].",
    );
  }
  const configurations = configurationsOf(grid, random, checkCount("sweep: trials", trials), seed);
  const count = checkCount("sweep: repeats", repeats);
  const all = configurations.flatMap((configuration) =>
    Array.from({ length: count }, (_, repeat): Trial => ({ ...configuration, seed: seed + repeat, repeat })),
  );
  const watched = { monitor, mode };
  const runs: SweepRun[] = [];
  let direction: 1 | -1 = 1;
  for (let first = 0; first < all.length; first += MOST_TRAINERS) {
    const some = all.slice(first, first + MOST_TRAINERS);
    const trainers: Trainer[] = [];
    try {
      for (const trial of some) trainers.push(checkTrainer(await build(trial)));
      direction = directionOf("sweep", watched, trainers[0].scores);
      runs.push(...(await trainAll({ trainers, trials: some, data, fit, onTrial })));
    } finally {
      for (const trainer of trainers) trainer.dispose();
    }
  }
  const ranking = rank(runs, count, monitor, direction);
  return { runs, ranking, ...(ranking[0].scores && { best: ranking[0] }) };
}

function configurationsOf(
  grid: SweepOptions["grid"],
  random: SweepOptions["random"],
  trials: number,
  seed: number,
): Configuration[] {
  if ((grid === undefined) === (random === undefined)) {
    throw new ArgumentError(
      "sweep: needs either grid or random: grid: { rate: [0.001, 0.01] }, or random: { rate: { low: 1e-4, high: 0.1, log: true } }.",
    );
  }
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new ArgumentError(`sweep: the seed must be a whole number from 0 to 2^53 - 1, got ${seed}.`);
  }
  return grid ? gridOf(grid) : randomOf(random!, trials, seed);
}

function checkTrainer(made: Trainer): Trainer {
  if (typeof made?.fit === "function") return made;
  throw new ArgumentError(
    "sweep: the function must return a Trainer: (trial) => new Trainer(network(trial), { device, ... }).",
  );
}

interface Group {
  trainers: readonly Trainer[];
  trials: readonly Trial[];
  data: Dataset;
  fit: NonNullable<SweepOptions["fit"]>;
  onTrial: SweepOptions["onTrial"];
}

/** Trains all trainers of a group. @throws the first error that is no divergence */
async function trainAll({ trainers, trials, data, fit, onTrial }: Group): Promise<SweepRun[]> {
  const { callbacks, ...options } = fit;
  const grouped = { trainers, dataOf: () => data, batchSize: fit.batchSize };
  const { inGroups } = await import("../training/together/groups.js");
  const results = await inGroups(grouped, async (trainer, place): Promise<SweepRun> => {
    const trial = trials[place];
    const { seed, repeat, ...configuration } = trial;
    const run = { configuration, seed, repeat, model: trainer.model };
    const started = performance.now();
    const seconds = () => (performance.now() - started) / 1000;
    let ended: SweepRun;
    try {
      const history = await trainer.fit(data, { seed, ...options, callbacks: callbacks?.(trial) ?? [] });
      const scores = await trainer.evaluate(fit.validation ?? data);
      ended = { ...run, state: "done", history, scores, seconds: seconds() };
    } catch (error) {
      if (!(error instanceof DivergedError)) throw error;
      ended = { ...run, state: "diverged", seconds: seconds() };
    }
    await onTrial?.(ended);
    return ended;
  });
  return results.map((result) => {
    if (result.status === "rejected") throw result.reason;
    return result.value;
  });
}

/** Configurations by the mean of a score over their runs. Equal ones stay in their order. */
function rank(runs: readonly SweepRun[], repeats: number, monitor: string, direction: 1 | -1): SweptConfiguration[] {
  const swept = Array.from({ length: runs.length / repeats }, (_, i): SweptConfiguration => {
    const own = runs.slice(i * repeats, (i + 1) * repeats);
    const { configuration } = own[0];
    const isDone = own.every(({ state }) => state === "done");
    return { configuration, runs: own, ...(isDone && { scores: meanOf(own.map(({ scores }) => scores!)) }) };
  });
  const lossOf = ({ scores }: SweptConfiguration) =>
    scores ? direction * scores[monitor as "loss"] : Number.POSITIVE_INFINITY;
  return swept.sort((a, b) => Number(lossOf(a) > lossOf(b)) - Number(lossOf(a) < lossOf(b)));
}

function meanOf(scores: readonly Scores[]): Scores {
  const names = Object.keys(scores[0]) as "loss"[];
  const mean = (name: "loss") => scores.reduce((sum, each) => sum + each[name], 0) / scores.length;
  return Object.fromEntries(names.map((name) => [name, mean(name)])) as unknown as Scores;
}
