import { ArgumentError, FormatError } from "../core/errors.js";
import { formatShape, type Shape, sameShape, sizeOf } from "../core/shape.js";
import type { LayerMakers } from "../layers/index.js";
import { checkSeed, type InputRange, Model, type Parameter } from "../model/model.js";
import { type Checksums, checkJson, checkSafetensors, uncheckable } from "./checksums.js";
import { checkDepth } from "./depth.js";
import { decodeSafetensors } from "./safetensors.js";
import { STRUCTURES } from "./structure.js";
import type { TrainingJson } from "./training.js";

/*
 * The files of a saved model, from their contents to the model without its training.
 */

/** A saved model: what it is, as JSON, and its numbers, as safetensors. */
export interface ModelFiles {
  json: string;
  safetensors: Uint8Array<ArrayBuffer>;
}

/** Options of `loadModel` and `decodeModel`. */
export interface LoadOptions {
  /**
   * Also read files without checksums, which other programs write, or a person who changes one by hand. Damage that leaves
   * them readable then isn't found.
   */
  unchecked?: boolean;
}

export const FORMAT = "neuromotor-model";
export const VERSION = 2;

const FIELDS = ["format", "version", "checksums", "inputRange", "seed", "training", "preprocessing", "metadata"];

export interface ModelJson {
  format: typeof FORMAT;
  version: number;
  /** Absent where another program wrote the files, or someone changed one by hand. */
  checksums?: Checksums;
  /** Of the training data. */
  inputRange?: InputRange;
  seed: number;
  training?: TrainingJson;
  preprocessing?: Record<string, unknown>;
  metadata: Record<string, unknown>;
}

/** A model's two files, read: what the one says, and the tensors of the other by name. */
export interface SavedModel {
  description: ModelJson;
  stored: ReadonlyMap<string, Parameter>;
}

/**
 * Reads a model's files, and checks each by itself.
 *
 * @param where - the caller, for messages
 * @param name - of the model, likewise
 * @throws FormatError when either is damaged, of another format or of a newer version
 * @throws ArgumentError where files isn't what encodeModel gives
 */
export function readFiles(where: string, files: ModelFiles, name: string): SavedModel {
  const { json, safetensors } = checkFiles(where, files);
  const description = parseDescription(json, name);
  const { tensors } = decodeSafetensors(safetensors, `${name}: the safetensors file`);
  if (description.checksums) checkSafetensors(safetensors, description.checksums, name);
  const stored = new Map<string, Parameter>();
  for (const [key, { dtype, shape, values }] of tensors) {
    if (dtype !== "f32") throw new FormatError(`${name}: ${key} is ${dtype}, parameters are f32.`);
    stored.set(key, { shape, values: values as Parameter["values"] });
  }
  return { description, stored };
}

/** @throws FormatError when the files say nothing of how they were written, and that wasn't allowed */
export function requireChecksums({ description }: SavedModel, unchecked: boolean, name: string): void {
  if (!description.checksums && !unchecked) throw uncheckable(name);
}

/** @throws ArgumentError when they aren't a text and bytes */
function checkFiles(where: string, files: ModelFiles): ModelFiles {
  if (typeof files?.json === "string" && files.safetensors instanceof Uint8Array) return files;
  throw new ArgumentError(
    `${where}: needs { json, safetensors } as encodeModel() gives them: the text of one file, the bytes of the other.`,
  );
}

function parseDescription(json: string, name: string): ModelJson {
  checkDepth(json, `${name}: model.json`);
  let parsed: ModelJson;
  try {
    parsed = JSON.parse(json);
  } catch (cause) {
    throw Object.assign(new FormatError(`${name}: model.json is not JSON (${(cause as Error).message}).`), { cause });
  }
  if (typeof parsed !== "object" || parsed === null || parsed.format !== FORMAT) {
    throw new FormatError(
      `${name}: model.json doesn't describe a neuromotor model. Give the folder saveModel() wrote.`,
    );
  }
  const known = STRUCTURES.get(parsed.version);
  if (!known) {
    throw new FormatError(
      `${name}: the model has format version ${parsed.version}, this release reads ${[...STRUCTURES.keys()].join(" and ")}. Update neuromotor.`,
    );
  }
  if (parsed.checksums) checkJson(json, name);
  for (const key of Object.keys(parsed)) {
    if (FIELDS.includes(key) || known.fields.includes(key)) continue;
    throw new FormatError(
      `${name}: model.json has "${key}", which this release doesn't know. It is damaged, or newer.`,
    );
  }
  const { metadata } = parsed;
  for (const [what, part] of Object.entries({ metadata, preprocessing: parsed.preprocessing })) {
    if (part !== undefined && (typeof part !== "object" || part === null || Array.isArray(part))) {
      throw new FormatError(`${name}: the ${what} in model.json must be an object.`);
    }
  }
  return parsed;
}

/** @throws FormatError when it isn't a range for each feature, or one for all */
function rangeOf({ low, high }: Partial<InputRange>, { input }: Model, name: string): InputRange {
  const isList = (list: unknown): list is number[] => Array.isArray(list) && list.every(Number.isFinite);
  if (isList(low) && isList(high) && low.length === high.length && [1, sizeOf(input)].includes(low.length)) {
    return { low, high };
  }
  throw new FormatError(`${name}: the inputRange in model.json must hold a low and a high number for each feature.`);
}

/**
 * The model of the files, without its training. Parameters are asked for by shape, so that a damaged size allocates nothing.
 *
 * @param makers - enough for the kinds of its layers
 * @throws FormatError when the files don't fit each other, or make no model
 */
export function buildModel({ description, stored }: SavedModel, name: string, makers: LayerMakers): Model {
  const draws = (key: string, shape: Shape) => {
    const found = stored.get(key);
    if (!found) throw new FormatError(`${name}: the parameter ${key} is missing from the safetensors file.`);
    if (!sameShape(found.shape, shape)) {
      const shapes = `${formatShape(shape)} in model.json and ${formatShape(found.shape)} in the safetensors file`;
      throw new FormatError(`${name}: ${key} is ${shapes}. Do both belong together?`);
    }
    if (!found.values.every(Number.isFinite)) throw new FormatError(`${name}: ${key} has values of NaN or infinity.`);
    return found.values;
  };
  try {
    const { seed, version } = description;
    checkSeed("sequential", seed);
    const model = new Model(STRUCTURES.get(version)!.read(description, name, makers), seed, draws);
    if (description.inputRange) model.inputRange = rangeOf(description.inputRange, model, name);
    model.preprocessing = description.preprocessing;
    model.metadata = description.metadata ?? {};
    return model;
  } catch (cause) {
    if (cause instanceof FormatError) throw cause;
    throw Object.assign(new FormatError(`${name}: model.json can't be built: ${(cause as Error).message}`), { cause });
  }
}
