import type { Dataset } from "../data/dataset.js";
import type { DeviceMemory } from "./device-memory.js";
import type { BatchSource } from "./fit-options.js";
import { prepareHeads } from "./heads.js";
import type { Internals } from "./internals.js";

/*
 * Calls of a trainer's methods: their turn, and the kind of data that they are given.
 */

/** Does work on the device's memory in its turn; begins anew where the device is lost. */
export async function take<T>(
  trainer: Internals,
  work: (trainer: Internals, memory: DeviceMemory) => Promise<T>,
  wait = false,
): Promise<T> {
  const { calls, session, spec } = trainer;
  const begin = () => session.survive((memory) => work(trainer, memory));
  return calls.take(() => prepareHeads(spec).then(begin), wait);
}

/** Does work that keeps other calls out, but when it rests. */
export async function hold<T>(
  trainer: Internals,
  work: (trainer: Internals) => Promise<T>,
  options?: { nested: boolean },
): Promise<T> {
  const { calls, spec } = trainer;
  return calls.hold(() => prepareHeads(spec).then(() => work(trainer)), options);
}

/** Whether data come in batches. */
export const isBatchSource = (data: Dataset | BatchSource): data is BatchSource =>
  typeof data === "function" ||
  (typeof data === "object" && data !== null && (Symbol.iterator in data || Symbol.asyncIterator in data));
