import type { Search, SearchTrial } from "../../report/index.js";
import { Direction, State, type StoredTrial } from "../../sweep/index.js";
import { sweepSettings } from "../commands/sweep-settings.js";
import { commandLine, givenAlone } from "../settings/options.js";
import { askedOf } from "../settings/search.js";
import { type PageOptions, writePage } from "./page.js";
import { type KeptSweep, readSweep } from "./sweep.js";

/*
 * The page of a sweep's folder, from its journal: of a sweep that is over, that was stopped, or that goes on elsewhere.
 */

/** The sweep that a study's attribute tells of. */
interface Identity {
  /** Names with Optuna's distributions. */
  settings: readonly (readonly [name: string, distribution: string])[];
  objectives: readonly { monitor: string }[];
}

/** Attributes that Optuna gives a distribution of numbers or of choices. */
interface Distribution {
  attributes: { low?: number; log?: boolean; choices?: readonly unknown[] };
}

/** Figures that are of no part of the data. */
const COUNTS: ReadonlySet<string> = new Set(["parameters", "seconds"]);

/** Writes the page of a sweep's folder into it. @returns its path @throws ArgumentError when there is no sweep */
export async function writeSearchPage(folder: string, options: PageOptions): Promise<string> {
  const kept = await readSweep(folder);
  return writePage(searchOf(kept, folder), folder, options);
}

/** A sweep's journal as a page shows it. */
export function searchOf({ study, command: { data, options } }: KeptSweep, folder: string): Search {
  const { settings, objectives } = JSON.parse(study.attributes.neuromotor as string) as Identity;
  const trials = study.trials.flatMap((trial, number) => trialOf(trial, number));
  const asked = { ...askedOf(options, sweepSettings), trials: study.trials.length, out: folder };
  const isValidated = options.validation === undefined || Number(options.validation) > 0;
  return {
    kind: "search",
    name: data,
    command: commandLine("sweep", [data], sweepSettings, givenAlone<typeof sweepSettings>(asked)),
    objectives: objectives.map(({ monitor }, i) => ({
      score: monitor,
      better: study.directions[i] === Direction.max ? "higher" : "lower",
      ...(!COUNTS.has(monitor) && { part: isValidated ? "validation" : "train" }),
    })),
    settings: settings.map(([name, distribution]) => {
      const { low, log, choices } = (JSON.parse(distribution) as Distribution).attributes;
      if (choices) return { name, choices: choices.map(String) };
      return { name, isLogarithmic: log === true && low! > 0 };
    }),
    trials,
  };
}

/** A trial that is over; none that runs or waits. */
function trialOf(trial: StoredTrial, number: number): SearchTrial[] {
  const { state, parameters, values, intermediate, attributes } = trial;
  const ends: Partial<Record<number, SearchTrial["state"]>> = {
    [State.complete]: "done",
    [State.pruned]: "pruned",
    [State.failed]: "diverged",
  };
  const end = ends[state];
  if (!end) return [];
  const course = [...intermediate].sort(([a], [b]) => a - b).map(([epoch, value]) => ({ epoch, value }));
  const last = course.at(-1);
  const own = values ?? (end === "pruned" && last ? [last.value] : undefined);
  const runs = (attributes.runs as { seconds: number }[] | undefined) ?? [];
  return [
    {
      number,
      settings: Object.fromEntries(
        Object.entries(parameters).map(([name, value]) => [name, typeof value === "number" ? value : String(value)]),
      ),
      ...(own && end !== "diverged" && { values: own }),
      state: end,
      ...(course.length > 0 && { course }),
      ...(runs.length > 0 && { seconds: Math.max(...runs.map(({ seconds }) => seconds)) }),
    },
  ];
}
