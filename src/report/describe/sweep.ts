import { ArgumentError } from "../../core/errors.js";
import { type Better, directionOf, type Monitor } from "../../core/monitor.js";
import { optionsOf } from "../../core/options.js";
import type { Sweep, SweepRun } from "../../sweep/runs.js";
import type { Search, SearchTrial } from "../run.js";
import type { DescribeSweepOptions } from "./options.js";

/** See `describeSweep`. */
export function searchOf(sweep: Sweep, options: DescribeSweepOptions): Search {
  const { name, command, objectives, part } = optionsOf("describeSweep", options, {
    name: undefined,
    command: undefined,
    objectives: [{ monitor: "loss" }] as readonly Monitor[],
    part: "validation" as const,
  });
  if (typeof name !== "string") throw new ArgumentError('describeSweep: needs a name, such as { name: "iris" }.');
  const trials = trialsOf(sweep.runs);
  const scores = new Set(sweep.runs.flatMap((run) => Object.keys(run.scores ?? {})));
  const configurations = trials.map(([{ configuration }]) => configuration);
  const settings = [...new Set(configurations.flatMap(Object.keys))].filter(
    (setting) => new Set(configurations.map((each) => JSON.stringify(each[setting]))).size > 1,
  );
  return {
    kind: "search",
    name,
    ...(command !== undefined && { command }),
    objectives: objectives.map((each) => ({
      score: each.monitor,
      better: directionFor(each, scores) === 1 ? "lower" : "higher",
      ...(!COUNTS.has(each.monitor) && { part }),
    })),
    settings: settings.map((setting) => {
      const values = configurations.map((each) => each[setting]);
      if (values.every((value) => typeof value === "number")) return { name: setting };
      return { name: setting, choices: [...new Set(values.map(textOf))] };
    }),
    trials: trials.map((runs, number) => trialOf(runs, number, settings, objectives)),
  };
}

/** Figures that are of no part of the data. */
const COUNTS: ReadonlySet<string> = new Set(["parameters", "seconds"]);

/** Runs of each configuration: its repeats follow each other. */
function trialsOf(runs: readonly SweepRun[]): SweepRun[][] {
  const trials: SweepRun[][] = [];
  for (const run of runs) {
    if (run.repeat === 0) trials.push([run]);
    else trials.at(-1)!.push(run);
  }
  return trials;
}

/** Which way figures get better that need no metric to say so. */
const KNOWN: Readonly<Record<string, Better>> = {
  loss: "lower",
  accuracy: "higher",
  r2: "higher",
  parameters: "lower",
  seconds: "lower",
};

const directionFor = (objective: Monitor, scores: ReadonlySet<string>): 1 | -1 =>
  directionOf(
    "describeSweep",
    objective,
    new Map([...scores, "parameters", "seconds"].map((score) => [score, KNOWN[score]])),
  );

const textOf = (value: unknown): string => (typeof value === "string" ? value : (JSON.stringify(value) ?? "–"));

const meanOf = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

function trialOf(
  runs: readonly SweepRun[],
  number: number,
  settings: readonly string[],
  objectives: readonly { monitor: string }[],
): SearchTrial {
  const [{ configuration }] = runs;
  const isLost = runs.some(({ scores }) => !scores);
  const values = objectives.map(({ monitor }) =>
    meanOf(
      runs.map((run) =>
        COUNTS.has(monitor)
          ? run[monitor as "parameters"]
          : ((run.scores as Record<string, number> | undefined)?.[monitor] ?? Number.NaN),
      ),
    ),
  );
  const course = courseOf(runs, objectives[0].monitor);
  return {
    number,
    settings: Object.fromEntries(
      settings.map((name) => {
        const value = configuration[name];
        return [name, typeof value === "number" ? value : textOf(value)];
      }),
    ),
    ...(!isLost && { values }),
    state: isLost ? "diverged" : runs.some(({ state }) => state === "pruned") ? "pruned" : "done",
    ...(course.length > 0 && { course }),
    seconds: Math.max(...runs.map(({ seconds }) => seconds)),
  };
}

/** A score by epoch, the mean of the runs as far as all went: of the validation part where there is one. */
function courseOf(runs: readonly SweepRun[], monitor: string): { epoch: number; value: number }[] {
  const all = runs.map(({ history }) =>
    (history?.epochs ?? []).flatMap((record) => {
      const value = ((record.validation ?? record) as unknown as Record<string, unknown>)[monitor];
      return typeof value === "number" && Number.isFinite(value) ? [{ epoch: record.epoch, value }] : [];
    }),
  );
  const length = Math.min(...all.map((each) => each.length));
  return Array.from({ length }, (_, i) => ({
    epoch: all[0][i].epoch,
    value: meanOf(all.map((each) => each[i].value)),
  }));
}
