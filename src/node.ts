import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Backend } from "./backends/backend.js";
import { type DeviceOptions, openOn } from "./backends/open.js";
import { dawn } from "./backends/webgpu/dawn.js";
import { ArgumentError, FormatError } from "./core/errors.js";
import { decodeModel, encodeModel, type ModelFiles } from "./formats/model.js";
import type { Model } from "./model/model.js";
import { Trainer } from "./training/trainer.js";

/**
 * Opens a device in Node: WebGPU through Dawn (the optional package `webgpu`), else the CPU. `device.backend` is the one
 * in use, `device.description` names the adapter and why it was chosen. Free it with `device.dispose()`, which also
 * lets the process end.
 */
export const openDevice = (options?: DeviceOptions): Promise<Backend> => openOn(dawn, options);

/** What to save: a trainer, with how it was trained, or a bare model. */
export interface SaveOptions {
  /** Also save the optimizer's state, so that training goes on exactly where it was; doubles or triples the size. */
  optimizer?: boolean;
}

/**
 * Writes `directory/model.json` and `directory/model.safetensors`. Each file is written beside its place and renamed,
 * so that an interrupted save leaves no half-written file.
 *
 * @throws ArgumentError when the model contains a function of the user's own, or state is asked of a bare model
 */
export async function saveModel(source: Trainer | Model, directory: string, options: SaveOptions = {}): Promise<void> {
  const { optimizer = false } = options;
  let files: ModelFiles;
  if (source instanceof Trainer) {
    await source.sync();
    files = encodeModel(source.model, await source.training(optimizer));
  } else {
    if (optimizer) throw new ArgumentError("saveModel: a bare model has no optimizer state. Give it the trainer.");
    files = encodeModel(source, source.training);
  }
  await mkdir(directory, { recursive: true });
  await writeWhole(join(directory, "model.safetensors"), files.safetensors);
  await writeWhole(join(directory, "model.json"), files.json);
}

/**
 * Reads a model that `saveModel` wrote. `new Trainer(model, { device })` predicts with it, or trains it further with
 * the loss and optimizer it was saved with.
 *
 * @throws FormatError when a file is missing, damaged, or doesn't belong to the other
 */
export async function loadModel(directory: string): Promise<Model> {
  const [json, safetensors] = await Promise.all(
    ["model.json", "model.safetensors"].map((file) =>
      readFile(join(directory, file)).catch((cause: NodeJS.ErrnoException) => {
        const reason = cause.code === "ENOENT" || cause.code === "ENOTDIR" ? "there is no such file" : cause.message;
        throw Object.assign(
          new FormatError(`${join(directory, file)}: ${reason}. Give the folder that saveModel() wrote.`),
          { cause },
        );
      }),
    ),
  );
  return decodeModel({ json: json.toString("utf8"), safetensors: new Uint8Array(safetensors) }, directory);
}

/** Writes beside the target, then renames: the old file stays whole until the new one is. */
async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const partial = `${path}.${process.pid}.partial`;
  try {
    await writeFile(partial, content);
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}
