import { ArgumentError } from "../core/errors.js";
import { Dataset } from "../data/dataset.js";
import type { DeviceMemory } from "./device-memory.js";
import { checkData as checkFirst } from "./encode.js";
import { type BatchSource, checkFit as checkFitOptions, type FitOptions } from "./fit-options.js";
import type { Internals } from "./internals.js";

/*
 * Calls of a trainer's methods: their turn, and checks of their arguments.
 */

/** Does work on the device's memory in its turn; begins anew where the device is lost. */
export async function take<T>(
  trainer: Internals,
  work: (trainer: Internals, memory: DeviceMemory) => Promise<T>,
  wait = false,
): Promise<T> {
  checkAlive(trainer);
  const { calls, session } = trainer;
  return calls.take(() => session.survive((memory) => work(trainer, memory)), wait);
}

/** Does work that keeps other calls out, but when it rests. */
export async function hold<T>(
  trainer: Internals,
  work: (trainer: Internals) => Promise<T>,
  options?: { nested: boolean },
): Promise<T> {
  checkAlive(trainer);
  return trainer.calls.hold(() => work(trainer), options);
}

/** @throws ArgumentError when the trainer was disposed */
export function checkAlive({ isDisposed, calls }: Internals): void {
  if (!isDisposed || !calls.isIdle) return;
  throw new ArgumentError("Trainer: it was disposed. Make another with new Trainer(model, ...).");
}

/** @throws ArgumentError, ShapeError or DataError when data are no data set, or their first row doesn't fit */
export function checkData({ spec }: Internals, data: Dataset): void {
  if (!(data instanceof Dataset)) {
    throw new ArgumentError("Trainer: data must be a Dataset; make one with Dataset.from({ features, labels }).");
  }
  checkFirst(spec, data);
}

/** Whether data come in batches. */
export const isBatchSource = (data: Dataset | BatchSource): data is BatchSource =>
  typeof data === "function" ||
  (typeof data === "object" && data !== null && (Symbol.iterator in data || Symbol.asyncIterator in data));

/** @throws ArgumentError on options of `fit` that are none; what `checkData` throws of the validation part */
export function checkFit(trainer: Internals, options: FitOptions): void {
  checkFitOptions(options);
  if (options.validation) checkData(trainer, options.validation);
}
