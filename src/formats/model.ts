import { optionsOf } from "../core/options.js";
import { layerMakers } from "../layers/index.js";
import { checkModel, type Model, type Parameter, type SavedTraining } from "../model/model.js";
import { checksumsFor, sealJson } from "./checksums.js";
import { encodeSafetensors } from "./safetensors.js";
import {
  buildModel,
  FORMAT,
  type LoadOptions,
  type ModelFiles,
  type ModelJson,
  readFiles,
  requireChecksums,
  VERSION,
} from "./saved-model.js";
import { describeStructure, type StructureJson } from "./structure.js";
import { checkTraining, describeTraining, restoreTraining, tensorsOf, tensorsTo } from "./training.js";

export type { LoadOptions, ModelFiles } from "./saved-model.js";

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
  const saved = readFiles("decodeModel", files, name);
  const { description, stored } = saved;
  if (description.training !== undefined) checkTraining(description.training, name);
  const model = buildModel(saved, name, layerMakers);
  const training = description.training && restoreTraining(description.training, name);
  const tensorsOfTraining = tensorsTo(stored, model.parameters(), name, training?.optimizer);
  if (training) model.training = { ...training, ...tensorsOfTraining };
  requireChecksums(saved, unchecked, name); // other faults are told first: they say more
  return model;
}
