import { ArgumentError } from "../core/errors.js";
import { checkMonitor, type Monitor } from "../core/monitor.js";
import { checkCount, checkOptions, optionsOf } from "../core/options.js";
import { shown } from "../core/shown.js";
import type { Callback } from "../training/callbacks.js";
import { FIT, type FitOptions } from "../training/fit-options.js";
import type { Journal } from "./journal.js";
import type { Pruning } from "./pruning.js";
import type { SweepQueue } from "./queue.js";
import type { SweepRun, Trial } from "./runs.js";
import { checkSpace, type Space } from "./space.js";

/** A figure that trials are compared by: a score, "parameters" (how many the model has) or "seconds" (of its training). */
export type Objective = Monitor;

/** Options of `sweep`; one of `grid`, `random`, `sobol` and `search`. */
export interface SweepOptions extends Partial<Monitor> {
  /** All combinations of these values. */
  grid?: Readonly<Record<string, readonly unknown[]>>;
  /** So many configurations as `trials` says, each value drawn from its list or range. */
  random?: Space;
  /** The same, but spread more evenly: points of a Sobol sequence. */
  sobol?: Space;
  /** The same, but each group of trials is suggested by what those before it came to: see `study`. */
  search?: Space;
  /** The number of configurations that aren't a grid's; 20. */
  trials?: number;
  /** Trials that are suggested at a time, and trained side by side; 16. Without search or pruning it changes nothing. */
  group?: number;
  /** Trainings of each configuration, with seeds of their own; 1. */
  repeats?: number;
  /** Of the configurations, and of the first repeat; 0. */
  seed?: number;
  /** Ends trials that promise nothing: `medianPruning()`, `successiveHalving()`. */
  pruning?: Pruning;
  /**
   * Several figures to compare by, in the place of `monitor` and `mode`: names, or { monitor, mode }. "parameters" is the
   * number of the model's parameters, "seconds" the time of its training, by which no search can be repeated.
   */
  objectives?: readonly (string | Objective)[];
  /** Options of `fit` for each trainer; `callbacks` makes them anew for each. */
  fit?: Omit<FitOptions, "callbacks" | "resume"> & { callbacks?: (trial: Trial) => readonly Callback[] };
  /** Trains the best configuration once more, on the validation rows as well, for as many epochs as its first run. */
  refit?: boolean;
  /** Keeps trials as they end, and goes on with those that are there: `openJournal(path)` of "neuromotor/node", or its path. */
  journal?: Journal | string;
  /**
   * Has trials trained by other processes, with the bits that they have here: `openQueue(url)` of "neuromotor/node", or its
   * URL; each of these calls `sweepWorker`. Settings are numbers and texts then, and runs come without their models.
   */
  queue?: SweepQueue | string;
  /** After each training, in the order in which they end. */
  onTrial?(run: SweepRun): unknown;
}

/** A sweep begins each trial anew. */
const { resume, ...FIT_OF_TRIALS } = FIT;

/** @throws ArgumentError when options don't fit each other or are out of range */
export function checkSweep(given: SweepOptions) {
  const options = optionsOf("sweep", given, {
    grid: undefined,
    random: undefined,
    sobol: undefined,
    search: undefined,
    trials: 20,
    group: 16,
    repeats: 1,
    seed: 0,
    pruning: undefined,
    objectives: undefined,
    fit: {},
    refit: false,
    journal: undefined,
    queue: undefined,
    monitor: undefined,
    mode: undefined,
    onTrial: undefined,
  });
  const { grid, random, sobol, search, fit, seed, pruning, monitor, mode, repeats } = options;
  checkOptions("sweep: fit", fit, FIT_OF_TRIALS);
  if (fit.callbacks !== undefined && typeof fit.callbacks !== "function") {
    throw new ArgumentError(
      "sweep: callbacks must be a function that makes them for each trial: () => [earlyStopping()].",
    );
  }
  if ([grid, random, sobol, search].filter((each) => each !== undefined).length !== 1) {
    throw new ArgumentError(
      "sweep: needs either grid or random, sobol or search: grid: { rate: [0.001, 0.01] }, or random: { rate: { low: 1e-4, high: 0.1, log: true } }.",
    );
  }
  for (const [name, space] of Object.entries({ random, sobol, search })) if (space) checkSpace(name, space);
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new ArgumentError(`sweep: the seed must be a whole number from 0 to 2^53 - 1, got ${shown(seed)}.`);
  }
  checkCount("sweep: trials", options.trials);
  checkCount("sweep: group", options.group);
  checkCount("sweep: repeats", repeats);
  const objectives = objectivesOf(options.objectives, monitor, mode);
  if (pruning !== undefined && typeof pruning?.prunes !== "function") {
    throw new ArgumentError("sweep: pruning must be medianPruning(), successiveHalving(), or { prunes }.");
  }
  if (pruning && repeats > 1) {
    throw new ArgumentError(
      "sweep: pruning looks at single trainings: leave out repeats, and train the best ones with several seeds afterwards.",
    );
  }
  if (pruning && (objectives.length > 1 || NO_SCORES.has(objectives[0].monitor))) {
    throw new ArgumentError("sweep: pruning takes one score that each epoch has. Leave out objectives, or pruning.");
  }
  return { ...options, fit, objectives };
}

/** Objectives that aren't scores of a trainer. */
export const NO_SCORES: ReadonlySet<string> = new Set(["parameters", "seconds"]);

function objectivesOf(
  objectives: SweepOptions["objectives"],
  monitor: string | undefined,
  mode: Monitor["mode"],
): Objective[] {
  if (objectives === undefined) {
    const objective = { monitor: monitor ?? "loss", mode };
    checkMonitor("sweep", objective);
    return [objective];
  }
  if (!Array.isArray(objectives) || objectives.length === 0) {
    throw new ArgumentError('sweep: objectives must be a list such as ["accuracy", "parameters"].');
  }
  if (monitor !== undefined || mode !== undefined) {
    throw new ArgumentError("sweep: objectives stand in the place of monitor and mode. Leave those out.");
  }
  const all = objectives.map((each) => (typeof each === "string" ? { monitor: each } : each)) as Objective[];
  for (const each of all) {
    checkOptions<Objective>("sweep: objectives", each, { monitor: true, mode: true });
    checkMonitor("sweep", each);
  }
  if (new Set(all.map((each) => each.monitor)).size < all.length) {
    throw new ArgumentError("sweep: an objective stands twice.");
  }
  return all;
}
