import type { Monitor } from "../../core/monitor.js";
import type { Course } from "../../sweep/pruning.js";
import type { QueuedRun, QueuedTraining } from "../../sweep/queue.js";
import type { SweepRun, Trial } from "../../sweep/runs.js";
import { trainAll, type Work } from "../../sweep/train.js";
import { decodeKept, encodeKept } from "./kept.js";

/** Trainings that are to be carried out in one go. */
export interface Assignment {
  trainings: readonly QueuedTraining[];
  /** Courses of earlier trials, for pruning. */
  before: readonly Course[];
  /** Trainings that were under way elsewhere, by their places. */
  kept: readonly (Uint8Array | undefined)[];
}

/** Those who are told of an assignment's trainings, by their places. */
export interface Reports {
  onRun(place: number, run: QueuedRun): Promise<void>;
  /** Of one under way, as bytes by which another process goes on with it. */
  onKept(place: number, bytes: Uint8Array): Promise<void>;
}

/** Carries trainings out. Rejects with the signal's reason once it is aborted. */
export type CarryOut = (assignment: Assignment, reports: Reports, signal: AbortSignal) => Promise<void>;

/** Carries trainings out in this thread. @param pruned - the score that trials are pruned by */
export function carryingOut(
  { data, build, fit }: Pick<Work, "data" | "build" | "fit">,
  pruning: NonNullable<Work["watch"]>["pruning"] | undefined,
  pruned: Monitor | null,
): CarryOut {
  return async ({ trainings, before, kept }, { onRun, onKept }, signal) => {
    const watch = pruning && pruned && { pruning, objective: pruned, others: before, direction: directionBy(pruned) };
    const trials = trainings.map(({ number, configuration, ...seeds }): Trial => ({ ...configuration, ...seeds }));
    await trainAll(trials, {
      data,
      build,
      fit: { ...fit, signal },
      ...(watch && { watch }),
      onTrial: (run, place) => onRun(place, queuedRun(run)),
      keeper: {
        find: (place) => kept[place] && decodeKept(kept[place]),
        keep: (place, trainer, training) => onKept(place, encodeKept(trainer, training)),
      },
    });
  };
}

type Direction = NonNullable<Work["watch"]>["direction"];
const directionBy =
  ({ monitor, mode }: Monitor): Direction =>
  ({ scores }) =>
    (mode ?? (scores.get(monitor) === "higher" ? "max" : "min")) === "max" ? -1 : 1;

const queuedRun = ({ model, configuration, seed, repeat, ...run }: SweepRun): QueuedRun => run;
