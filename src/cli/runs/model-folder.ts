import { access, constants, mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { ArgumentError, type Trainer } from "../../index.js";
import { saveModel } from "../../node.js";

const FILES = ["model.safetensors", "model.json"];

/** Where a model is written before it is moved to its place: beside it, so that moving is renaming. */
const partialOf = (directory: string) => `${directory.replace(/[/\\]+$/, "")}.${process.pid}.partial`;

/**
 * Finds out, before any training, whether a model can be saved there. A model that is there already will be replaced;
 * nothing else is. Leaves nothing behind.
 *
 * @throws ArgumentError when it can't
 */
export async function checkModelFolder(directory: string): Promise<void> {
  const found = await stat(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw unusable(directory, error);
  });
  if (found && !found.isDirectory()) throw new ArgumentError(`--out ${directory}: there is a file of that name.`);
  if (found) {
    await requireOwnFiles(directory);
    await access(directory, constants.W_OK | constants.X_OK).catch((error) => {
      throw unusable(directory, error);
    });
    return;
  }
  try {
    const first = await mkdir(partialOf(directory), { recursive: true });
    if (first) await rm(first, { recursive: true });
  } catch (error) {
    throw unusable(directory, error as Error);
  }
}

/** Files of the names that will be written must be those of a model, not of something else. */
async function requireOwnFiles(directory: string): Promise<void> {
  const names = await readdir(directory).catch((error) => {
    throw unusable(directory, error);
  });
  if (!FILES.some((file) => names.includes(file))) return;
  const json = await readFile(join(directory, "model.json"), "utf8").catch(() => "");
  if (!json.includes('"neuromotor-model"')) {
    throw new ArgumentError(
      `--out ${directory}: its ${FILES.filter((file) => names.includes(file)).join(" and ")} isn't neuromotor's, and ` +
        "would be overwritten. Give another folder.",
    );
  }
}

const unusable = (directory: string, cause: Error) =>
  Object.assign(new ArgumentError(`--out ${directory}: it can't be written (${cause.message}).`), { cause });

/** Saves a model as a whole: a folder is there with both files, or as it was before. */
export async function saveWhole(trainer: Trainer, directory: string): Promise<void> {
  const partial = partialOf(directory);
  const first = await mkdir(partial, { recursive: true });
  try {
    await saveModel(trainer, partial);
    try {
      await rename(partial, directory);
    } catch {
      // It is there already and not empty: the files go into it.
      for (const file of FILES) await rename(join(partial, file), join(directory, file));
      await rm(partial, { recursive: true });
    }
  } catch (error) {
    await rm(first ?? partial, { recursive: true, force: true });
    throw error;
  }
}
