import type { Dataset } from "../data/index.js";
import { sampleNames } from "../data/index.js";
import { ArgumentError, FormatError } from "../index.js";
import { newestCheckpoint } from "../node.js";
import { type DataOptions, fingerprint } from "./load-data.js";
import type { Settings } from "./presets.js";
import { loadSaved, type SavedModel } from "./saved.js";
import type { TrainingOptions } from "./training-options.js";

/**
 * The newest checkpoint that `train` wrote to a folder.
 *
 * @param checkpoints - the folder to write to, if one was given beside it
 * @throws ArgumentError when there is none; FormatError when it is damaged, or wasn't written by `train`
 */
export async function loadCheckpoint(folder: string, checkpoints: string | undefined): Promise<SavedModel> {
  if (checkpoints !== undefined && checkpoints !== folder) {
    throw new ArgumentError("--resume goes on writing to its own folder. Leave --checkpoint out.");
  }
  const newest = await newestCheckpoint(folder);
  if (newest === undefined) throw new ArgumentError(`--resume ${folder}: there is no checkpoint in it.`);
  const saved = await loadSaved(newest);
  if (typeof saved.metadata.settings !== "object" || !saved.model.training?.run) {
    throw new FormatError(`${newest}: it isn't a checkpoint that neuromotor train --checkpoint wrote.`);
  }
  return saved;
}

/** How the data are read as they were before. */
export function dataOptions(given: string, { target }: TrainingOptions, { metadata }: SavedModel): DataOptions {
  const isSample = sampleNames.some((name) => name === given);
  const { featureNames, classNames, targetName } = metadata;
  return { featureNames, classNames, target: target ?? (isSample ? undefined : targetName) };
}

/** Schedules that aren't made for a number of epochs. */
const ENDLESS = ["constant", "plateau"];

/**
 * Settings and seed that a run was begun with; only for how many epochs it goes on may be changed, where its schedule
 * doesn't depend on them.
 *
 * @throws ArgumentError when the data aren't those of before, or an option contradicts the settings
 */
export function settingsOf(
  { metadata }: SavedModel,
  data: Dataset,
  asked: Partial<Settings>,
  askedSeed: number | undefined,
): { settings: Settings; seed: number } {
  const settings = metadata.settings!;
  const { seed, fingerprint: before } = metadata.split;
  if (fingerprint(data) !== before) {
    throw new ArgumentError(
      `--resume: ${data.name} isn't the data that the checkpoint was trained on (${metadata.data}).`,
    );
  }
  for (const [name, value] of Object.entries({ ...asked, seed: askedSeed })) {
    const begun = { ...settings, seed }[name as "seed"];
    if (value === undefined || JSON.stringify(value) === JSON.stringify(begun)) continue;
    if (name === "epochs" && ENDLESS.includes(settings.schedule)) continue;
    throw new ArgumentError(
      `--resume goes on with the settings the run was begun with: ${name} was ${begun}, not ${value}. Leave it out.`,
    );
  }
  return { settings: { ...settings, epochs: asked.epochs ?? settings.epochs }, seed };
}
