import { ArgumentError } from "../core/errors.js";
import type { Monitored, ScoreNames } from "../core/monitor.js";

/** Result of an epoch, as a schedule sees it. */
export interface FollowedEpoch extends Monitored {
  /** Counts from 1. */
  readonly epoch: number;
}

/** The learning rate of each epoch, or of each step. */
export interface Schedule {
  readonly config: { schedule: string } & Record<string, unknown>;
  /** Unit of the schedule's positions; epochs by default. */
  readonly per?: "epoch" | "step";
  /**
   * @param place - 0, 1, ...: epochs or steps done before, over all calls of `fit`
   * @param initial - the optimizer's own rate
   * @param state - what `follow` returned last; absent before
   */
  learningRate(place: number, initial: number, state?: unknown): number;
  /** @throws ArgumentError when it goes by a score that a training with these doesn't have */
  checkScores?(scores: ScoreNames): void;
  /**
   * For schedules that go by results: what is to be remembered once an epoch is over, as JSON. The trainer keeps it, and
   * saves it with the model, so that one schedule may serve several trainers.
   *
   * @param scores - names of the epoch's scores, with which way each gets better, where it says so
   */
  follow?(state: unknown, epoch: FollowedEpoch, scores: ScoreNames): unknown;
}

/** Options that most schedules take. */
export interface Pace {
  /** Unit of lengths: epochs (default), or training steps. */
  per?: "epoch" | "step";
}

/** A schedule whose places count what `per` says. @throws ArgumentError when that is neither epochs nor steps */
export function paced(
  { per = "epoch" }: Pace,
  config: Schedule["config"],
  learningRate: Schedule["learningRate"],
): Schedule {
  if (per === "epoch") return { config, learningRate };
  if (per !== "step") throw new ArgumentError(`${config.schedule}: per must be "epoch" or "step", got "${per}".`);
  return { config: { ...config, per }, per, learningRate };
}
