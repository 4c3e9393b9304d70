import { DivergedError } from "../core/errors.js";
import { type Monitor, scoreOf } from "../core/monitor.js";
import { Dataset } from "../data/dataset.js";
import { joined } from "../data/exact.js";
import type { Callback } from "../training/callbacks.js";
import type { History, Scores } from "../training/history.js";
import type { Trainer } from "../training/trainer.js";
import type { Keeper, KeptEpochs } from "./kept.js";
import type { SweepOptions } from "./options.js";
import type { Course, Pruning } from "./pruning.js";
import type { SweepRun, Trial } from "./runs.js";
import { checkTrainer } from "./side-by-side.js";
import { variantOf } from "./variant.js";

/** Trainers that are made at a time: so many models are in memory beside those that are trained. */
export const MOST_TRAINERS = 256;

/** Trainings as a sweep has them done. */
export interface Work {
  data: Dataset;
  build(trial: Trial): Trainer | Promise<Trainer>;
  fit: NonNullable<SweepOptions["fit"]>;
  /** Ends trials early. */
  watch?: { pruning: Pruning; objective: Monitor; others: readonly Course[]; direction(trainer: Trainer): 1 | -1 };
  /** Told of each training that ends, and of its place. */
  onTrial?(run: SweepRun, place: number): unknown;
  /** Keeps trainings under way, and has those that were. */
  keeper?: Keeper;
  /** Told of each trainer that was made, before any is trained. */
  onTrainer?(trainer: Trainer): void;
}

/** Trains all trials, as many side by side as go. @throws the first error that is no divergence */
export async function trainAll(trials: readonly Trial[], work: Work): Promise<SweepRun[]> {
  const runs: SweepRun[] = [];
  for (let first = 0; first < trials.length; first += MOST_TRAINERS) {
    const some = trials.slice(first, first + MOST_TRAINERS);
    const trainers: Trainer[] = [];
    try {
      for (const trial of some) {
        trainers.push(checkTrainer("sweep", await work.build(trial)));
        work.onTrainer?.(trainers.at(-1)!);
      }
      runs.push(...(await trainSome(trainers, some, first, work)));
    } finally {
      for (const trainer of trainers) trainer.dispose();
    }
  }
  return runs;
}

async function trainSome(
  trainers: readonly Trainer[],
  trials: readonly Trial[],
  first: number,
  work: Work,
): Promise<SweepRun[]> {
  const { data, fit, keeper } = work;
  const keeping = keeper && (await import("./kept.js"));
  const kept = keeping && { ...keeping, keeper, epochs: new keeping.KeptEpochs() };
  const { inGroups } = await import("../training/together/groups.js");
  const { callbacks, ...options } = fit;
  const isWatched = kept || work.watch || callbacks;
  const grouped = { trainers, dataOf: () => data, fit: { ...options, callbacks: isWatched ? [{}] : [] } };
  const results = await inGroups(grouped, async (trainer, place) => {
    const run = await trainOne(trainer, trials[place], work, kept && { ...kept, place: first + place });
    await work.onTrial?.(run, first + place);
    return run;
  });
  return results.map((result) => {
    if (result.status === "rejected") throw result.reason;
    return result.value;
  });
}

/** The means to keep a training under way, and to go on with one. */
type Keeping = typeof import("./kept.js") & { keeper: Keeper; epochs: KeptEpochs; place: number };

async function trainOne(trainer: Trainer, trial: Trial, work: Work, keeping?: Keeping): Promise<SweepRun> {
  const { data, fit, watch } = work;
  const { callbacks, ...options } = fit;
  const { seed, repeat, ...configuration } = trial;
  const { model } = trainer;
  const variant = variantOf(trainer.device);
  const run = { configuration, seed, repeat, model, parameters: model.parameterCount, variant };
  const pruner = watch && pruningCallback(watch, trainer, fit.validation !== undefined);
  const own = [...(callbacks?.(trial) ?? []), ...(pruner ? [pruner.callback] : [])];
  const isKept = keeping && !fit.recordSteps && keeping.canGoOn(own);
  const before = isKept ? keeping.keeper.find(keeping.place) : undefined;
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000 + (before?.seconds ?? 0);
  try {
    if (before) await trainer.restore(before.snapshot);
    if (isKept) own.push(keeping.keepingCallback(keeping.place, trainer, { ...keeping, before }));
    const history = await trainer.fit(data, { seed, ...options, callbacks: own, ...(before && { resume: true }) });
    fit.signal?.throwIfAborted();
    if (before) history.epochs.unshift(...before.epochs);
    if (pruner?.isPruned())
      return { ...run, state: "pruned", history, scores: lastScores(history), seconds: seconds() };
    const scores = await trainer.evaluate(fit.validation ?? data);
    return { ...run, state: "done", history, scores, seconds: seconds() };
  } catch (error) {
    if (!(error instanceof DivergedError)) throw error;
    return { ...run, state: "diverged", seconds: seconds() };
  }
}

/** Stops a training once the pruning says so. Its losses are those of its epochs, and of its validation part if it has one. */
function pruningCallback(
  { pruning, objective, others, direction }: NonNullable<Work["watch"]>,
  trainer: Trainer,
  isValidated: boolean,
): { callback: Callback; isPruned(): boolean } {
  let losses: number[] = [];
  let isPruned = false;
  const callback: Callback = {
    name: "pruning",
    saveState: () => ({ losses, isPruned }),
    restoreState(state) {
      ({ losses, isPruned } = state as { losses: number[]; isPruned: boolean });
    },
    onEpoch(record) {
      if (isValidated && !record.validation) return undefined; // there is one every so many epochs
      losses.push(direction(trainer) * scoreOf(record, objective.monitor));
      isPruned = pruning.prunes(losses, others);
      return isPruned ? "stop" : undefined;
    },
  };
  return { callback, isPruned: () => isPruned };
}

/** Scores of the epoch at which a training was ended. */
function lastScores({ epochs }: History): Scores {
  const last = epochs.at(-1)!;
  if (last.validation) return last.validation;
  const { epoch, learningRate, seconds, validation, ...scores } = last;
  return scores as Scores;
}

/** The rows of two data sets of the same kind, one after the other. */
export function joinRows(a: Dataset, b: Dataset): Dataset {
  const weightsOf = ({ weights, rows }: Dataset) => weights ?? new Float32Array(rows).fill(1);
  const weights = a.weights || b.weights ? joined(weightsOf(a), weightsOf(b)) : undefined;
  return Dataset.from({ ...a, features: joined(a.features, b.features), labels: joined(a.labels, b.labels), weights });
}
