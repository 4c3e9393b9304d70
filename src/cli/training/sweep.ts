import {
  type Backend,
  type Configuration,
  type Journal,
  medianPruning,
  type Pruning,
  type Sweep,
  type SweepRun,
  successiveHalving,
  sweep,
  Trainer,
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

/** Trains the trials, those of a group side by side. @throws ArgumentError or DataError when settings don't fit the data */
export function sweepOn(
  loaded: LoadedData,
  plan: SweepPlan,
  device: Backend,
  { journal, onTrial }: { journal?: Journal; onTrial?(run: SweepRun): unknown } = {},
): Promise<Sweep> {
  const { space, method, trials, group, seed } = plan;
  const settings = settingsOfTrial(loaded, plan, {});
  const { scaled } = planTraining(loaded, settings, seed);
  const pruning = pruningBy[plan.pruning]();
  return sweep(
    scaled.train,
    ({ seed: own, repeat, ...configuration }) => {
      const trial = settingsOfTrial(loaded, plan, configuration);
      const { model, ...setup } = setupFor(scaled.train, trial, own, loaded);
      return new Trainer(model, { device, ...setup });
    },
    {
      [method === "tpe" ? "search" : method]: space,
      trials,
      group,
      seed,
      fit: {
        ...optionsTo(settings, "fit"),
        validation: scaled.validation,
        callbacks: () => callbacksFor(settings),
      },
      ...(pruning && { pruning }),
      ...(journal && { journal }),
      ...(onTrial && { onTrial }),
    },
  );
}
