import { FormatError } from "../core/errors.js";
import { formatShape, type Shape, sameShape } from "../core/shape.js";
import { type LayerConfig, layerFromConfig } from "../layers/index.js";
import { type Loss, lossFromConfig, lossNames } from "../losses/index.js";
import { Model, type Parameter, type SavedTraining } from "../model/model.js";
import { type Optimizer, optimizerFromConfig, optimizerNames } from "../optimizers/index.js";
import { type Schedule, scheduleFromConfig } from "../schedules/index.js";
import { decodeSafetensors, encodeSafetensors } from "./safetensors.js";

/** A saved model: what it is, as JSON, and its numbers, as safetensors. */
export interface ModelFiles {
  json: string;
  safetensors: Uint8Array<ArrayBuffer>;
}

const FORMAT = "neuromotor-model";
const VERSION = 1;
const STATE = "optimizer.";

interface ModelJson {
  format: typeof FORMAT;
  version: number;
  input: number[];
  seed: number;
  layers: LayerConfig[];
  training?: TrainingJson;
  metadata: Record<string, unknown>;
}

interface TrainingJson {
  loss?: Loss["config"];
  optimizer?: Optimizer["config"];
  schedule?: Schedule["config"];
  scheduleState?: unknown;
  learningRate: number;
  metrics?: string[];
  epoch: number;
  step: number;
}

/**
 * A model as the contents of its two files. Optimizer state, where `training` has any, goes among the tensors under
 * `optimizer.<parameter>`.
 *
 * @throws ArgumentError when a layer is a function of the user's own, which JSON can't hold
 */
export function encodeModel(model: Model, training?: SavedTraining): ModelFiles {
  const json: ModelJson = {
    format: FORMAT,
    version: VERSION,
    input: [...model.input],
    seed: model.seed,
    layers: model.configs(),
    ...(training && { training: describeTraining(training) }),
    metadata: model.metadata,
  };
  const tensors = new Map<string, Parameter & { dtype: "f32" }>();
  for (const [name, parameter] of model.parameters()) tensors.set(name, { dtype: "f32", ...parameter });
  for (const [name, parameter] of training?.state ?? []) tensors.set(STATE + name, { dtype: "f32", ...parameter });
  return { json: `${JSON.stringify(json, null, 2)}\n`, safetensors: encodeSafetensors(tensors, { format: FORMAT }) };
}

/**
 * The model that two files hold, with its parameters; `model.training` has what a Trainer continues from.
 *
 * @param name - for messages
 * @throws FormatError when either is damaged, of another format or of a newer version, or they don't fit each other
 */
export function decodeModel({ json, safetensors }: ModelFiles, name = "model"): Model {
  const description = parseDescription(json, name);
  const { tensors } = decodeSafetensors(safetensors, `${name}: the safetensors file`);
  const stored = new Map<string, Parameter>();
  for (const [key, { dtype, shape, values }] of tensors) {
    if (dtype !== "f32") throw new FormatError(`${name}: ${key} is ${dtype}, parameters are f32.`);
    stored.set(key, { shape, values: values as Parameter["values"] });
  }
  const model = buildModel(description, stored, name);
  const expected = model.parameters();
  const state = new Map<string, Parameter>();
  for (const [key, parameter] of stored) {
    const own = key.startsWith(STATE) ? key.slice(STATE.length) : "";
    if (expected.has(own)) state.set(own, parameter);
    else if (!expected.has(key)) {
      throw new FormatError(`${name}: the safetensors file has "${key}", which this model doesn't. Is it another's?`);
    }
  }
  checkState(state, expected, name);
  if (description.training) {
    model.training = { ...restoreTraining(description.training, name), ...(state.size > 0 && { state }) };
  }
  model.metadata = description.metadata ?? {};
  return model;
}

function describeTraining({ loss, optimizer, schedule, state, kept, ...rest }: SavedTraining): TrainingJson {
  return { loss: loss?.config, optimizer: optimizer?.config, schedule: schedule?.config, ...rest };
}

/** Loss, optimizer and schedule by their names. One of the user's own has none here: a Trainer must be given it again. */
function restoreTraining({ loss, optimizer, schedule, ...rest }: TrainingJson, name: string): SavedTraining {
  if (schedule !== undefined && typeof schedule?.schedule !== "string") {
    throw new FormatError(`${name}: model.json has a schedule without a name.`);
  }
  try {
    return {
      ...rest,
      loss: loss && lossNames.includes(loss.loss) ? lossFromConfig(loss) : undefined,
      optimizer: optimizer && optimizerNames.includes(optimizer.optimizer) ? optimizerFromConfig(optimizer) : undefined,
      schedule: schedule && scheduleFromConfig(schedule),
    };
  } catch (cause) {
    throw Object.assign(new FormatError(`${name}: model.json can't be used: ${(cause as Error).message}`), { cause });
  }
}

function parseDescription(json: string, name: string): ModelJson {
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
  if (parsed.version !== VERSION) {
    throw new FormatError(
      `${name}: the model has format version ${parsed.version}, this release reads ${VERSION}. Update neuromotor.`,
    );
  }
  if (!Array.isArray(parsed.layers)) throw new FormatError(`${name}: model.json has no list of layers.`);
  const { training, metadata } = parsed;
  const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
  const isRate = (value: unknown) => Number.isFinite(value) && (value as number) > 0;
  const isWhole = training && isCount(training.epoch) && isCount(training.step) && isRate(training.learningRate);
  if (training !== undefined && !isWhole) {
    throw new FormatError(`${name}: model.json has a training record without numbers of epochs and steps and a rate.`);
  }
  if (metadata !== undefined && (typeof metadata !== "object" || metadata === null || Array.isArray(metadata))) {
    throw new FormatError(`${name}: the metadata in model.json must be an object.`);
  }
  return parsed;
}

/** The model with the stored parameters. They are asked for by shape, so that a damaged size allocates nothing. */
function buildModel({ input, seed, layers }: ModelJson, stored: ReadonlyMap<string, Parameter>, name: string): Model {
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
    return new Model({ input, seed }, layers.map(layerFromConfig), draws);
  } catch (cause) {
    if (cause instanceof FormatError) throw cause;
    throw Object.assign(new FormatError(`${name}: model.json can't be built: ${(cause as Error).message}`), { cause });
  }
}

/** State is [moments, ...parameter], for every parameter or for none, the same moments for all. */
function checkState(state: Map<string, Parameter>, expected: Map<string, Parameter>, name: string): void {
  if (state.size === 0) return;
  const moments = new Set<number>();
  for (const [key, { shape }] of expected) {
    const own = state.get(key);
    if (!own || own.shape.slice(1).join() !== shape.join()) {
      throw new FormatError(`${name}: the optimizer's state of ${key} is missing or has another shape.`);
    }
    if (!own.values.every(Number.isFinite)) throw new FormatError(`${name}: the state of ${key} has NaN or infinity.`);
    moments.add(own.shape[0]);
  }
  if (moments.size > 1) throw new FormatError(`${name}: the optimizer's states keep different numbers of moments.`);
}
