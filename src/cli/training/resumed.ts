import { tokenizerFromJson } from "../../data/index.js";
import { ArgumentError, FormatError } from "../../index.js";
import { newestCheckpoint } from "../../node.js";
import { loadSaved, preprocessingOf, type SavedModel } from "../runs/saved.js";
import { flagOf, type Table } from "../settings/setting.js";
import { commonSettings, modelSettings, type Settings } from "../settings/table.js";
import { type DataOptions, dataNames, fingerprint, isFolder, type LoadedData } from "./load-data.js";
import { isEndless } from "./schedules.js";

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

/** Options that read a text or a series as a model's was; undefined for other models. */
export function sequenceOptions({ tokenizer, series, settings }: SavedModel["metadata"]): DataOptions | undefined {
  if (tokenizer) return { savedTokenizer: tokenizerFromJson(tokenizer), context: settings?.context };
  return series && { window: series.window, horizon: series.horizon, features: series.columns };
}

/** Options that read the data as the checkpoint had them. */
export function dataOptions(given: string, target: string | undefined, saved: SavedModel): DataOptions {
  const { metadata, model } = saved;
  const ordered = sequenceOptions(metadata);
  if (ordered) return { ...ordered, ...(metadata.series && { target: target ?? metadata.targetName }) };
  const isSample = dataNames.some((name) => name === given);
  const { featureNames, classNames, targetName } = metadata;
  if (model.preprocessing && !isSample) return { preprocessing: preprocessingOf(saved), target };
  const { imageSize } = metadata.settings ?? {};
  if (isFolder(given)) return { imageSize };
  return { featureNames, classNames, target: target ?? (isSample ? undefined : targetName), imageSize };
}

/**
 * Settings and seed that a run was begun with; only for how many epochs it goes on may be changed, where its schedule
 * doesn't depend on them.
 *
 * @throws ArgumentError when the data aren't those of before, or an option contradicts the settings
 */
export function settingsOf(
  { metadata }: SavedModel,
  loaded: LoadedData,
  asked: Partial<Settings> & { seed?: number },
): { settings: Settings; seed: number } {
  const settings = metadata.settings!;
  const { seed, fingerprint: before } = metadata.split;
  if (fingerprint(loaded) !== before) {
    throw new ArgumentError(
      `--resume: ${loaded.data.name} isn't the data that the checkpoint was trained on (${metadata.data}).`,
    );
  }
  const begun: Record<string, unknown> = { ...settings, seed };
  const table: Table = { ...modelSettings, seed: commonSettings.seed };
  for (const [name, { kind }] of Object.entries(table)) {
    const value: unknown = asked[name as keyof typeof asked];
    if (value === undefined || (name === "epochs" && isEndless(settings.schedule))) continue;
    const [was, is] = [begun[name], value].map((each) => (each === undefined ? "left out" : kind.format(each)));
    if (was === is) continue;
    throw new ArgumentError(
      `--resume goes on with the settings the run was begun with: ${name} was ${was}, not ${is}. ` +
        `Leave ${flagOf(table, name)} out.`,
    );
  }
  return { settings: { ...settings, epochs: asked.epochs ?? settings.epochs }, seed };
}
