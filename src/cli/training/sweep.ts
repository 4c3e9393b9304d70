import { nearestName } from "../../core/options.js";
import {
  ArgumentError,
  type Backend,
  type Configuration,
  type Journal,
  medianPruning,
  type Pruning,
  type Sweep,
  type SweepQueue,
  type SweepRun,
  successiveHalving,
  sweep,
  Trainer,
  type Trial,
} from "../../index.js";
import { settingsFor } from "../settings/resolve.js";
import { askedBy, type TextSpace } from "../settings/search.js";
import { optionsTo, type Settings } from "../settings/table.js";
import { factsOf, type LoadedData } from "./load-data.js";
import { planTraining, setupFor } from "./plan.js";
import { callbacksFor } from "./train.js";

/** Ways to find the trials of a sweep. */
export const methods = ["tpe", "random", "sobol"] as const;
/** Ways to end trials early. */
export const prunings = ["none", "median", "halving"] as const;

const pruningBy: Record<(typeof prunings)[number], () => Pruning | undefined> = {
  none: () => undefined,
  median: () => medianPruning(),
  halving: () => successiveHalving(),
};

/** A sweep as it was asked for. */
export interface SweepPlan {
  space: TextSpace;
  method: (typeof methods)[number];
  pruning: (typeof prunings)[number];
  trials: number;
  group: number;
  repeats: number;
  /** Names of scores, and "parameters" and "seconds"; the first decides where it is alone. */
  objectives: readonly string[];
  seed: number;
  /** Settings that all trials have, as they were asked for. */
  asked: Partial<Settings> & { preset?: string };
}

/** The share of rows that trials are ranked by, where none is asked for. */
const VALIDATION = 0.2;

/** Settings of a trial; of all trials for an empty configuration. */
export function settingsOfTrial(
  loaded: LoadedData,
  { asked }: Pick<SweepPlan, "asked">,
  configuration: Configuration,
): Settings {
  const settingsOf = (more: Partial<Settings>) =>
    settingsFor(factsOf(loaded), { validation: VALIDATION, ...asked, ...more });
  const varied = askedBy(configuration);
  const { optimizer } = varied;
  // An optimizer comes with a rate that suits it; else the rest is as without a search.
  const { learningRate } = settingsOf(optimizer === undefined ? {} : { optimizer });
  return { ...settingsOf({}), learningRate, ...varied };
}

/** Figures that every training has, beside the scores of its kind. */
const FIGURES = ["loss", "parameters", "seconds"];

/** @throws ArgumentError when a score is asked for that these trainings don't have, or along with what it doesn't go with */
export function checkObjectives(
  loaded: LoadedData,
  plan: Pick<SweepPlan, "asked" | "seed" | "objectives" | "repeats" | "pruning">,
): void {
  if (plan.pruning !== "none" && (plan.objectives.length > 1 || plan.repeats > 1)) {
    throw new ArgumentError(
      "--pruning goes by one score of one training. Leave it out, or --repeats and all but one --objective.",
    );
  }
  if (plan.objectives.every((each) => FIGURES.includes(each))) return;
  const known = [...FIGURES, ...planTraining(loaded, settingsOfTrial(loaded, plan, {}), plan.seed).metrics];
  const other = plan.objectives.find((each) => !known.includes(each));
  if (other === undefined) return;
  const near = nearestName(other, known);
  throw new ArgumentError(
    `--objective: these trainings have no score "${other}".${near ? ` Did you mean ${near}?` : ""} They have ${known.join(", ")}.`,
  );
}

/**
 * All that a sweep's trainings have in common.
 *
 * @throws ArgumentError or DataError when settings don't fit the data
 */
export function workOf(
  loaded: LoadedData,
  plan: Pick<SweepPlan, "asked" | "seed" | "pruning" | "objectives">,
  device: Backend,
) {
  const settings = settingsOfTrial(loaded, plan, {});
  const { scaled } = planTraining(loaded, settings, plan.seed);
  const build = ({ seed: own, repeat, ...configuration }: Trial): Trainer => {
    const trial = settingsOfTrial(loaded, plan, configuration);
    const { model, ...setup } = setupFor(scaled.train, trial, own, loaded);
    return new Trainer(model, { device, ...setup });
  };
  const fit = {
    ...optionsTo(settings, "fit"),
    validation: scaled.validation,
    callbacks: () => callbacksFor(settings),
  };
  return { data: scaled.train, build, fit, pruning: pruningBy[plan.pruning](), objective: plan.objectives[0] };
}

/** Trains the trials, those of a group side by side. @throws ArgumentError or DataError when settings don't fit the data */
export function sweepOn(
  loaded: LoadedData,
  plan: SweepPlan,
  device: Backend,
  { journal, queue, onTrial }: { journal?: Journal; queue?: SweepQueue; onTrial?(run: SweepRun): unknown } = {},
): Promise<Sweep> {
  const { space, method, trials, group, repeats, objectives, seed } = plan;
  const { data, build, fit, pruning } = workOf(loaded, plan, device);
  return sweep(data, build, {
    [method === "tpe" ? "search" : method]: space,
    trials,
    group,
    repeats,
    objectives,
    seed,
    fit,
    ...(pruning && { pruning }),
    ...(journal && { journal }),
    ...(queue && { queue }),
    ...(onTrial && { onTrial }),
  });
}
