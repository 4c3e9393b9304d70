import { ArgumentError, FormatError } from "../core/errors.js";
import { optionsOf } from "../core/options.js";
import { formatShape, type Shape, sameShape, sizeOf } from "../core/shape.js";
import { checkModel, checkSeed, type InputRange, Model, type Parameter, type SavedTraining } from "../model/model.js";
import { type Checksums, checkJson, checkSafetensors, checksumsFor, sealJson, uncheckable } from "./checksums.js";
import { checkDepth } from "./depth.js";
import { decodeSafetensors, encodeSafetensors } from "./safetensors.js";
import { describeStructure, STRUCTURES, type StructureJson } from "./structure.js";
import {
  checkTraining,
  describeTraining,
  restoreTraining,
  type TrainingJson,
  tensorsOf,
  tensorsTo,
} from "./training.js";

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

const FORMAT = "neuromotor-model";
const VERSION = 2;

const FIELDS = ["format", "version", "checksums", "inputRange", "seed", "training", "preprocessing", "metadata"];

interface ModelJson {
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

/**
 * A model as the contents of its two files. Optimizer state, where `training` has any, goes among the tensors under
 * `optimizer.<parameter>`, parameters that a callback kept under `kept.<parameter>`.
 *
 * @throws ArgumentError when a layer is a function of the user's own, which JSON can't hold
 */
export function encodeModel(model: Model, training?: SavedTraining): ModelFiles {
  checkModel("encodeModel", model);
  const structure = describeStructure(model);
  const tensors = new Map<string, Parameter & { dtype: "f32" }>();
  for (const [name, parameter] of [...model.parameters(), ...tensorsOf(training)]) {
    tensors.set(name, { dtype: "f32", ...parameter });
  }
  const safetensors = encodeSafetensors(tensors, { format: FORMAT });
  const json: ModelJson & StructureJson = {
    format: FORMAT,
    version: VERSION,
    checksums: checksumsFor(safetensors),
    ...(model.inputRange && { inputRange: model.inputRange }),
    seed: model.seed,
    ...structure,
    ...(training && { training: describeTraining(training) }),
    ...(model.preprocessing && { preprocessing: model.preprocessing }),
    metadata: model.metadata,
  };
  return { json: sealJson(`${JSON.stringify(json, null, 2)}\n`), safetensors };
}

/**
 * The model that two files hold, with its parameters; `model.training` has what a Trainer continues from.
 *
 * @param name - for messages
 * @throws FormatError when either is damaged, of another format or of a newer version, they don't fit each other, or they
 * have no checksums and `unchecked` isn't true
 * @throws ArgumentError where files isn't what encodeModel gives, or an option is unknown
 */
export function decodeModel(files: ModelFiles, name = "model", options: LoadOptions = {}): Model {
  const { unchecked } = optionsOf("decodeModel", options, { unchecked: false });
  const { json, safetensors } = checkFiles(files);
  const description = parseDescription(json, name);
  const { tensors } = decodeSafetensors(safetensors, `${name}: the safetensors file`);
  if (description.checksums) checkSafetensors(safetensors, description.checksums, name);
  const stored = new Map<string, Parameter>();
  for (const [key, { dtype, shape, values }] of tensors) {
    if (dtype !== "f32") throw new FormatError(`${name}: ${key} is ${dtype}, parameters are f32.`);
    stored.set(key, { shape, values: values as Parameter["values"] });
  }
  const model = buildModel(description, stored, name);
  const training = description.training && restoreTraining(description.training, name);
  const tensorsOfTraining = tensorsTo(stored, model.parameters(), name, training?.optimizer);
  if (training) model.training = { ...training, ...tensorsOfTraining };
  if (description.inputRange) model.inputRange = rangeOf(description.inputRange, model, name);
  model.preprocessing = description.preprocessing;
  model.metadata = description.metadata ?? {};
  // Other faults are told first: they say more.
  if (!description.checksums && !unchecked) throw uncheckable(name);
  return model;
}

/** @throws ArgumentError when they aren't a text and bytes */
function checkFiles(files: ModelFiles): ModelFiles {
  if (typeof files?.json === "string" && files.safetensors instanceof Uint8Array) return files;
  throw new ArgumentError(
    "decodeModel: needs { json, safetensors } as encodeModel() gives them: the text of one file, the bytes of the other.",
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
  const { training, metadata } = parsed;
  if (training !== undefined) checkTraining(training, name);
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

/** The model with the stored parameters. They are asked for by shape, so that a damaged size allocates nothing. */
function buildModel(description: ModelJson, stored: ReadonlyMap<string, Parameter>, name: string): Model {
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
    return new Model(STRUCTURES.get(version)!.read(description, name), seed, draws);
  } catch (cause) {
    if (cause instanceof FormatError) throw cause;
    throw Object.assign(new FormatError(`${name}: model.json can't be built: ${(cause as Error).message}`), { cause });
  }
}
