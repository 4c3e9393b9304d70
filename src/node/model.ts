import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ArgumentError, FormatError } from "../core/errors.js";
import { checkArgument, optionsOf } from "../core/options.js";
import { decodeModel, encodeModel, type LoadOptions, type ModelFiles } from "../formats/model.js";
import { checkModel, type Model } from "../model/model.js";
import { Trainer } from "../training/trainer.js";
import { atomicWrite } from "./atomic-write.js";
import { makeFolder } from "./make-folder.js";
import { finishWriting } from "./write-together.js";

/** The files of a saved model. */
export const JSON_FILE = "model.json";
export const TENSORS_FILE = "model.safetensors";

/** Options of `saveModel`. */
export interface SaveOptions {
  /** Also save the optimizer's state, so that training goes on exactly where it was; doubles or triples the size. */
  optimizer?: boolean;
}

/**
 * Writes `directory/model.json` and `directory/model.safetensors`. Each file is written beside its place and renamed,
 * so that an interrupted save leaves no half-written file; checksums tell files apart that don't belong together.
 *
 * @throws ArgumentError when the model contains a function of the user's own, or state is asked of a bare model
 */
export async function saveModel(source: Trainer | Model, directory: string, options: SaveOptions = {}): Promise<void> {
  const { optimizer } = optionsOf("saveModel", options, { optimizer: false });
  checkFolder("saveModel", directory);
  let files: ModelFiles;
  if (source instanceof Trainer) {
    await source.sync();
    files = encodeModel(source.model, await source.training(optimizer));
  } else {
    if (optimizer) throw new ArgumentError("saveModel: a bare model has no optimizer state. Give it the trainer.");
    checkModel("saveModel", source);
    files = encodeModel(source, source.training);
  }
  await makeFolder(directory);
  await atomicWrite(join(directory, TENSORS_FILE), files.safetensors);
  await atomicWrite(join(directory, JSON_FILE), files.json);
}

/** @throws ArgumentError when it isn't the path of a folder */
export function checkFolder(where: string, directory: string): void {
  const isPath = typeof directory === "string" && directory !== "" && !directory.includes("\0");
  checkArgument(where, 'the path of a folder, such as "model"', directory, isPath);
}

/**
 * Reads a model that `saveModel` wrote, or a checkpoint. `new Trainer(model, { device })` predicts with it, or trains it
 * further with the loss and optimizer it was saved with.
 *
 * @throws FormatError when a file is missing, damaged, or doesn't belong to the other, or there are no checksums
 * @throws ArgumentError when `directory` isn't the path of a folder
 */
export async function loadModel(directory: string, options: LoadOptions = {}): Promise<Model> {
  checkFolder("loadModel", directory);
  await finishWriting(directory);
  const [json, safetensors] = await Promise.all(
    [JSON_FILE, TENSORS_FILE].map((file) =>
      readFile(join(directory, file)).catch((cause: NodeJS.ErrnoException) => {
        const reason = cause.code === "ENOENT" || cause.code === "ENOTDIR" ? "there is no such file" : cause.message;
        throw Object.assign(
          new FormatError(`${join(directory, file)}: ${reason}. Give the folder that saveModel() wrote.`),
          { cause },
        );
      }),
    ),
  );
  return decodeModel({ json: json.toString("utf8"), safetensors: new Uint8Array(safetensors) }, directory, options);
}
