import { ArgumentError } from "../core/errors.js";
import { directionOf, scoreOf } from "../core/monitor.js";
import type { Scores } from "../training/history.js";
import type { Trainer } from "../training/trainer.js";
import { NO_SCORES, type Objective } from "./options.js";
import { frontsOf, orderByFronts } from "./pareto.js";
import type { Course } from "./pruning.js";
import type { SweepRun, SweptConfiguration } from "./runs.js";
import type { Configuration } from "./space.js";
import type { Finished } from "./tpe.js";

/** A trial of a sweep with its runs, one for each repeat. */
export interface Entry {
  number: number;
  configuration: Configuration;
  runs: readonly SweepRun[];
  /** The watched score after each epoch: the mean over the runs, as far as all of them went. */
  course: readonly number[];
}

/** The figures that trials are compared by, as losses. Which way scores get better is known with the first trainer. */
export class Figures {
  #directions?: readonly (1 | -1)[];

  constructor(readonly objectives: readonly Objective[]) {}

  /** @throws ArgumentError when the trainer has no such score */
  learn({ scores }: Trainer): void {
    const found = this.objectives.map((each): 1 | -1 => {
      if (!NO_SCORES.has(each.monitor) || scores.has(each.monitor)) return directionOf("sweep", each, scores);
      return each.mode === "max" ? -1 : 1;
    });
    this.#directions ??= found;
    const other = found.findIndex((direction, i) => direction !== this.#directions![i]);
    if (other < 0) return;
    throw new ArgumentError(
      `sweep: the journal's study makes ${this.objectives[other].monitor} ${found[other] === 1 ? "large" : "small"}, and this ` +
        "sweep does the contrary. Give the same mode, or take another path.",
    );
  }

  /** Direction in which the first objective gets better: 1 where downwards. */
  get direction(): 1 | -1 {
    return this.directions[0];
  }

  get directions(): readonly (1 | -1)[] {
    return this.#directions ?? this.objectives.map(({ mode }) => (mode === "max" ? -1 : 1));
  }

  /** Directions that were learnt elsewhere. */
  set directions(directions: readonly (1 | -1)[]) {
    this.#directions ??= directions;
  }

  /** Means of the objectives over a trial's runs, as they are; undefined where one of these diverged. */
  valuesOf({ runs }: Pick<Entry, "runs">): number[] | undefined {
    if (!runs.every(({ scores }) => scores)) return undefined;
    return this.objectives.map(({ monitor }) => meanOf(runs.map((run) => figureOf(run, monitor))));
  }

  /** The same as losses. */
  lossesOf(entry: Pick<Entry, "runs">): number[] | undefined {
    return this.valuesOf(entry)?.map((value, i) => this.directions[i] * value);
  }

  /** A trial as a search sees it. */
  finished(entry: Entry): Finished {
    const isPruned = entry.runs.some(({ state }) => state === "pruned");
    const { configuration, course } = entry;
    const losses = this.lossesOf(entry);
    return { configuration, ...(losses && { losses }), ...(isPruned && { pruned: course.length }) };
  }

  /** A trial as a pruning sees it. */
  courseOf({ course, runs }: Entry): Course {
    return {
      losses: course.map((value) => this.direction * value),
      isComplete: runs.every(({ state }) => state === "done"),
    };
  }

  /** Trials, the best first, and those that none is better than in all objectives. */
  rank(entries: readonly Entry[]): { ranking: SweptConfiguration[]; front: SweptConfiguration[] } {
    const losses = entries.map((entry) => this.lossesOf(entry));
    const isOf = (state: SweepRun["state"]) => (i: number) => entries[i].runs.some((run) => run.state === state);
    const places = entries.map((_, i) => i);
    const diverged = places.filter((i) => !losses[i]);
    const pruned = places.filter((i) => losses[i] && isOf("pruned")(i));
    const done = places.filter((i) => losses[i] && !isOf("pruned")(i));
    const sorted = (all: number[]): number[] => {
      const own = all.map((i) => losses[i]!);
      if (this.objectives.length > 1) return orderByFronts(own).map((place) => all[place]);
      return [...all].sort((a, b) => Number(losses[a]![0] > losses[b]![0]) - Number(losses[a]![0] < losses[b]![0]));
    };
    pruned.sort((a, b) => entries[b].course.length - entries[a].course.length || losses[a]![0] - losses[b]![0]);
    const fronts = frontsOf(done.map((i) => losses[i]!));
    const swept = entries.map(({ configuration, runs }): SweptConfiguration => {
      const isDone = runs.every(({ state }) => state === "done");
      return {
        configuration,
        runs: [...runs],
        ...(isDone && { scores: meanScores(runs.map(({ scores }) => scores!)) }),
      };
    });
    return {
      ranking: [...sorted(done), ...pruned, ...diverged].map((i) => swept[i]),
      front: done.filter((_, place) => fronts[place] === 0).map((i) => swept[i]),
    };
  }
}

/** The course of runs that were trained here. @param monitor - the score that is watched */
export function courseOf(runs: readonly SweepRun[], monitor: string): number[] {
  const all = runs.map(({ history }) => {
    const epochs = history?.epochs ?? [];
    // A validation part counts where there is one, be it every so many epochs.
    return epochs.some(({ validation }) => validation) ? epochs.filter(({ validation }) => validation) : epochs;
  });
  const epochs = Math.min(...all.map(({ length }) => length));
  const scores = Array.from({ length: epochs }, (_, i) => meanOf(all.map((own) => scoreOf(own[i], monitor))));
  return scores.every((score) => Number.isFinite(score)) ? scores : [];
}

const figureOf = (run: SweepRun, monitor: string): number =>
  run.scores?.[monitor as "loss"] ?? (monitor === "parameters" ? run.parameters : run.seconds);

const meanOf = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

function meanScores(scores: readonly Scores[]): Scores {
  const names = Object.keys(scores[0]) as "loss"[];
  return Object.fromEntries(names.map((name) => [name, meanOf(scores.map((each) => each[name]))])) as unknown as Scores;
}
