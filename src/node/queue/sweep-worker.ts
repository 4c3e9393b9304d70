import { ArgumentError } from "../../core/errors.js";
import { checkArgument, checkCount, optionsOf } from "../../core/options.js";
import type { Dataset } from "../../data/dataset.js";
import type { SweepOptions } from "../../sweep/options.js";
import type { Pruning } from "../../sweep/pruning.js";
import { fitAsJson } from "../../sweep/queue.js";
import type { Trial } from "../../sweep/runs.js";
import { checkTrainer } from "../../sweep/side-by-side.js";
import { variantOf } from "../../sweep/variant.js";
import type { Trainer } from "../../training/trainer.js";
import { carryingOut } from "./carry.js";
import { checkUrl } from "./connect.js";
import { digestOf } from "./digest.js";
import type { StudyRecord } from "./forms.js";
import { Refusal, serve } from "./serve.js";

/** Options of `sweepWorker`. */
export interface SweepWorkerOptions {
  /** The URL of the sweep's queue; see `openQueue`. */
  queue: string;
  /** As the sweep's. */
  fit?: SweepOptions["fit"];
  /** As the sweep's. */
  pruning?: Pruning;
  /** Groups of trials that are trained at a time; 1. */
  concurrency?: number;
  /** Take part though this engine's last bits differ from those of the sweep's own. Default false. */
  anyVariant?: boolean;
  /** Ends the worker when it is aborted: what is under way is handed back. */
  signal?: AbortSignal;
  /** After each training, with the number of its trial. */
  onTrial?(number: number): unknown;
}

/**
 * Trains trials of sweeps that other processes began by the same program, until it is told to stop: `sweep(data, build, {
 * ..., queue })`. Data, `fit`, `build` and pruning must be the sweep's: no code goes over the queue. A worker that is killed
 * is missed after some ten seconds; another goes on with its trainings where they were kept last, about once a second.
 *
 * @throws ArgumentError when an option is wrong, or the server refuses the password
 * @throws Error when the server doesn't answer at first, or this process may work on no sweep there: its data, its options
 * or its engine are others
 */
export async function sweepWorker(
  data: Dataset,
  build: (trial: Trial) => Trainer | Promise<Trainer>,
  options: SweepWorkerOptions,
): Promise<void> {
  const { queue, fit, pruning, concurrency, anyVariant, signal, onTrial } = optionsOf("sweepWorker", options, {
    queue: undefined,
    fit: {},
    pruning: undefined,
    concurrency: 1,
    anyVariant: false,
    signal: undefined,
    onTrial: undefined,
  });
  checkArgument("sweepWorker", "a data set", data, Number.isInteger(data?.rows));
  if (typeof build !== "function") {
    throw new ArgumentError("sweepWorker: needs a function that makes a Trainer for a trial.");
  }
  checkCount("sweepWorker: concurrency", concurrency);
  checkUrl(queue);
  const digest = digestOf(data, fit.validation);
  const own = { digest, fit: fitAsJson(fit), isPruned: pruning !== undefined };
  await serve(queue, {
    slots: concurrency,
    signal: signal ?? new AbortController().signal,
    onRun: (_, number) => onTrial?.(number),
    async accept(study) {
      checkSame(study, own);
      const { number, configuration, ...seeds } = study.first;
      const trainer = checkTrainer("sweepWorker", await build({ ...configuration, ...seeds }));
      trainer.dispose();
      checkVariant(study, variantOf(trainer.device), anyVariant);
      return { carryOut: carryingOut({ data, build, fit }, pruning, study.pruned), dispose() {} };
    },
  });
}

/** @throws Refusal when the sweep is of other data or options */
export function checkSame(study: StudyRecord, own: { digest: string; fit: string; isPruned: boolean }): void {
  if (study.digest !== own.digest) {
    throw new Refusal(
      `The sweep's data aren't this worker's: their digest is ${study.digest.slice(0, 12)}, here it is ` +
        `${own.digest.slice(0, 12)}. Give this machine the same files, and the same version of neuromotor.`,
    );
  }
  if (study.fit !== own.fit) {
    throw new Refusal(`The sweep's options of fit are ${study.fit}, this worker's are ${own.fit}. Give both the same.`);
  }
  if ((study.pruned !== null) !== own.isPruned) {
    throw new Refusal(
      `The sweep has ${study.pruned ? "a" : "no"} pruning, and this worker has not. Give both the same.`,
    );
  }
}

/** @throws Refusal when an engine has other last bits than the sweep's, and nobody asked for that */
export function checkVariant({ variant, anyVariant }: StudyRecord, own: string, isAsked: boolean): void {
  if (variant === own || anyVariant || isAsked) return;
  throw new Refusal(
    `The sweep is trained by ${variant}; this worker's engine is ${own}, and its last bits are others. --any-variant ` +
      "(anyVariant: true) lets it take part; each row then names its engine.",
  );
}
