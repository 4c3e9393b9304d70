import type { Backend } from "./backends/backend.js";
import { openOn } from "./backends/open.js";
import type { DeviceOptions } from "./backends/options.js";
import { type Check, type CheckSubject, checkParityOn, type ParityOptions, type ParityReport } from "./checks/index.js";
import { dawn } from "./node/dawn.js";

export type { LoadOptions } from "./formats/model.js";
export { bestCheckpoint, type CheckpointOptions, checkpoint, newestCheckpoint, resume } from "./node/checkpoint.js";
export { type JournalOptions, openJournal } from "./node/journal.js";
export { csvLog, jsonlLog } from "./node/log.js";
export { loadModel, type SaveOptions, saveModel } from "./node/model.js";
export { type ProgressOptions, progress } from "./node/progress.js";
export { openQueue, type QueueOptions } from "./node/queue/open-queue.js";
export { type SweepWorkerOptions, sweepWorker } from "./node/queue/sweep-worker.js";
export { type TensorboardOptions, tensorboard } from "./node/tensorboard.js";

/**
 * Opens a device in Node: WebGPU through Dawn (the optional package `webgpu`), else the CPU. `device.backend` is the one
 * in use, `device.description` names the adapter and why it was chosen. Free it with `device.dispose()`, which also
 * lets the process end.
 */
export const openDevice = (options?: DeviceOptions): Promise<Backend> => openOn(dawn, options);

/** `checkParity` of "neuromotor", but the backends that it opens by itself are those of Node: WebGPU through Dawn, too. */
export const checkParity: Check<ParityOptions, ParityReport> = (subject: CheckSubject, options?: ParityOptions) =>
  checkParityOn(openDevice, subject, options);
