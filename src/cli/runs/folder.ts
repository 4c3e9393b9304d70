import { access, constants, readdir, readFile, rm, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { ArgumentError, type Trainer } from "../../index.js";
import { atomicWrite } from "../../node/atomic-write.js";
import { makeFolder } from "../../node/make-folder.js";
import { partialOf } from "../../node/partial.js";
import { finishWriting, writeTogether } from "../../node/write-together.js";
import { saveModel, tensorboard } from "../../node.js";
import type { Run } from "../../report/index.js";
import { DESCRIPTION, descriptionJson } from "./description.js";
import { historyCsv, historyJsonl } from "./history.js";
import { CHARTS, PAGE } from "./page.js";
import { predictionsCsv } from "./predictions.js";
import type { FinishedRun } from "./run.js";

/** Files of a run's folder. */
export const RUN_FILES = {
  tensors: "model.safetensors",
  model: "model.json",
  charts: CHARTS,
  page: PAGE,
  description: DESCRIPTION,
  predictions: "predictions.csv",
  historyCsv: "history.csv",
  historyJsonl: "history.jsonl",
  tensorboard: "tensorboard",
  configuration: "configuration.json",
  metrics: "metrics.json",
} as const;

const FILES: readonly string[] = Object.values(RUN_FILES);

/**
 * Finds out, before any training, whether a run can be saved there. A run or model that is there already will be
 * replaced; nothing else is. Leaves nothing behind.
 *
 * @throws ArgumentError when it can't
 */
export async function checkRunFolder(directory: string): Promise<void> {
  const found = await stat(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw unusable(directory, error);
  });
  if (found && !found.isDirectory()) throw new ArgumentError(`--out ${directory}: there is a file of that name.`);
  if (found) {
    await finishWriting(directory);
    await requireOwnFiles(directory);
    await access(directory, constants.W_OK | constants.X_OK).catch((error) => {
      throw unusable(directory, error);
    });
    return;
  }
  try {
    const first = await makeFolder(partialOf(resolve(directory)));
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
  const taken = FILES.filter((file) => names.includes(file));
  if (taken.length === 0) return;
  const json = await readFile(join(directory, RUN_FILES.model), "utf8").catch(() => "");
  if (!json.includes('"neuromotor-model"')) {
    throw new ArgumentError(
      `--out ${directory}: its ${taken.join(" and ")} isn't neuromotor's, and would be overwritten. Give another folder.`,
    );
  }
}

const unusable = (directory: string, cause: Error) =>
  Object.assign(new ArgumentError(`--out ${directory}: it can't be written (${cause.message}).`), { cause });

/**
 * Saves a run as a whole, all but its report: a folder is there with all its files, or as it was before, with whatever
 * else is in it. The report of a run that was there before is removed.
 *
 * @param description - what reports of it are made of
 * @throws Error naming the folder when it can't be written, such as on a full disk
 */
export async function saveRun(trainer: Trainer, run: FinishedRun, description: Run, directory: string): Promise<void> {
  try {
    await writeTogether(directory, async (folder) => {
      await saveModel(trainer, folder);
      for (const [file, text] of Object.entries(textsOf(run))) await atomicWrite(join(folder, file), text);
      await atomicWrite(join(folder, RUN_FILES.description), descriptionJson(description));
      await writeEvents(trainer, run, join(folder, RUN_FILES.tensorboard));
    });
    for (const file of [RUN_FILES.page, RUN_FILES.charts]) {
      await rm(join(directory, file), { recursive: true, force: true });
    }
  } catch (error) {
    if (!(error as NodeJS.ErrnoException).code) throw error; // not of the file system
    const message = `--out ${directory}: the run was trained, but can't be saved (${(error as Error).message}).`;
    throw new Error(message, { cause: error });
  }
}

function textsOf({ configuration, metrics, history, predictions }: FinishedRun): Record<string, string> {
  const json = (value: object) => `${JSON.stringify(value, null, 2)}\n`;
  return {
    [RUN_FILES.configuration]: json(configuration),
    [RUN_FILES.metrics]: json(metrics),
    [RUN_FILES.historyCsv]: historyCsv(history),
    [RUN_FILES.historyJsonl]: historyJsonl(history),
    ...(predictions && { [RUN_FILES.predictions]: predictionsCsv(predictions) }),
  };
}

/** The history as TensorBoard reads it, written as during a training. */
async function writeEvents(trainer: Trainer, { history }: FinishedRun, directory: string): Promise<void> {
  const { onStart, onEpoch } = tensorboard({ directory });
  const before: Trainer = Object.create(trainer, { epoch: { value: 0 }, step: { value: 0 } });
  await onStart!(before, history.length);
  for (const record of history) await onEpoch!(record, trainer);
}
