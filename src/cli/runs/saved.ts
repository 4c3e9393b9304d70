import { sizeOf } from "../../core/shape.js";
import {
  type Dataset,
  Preprocessing,
  Standardiser,
  type StandardiserJson,
  type TokenizerJson,
  tokenizerFromJson,
} from "../../data/index.js";
import { FEATURES } from "../../data/preprocessing/preprocessing.js";
import { FormatError, type Model } from "../../index.js";
import { loadModel } from "../../node.js";
import { settingsFrom } from "../settings/resolve.js";
import type { Settings } from "../settings/table.js";
import { fingerprint, isOrdered, type LoadedData } from "../training/load-data.js";
import type { LoadedSeries } from "../training/load-series.js";
import type { SplitPlan, TargetScale } from "../training/parts.js";
import type { Plan } from "../training/plan.js";

/** Metadata that `train` saves with a model: everything that predicting from a CSV file needs. */
export interface ModelMetadata {
  task: "classification" | "regression" | "text";
  /** Name of the data set or file it was trained on. */
  data: string;
  featureNames: string[];
  /** Height, width and channels of the images it was trained on. */
  imageShape?: readonly number[];
  targetName: string;
  /** Classes in the order of their indices. */
  classNames?: string[];
  /** Scale of the target, for numbers. */
  target?: TargetScale;
  standardiser?: StandardiserJson;
  /** Of a text: how it becomes tokens. */
  tokenizer?: TokenizerJson;
  /** Of windows over a series. */
  series?: Omit<LoadedSeries, "filled">;
  /** Settings of the training; models of older releases may have none. */
  settings?: Settings;
  /** The split of the data, to find the held-out rows again. */
  split: SplitPlan & { fingerprint: string };
}

export interface SavedModel {
  model: Model;
  metadata: ModelMetadata;
  standardiser: Standardiser | undefined;
}

/** Names of features, target and classes; features and targets without names are counted. */
export const namesOf = ({ shape, featureNames, targetName = "target", classNames }: Dataset) => ({
  featureNames: [...(featureNames ?? Array.from({ length: sizeOf(shape) }, (_, i) => `feature ${i}`))],
  targetName,
  ...(classNames && { classNames: [...classNames] }),
});

/** Metadata of a model that is trained by a plan. */
export function metadataOf(
  loaded: LoadedData,
  { parts, scaled, settings, seed, target, standardiser }: Plan,
): ModelMetadata {
  const { data, text, series } = loaded;
  return {
    task: text ? "text" : parts.train.classNames ? "classification" : "regression",
    data: data.name,
    ...namesOf(data),
    featureNames: namesOf(scaled.train).featureNames,
    ...(data.shape.length === 3 && { imageShape: data.shape }),
    ...(text && { tokenizer: text.tokenizer.toJSON() }),
    ...(series && { series: { columns: series.columns, window: series.window, horizon: series.horizon } }),
    ...(target && { target }),
    ...(standardiser && { standardiser: standardiser.toJSON() }),
    settings,
    split: {
      test: settings.test,
      validation: settings.validation,
      ...(settings.maxRows !== undefined && { maxRows: settings.maxRows }),
      ...(isOrdered(loaded) && { ordered: true }),
      seed,
      fingerprint: fingerprint(loaded),
    },
  };
}

/** A model that `neuromotor train --out` saved. @throws FormatError when it is damaged, or was saved otherwise */
export async function loadSaved(directory: string): Promise<SavedModel> {
  const model = await loadModel(directory);
  const metadata = model.metadata as unknown as ModelMetadata;
  const problem = findProblem(metadata, model);
  if (problem) {
    throw new FormatError(
      `${directory}: the metadata in model.json ${problem}. Give a folder that neuromotor train --out wrote.`,
    );
  }
  const standardiser = metadata.standardiser && Standardiser.fromJSON(metadata.standardiser);
  metadata.settings &&= settingsFrom(metadata.settings as Readonly<Record<string, unknown>>, directory);
  if (standardiser && standardiser.mean.length !== metadata.featureNames.length) {
    throw new FormatError(
      `${directory}: the standardiser is for ${standardiser.mean.length} features, not the model's.`,
    );
  }
  return { model, metadata, standardiser };
}

/** Preprocessing of raw rows for the model: the one it keeps, or for samples and older releases, scaling of numbers. */
export function preprocessingOf({ model, metadata, standardiser }: SavedModel): Preprocessing {
  if (model.preprocessing) return Preprocessing.fromJSON(model.preprocessing);
  const { featureNames, classNames, target, targetName } = metadata;
  const entries = featureNames.map((name, i) => {
    const state = standardiser && [{ shift: standardiser.mean[i], scale: standardiser.deviation[i] }];
    return { columns: [name], names: [name], steps: state ? [{ step: "standardise", options: {}, state }] : [] };
  });
  const reading = { kind: "number" };
  return Preprocessing.fromJSON({
    columns: featureNames.map((name) => ({ name, reading, required: true })),
    inputs: { [FEATURES]: { entries } },
    target: classNames
      ? { kind: "classes", name: targetName, classNames }
      : { kind: "numbers", names: [targetName], mean: [target!.mean], deviation: [target!.deviation] },
  });
}

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
const areNames = (value: unknown): value is string[] =>
  Array.isArray(value) && value.length > 0 && value.every(isText) && new Set(value).size === value.length;

const TASKS: readonly unknown[] = ["classification", "regression", "text"] satisfies ModelMetadata["task"][];

function tokenizerProblem({ tokenizer }: ModelMetadata, output: readonly number[]): string | undefined {
  try {
    const { size } = tokenizerFromJson(tokenizer!);
    return size === output.at(-1) ? undefined : `has a tokenizer of ${size} tokens for ${output.at(-1)} outputs`;
  } catch {
    return "has no tokenizer";
  }
}

function findProblem(metadata: ModelMetadata, { input, output }: Model): string | undefined {
  const { task, featureNames, imageShape, targetName, classNames, target, split, data } = metadata;
  if (!TASKS.includes(task)) return `doesn't say the task`;
  if (!areNames(featureNames) || featureNames.length !== sizeOf(input)) {
    return `doesn't name the model's ${input.join(" x ")} features`;
  }
  if (imageShape && !(Array.isArray(imageShape) && imageShape.length === 3 && sizeOf(imageShape) === sizeOf(input))) {
    return "gives images another shape than the model's input";
  }
  if (!isText(targetName)) return "doesn't name the target";
  if (!isText(data) || !isText(split?.fingerprint)) return "doesn't say what the model was trained on";
  if (![split.test, split.validation].every((part) => part >= 0 && part < 1) || !Number.isSafeInteger(split.seed)) {
    return "doesn't say how the data were split";
  }
  if (task === "text") return tokenizerProblem(metadata, output);
  if (task === "classification") {
    if (!areNames(classNames)) return "doesn't name the classes";
    const outputs = output[0];
    if (outputs !== classNames.length && !(outputs === 1 && classNames.length === 2)) {
      return `names ${classNames.length} classes for ${outputs} outputs`;
    }
    return undefined;
  }
  const scales = target?.each ?? [target];
  if (output[0] !== scales.length) {
    return `is for ${scales.length === 1 ? "one number" : `${scales.length} numbers`}, but the model puts out ${output[0]}`;
  }
  const isScale = (scale: TargetScale | undefined) =>
    Number.isFinite(scale?.mean) && Number.isFinite(scale?.deviation) && scale!.deviation > 0;
  return scales.every(isScale) ? undefined : "doesn't give the target's scale";
}
