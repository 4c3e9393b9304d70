import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { ArgumentError } from "../core/errors.js";
import { checkMonitor, directionOf, scoreOf } from "../core/monitor.js";
import { checkCount, optionsOf } from "../core/options.js";
import { encodeModel } from "../formats/model.js";
import { describeStructure } from "../formats/structure.js";
import type { Callback } from "../training/callbacks.js";
import { Trainer, type TrainerOptions } from "../training/trainer.js";
import { atomicRemoveFolder, atomicWriteFolder } from "./atomic-write.js";
import { makeFolder } from "./make-folder.js";
import { JSON_FILE, loadModel, TENSORS_FILE } from "./model.js";
import { PARTIAL } from "./partial.js";

/** Options of `checkpoint`. */
export interface CheckpointOptions {
  /** Folder for checkpoints, each in a folder of its own: `epoch-000012`. Made if need be. */
  directory: string;
  /** Number of latest checkpoints to keep; 3. */
  keep?: number;
  /** The score by which the best is told, which is kept too; "loss". Of the validation part where there is one. */
  best?: string | false;
  /** Of that score: "min" where lower is better, "max" where higher is; as the metric declares where absent. */
  mode?: "min" | "max";
  /** Epochs from one to the next; 1. An epoch better than all before is written in any case. */
  every?: number;
}

/** The best of the epochs so far. */
interface Best {
  epoch: number;
  score: number;
}

const NAME = "checkpoint";
const FOLDER = /^epoch-(\d{6,})$/;
const folderOf = (epoch: number) => `epoch-${String(epoch).padStart(6, "0")}`;

/**
 * Writes checkpoints while a model is trained: everything that `resume` needs to go on as if nothing had happened. A
 * process that is killed leaves whole ones only. Each is a folder as `saveModel` writes it, so that `loadModel` reads it.
 *
 * @throws ArgumentError when an option is out of range; before the first epoch, when the folder can't be written or has
 * the checkpoints of another run, the model has functions of the user's own, or nothing says which way the score gets better
 */
export function checkpoint(options: CheckpointOptions): Callback {
  const defaults = { directory: undefined, keep: 3, best: "loss", mode: undefined, every: 1 };
  const { directory, keep, best: monitor, mode, every } = optionsOf(NAME, options, defaults);
  if (typeof directory !== "string" || directory === "") {
    throw new ArgumentError('checkpoint: needs a directory, such as checkpoint({ directory: "checkpoints" }).');
  }
  checkCount("checkpoint: keep", keep);
  checkCount("checkpoint: every", every);
  if (monitor !== false) checkMonitor(NAME, { monitor, mode });
  let best: Best | undefined;
  let written = 0;
  return {
    name: NAME,
    saveState: () => ({ best }),
    restoreState(state) {
      ({ best } = state as { best?: Best });
    },
    async onStart(control) {
      if (monitor !== false) directionOf(NAME, { monitor, mode }, control.scores);
      if (control.epoch === 0) best = undefined; // of an earlier training
      describeStructure(control.model); // a layer that can't be saved shows now
      await openFolder(directory, control.epoch);
      written = control.epoch;
    },
    async afterEpoch(record, control) {
      const { epoch } = record;
      const isScored = monitor !== false && (!control.evaluates.includes("validation") || record.validation);
      const score = isScored ? directionOf(NAME, { monitor, mode }, control.scores) * scoreOf(record, monitor) : 0;
      const isBest = isScored && Number.isFinite(score) && (best === undefined || score < best.score);
      if (isBest) best = { epoch, score };
      if (!isBest && epoch - written < every) return;
      const { training } = await control.snapshot();
      const { json, safetensors } = encodeModel(control.model, training);
      await atomicWriteFolder(join(directory, folderOf(epoch)), { [TENSORS_FILE]: safetensors, [JSON_FILE]: json });
      written = epoch;
      await removeOthers(directory, keep, best?.epoch);
    },
  };
}

/** Makes the folder, and clears away what a process that was killed left in it. */
async function openFolder(directory: string, epoch: number): Promise<void> {
  try {
    await makeFolder(directory);
    for (const name of await readdir(directory)) {
      if (name.startsWith("epoch-") && name.endsWith(PARTIAL)) await rm(join(directory, name), { recursive: true });
    }
  } catch (cause) {
    const message = `checkpoint: ${directory} can't be written (${(cause as Error).message}).`;
    throw Object.assign(new ArgumentError(message), { cause });
  }
  const newest = (await epochsIn(directory)).at(-1) ?? 0;
  if (newest <= epoch) return;
  throw new ArgumentError(
    `checkpoint: ${directory} has a checkpoint of epoch ${newest}, but this training is at epoch ${epoch}. Go on with ` +
      "resume(), or give another directory.",
  );
}

async function removeOthers(directory: string, keep: number, best: number | undefined): Promise<void> {
  const epochs = await epochsIn(directory);
  for (const epoch of epochs.slice(0, -keep)) {
    if (epoch !== best) await atomicRemoveFolder(join(directory, folderOf(epoch)));
  }
}

/** The epochs of which there are checkpoints, in their order. */
async function epochsIn(directory: string): Promise<number[]> {
  const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw Object.assign(
      new ArgumentError(`${directory} can't be read as a folder of checkpoints (${error.message}).`),
      {
        cause: error,
      },
    );
  });
  return names.flatMap((name) => (FOLDER.test(name) ? [Number(name.match(FOLDER)![1])] : [])).sort((a, b) => a - b);
}

/**
 * The newest checkpoint of a folder.
 *
 * @returns its own folder, for `loadModel`; undefined where there is none
 */
export async function newestCheckpoint(directory: string): Promise<string | undefined> {
  const newest = (await epochsIn(directory)).at(-1);
  return newest === undefined ? undefined : join(directory, folderOf(newest));
}

/**
 * The checkpoint of the best epoch so far, as the newest one knows it.
 *
 * @returns its own folder, for `loadModel`; undefined where there is none
 * @throws FormatError when the newest checkpoint is damaged
 */
export async function bestCheckpoint(directory: string): Promise<string | undefined> {
  const epochs = await epochsIn(directory);
  if (epochs.length === 0) return undefined;
  const { training } = await loadModel(join(directory, folderOf(epochs.at(-1)!)));
  const states = training?.run?.callbacks.filter(({ name }) => name === NAME) ?? [];
  const best = states
    .map(({ state }) => (state as { best?: Best }).best?.epoch)
    .find((epoch) => epochs.includes(epoch!));
  return best === undefined ? undefined : join(directory, folderOf(best));
}

/**
 * A trainer that is where the newest checkpoint of a folder was taken. With `fit(data, { resume: true, ... })` and the
 * same callbacks it goes on with the same bits as if it had never stopped.
 *
 * @param options - as for `new Trainer`; loss, optimizer, schedule and metrics are the checkpoint's where absent
 * @returns undefined where there is no checkpoint yet
 * @throws FormatError when the newest checkpoint is damaged; remove its folder to go on from the one before it
 *
 * @example
 * const trainer = (await resume("checkpoints", { device })) ?? new Trainer(model, { device, loss, optimizer });
 * await trainer.fit(data, { epochs: 30, resume: true, callbacks: [checkpoint({ directory: "checkpoints" })] });
 */
export async function resume(directory: string, options: TrainerOptions): Promise<Trainer | undefined> {
  const newest = await newestCheckpoint(directory);
  if (newest === undefined) return undefined;
  const model = await loadModel(newest);
  const trainer = new Trainer(model, options);
  // A callback may have changed the rate; the same optimizer, given again, doesn't mean to change it back.
  const saved = model.training!;
  const isSame = JSON.stringify(options.optimizer?.config) === JSON.stringify(saved.optimizer?.config);
  if (isSame) trainer.learningRate = saved.learningRate;
  return trainer;
}
