import type { DeviceMemory } from "./device-memory.js";
import { prepareHeads } from "./heads.js";
import type { Internals } from "./internals.js";

/** Does work of a trainer's method on the device's memory in its turn; begins anew where the device is lost. */
export async function take<T>(
  trainer: Internals,
  work: (trainer: Internals, memory: DeviceMemory) => Promise<T>,
  wait = false,
): Promise<T> {
  const { calls, session, spec } = trainer;
  const begin = () => session.survive((memory) => work(trainer, memory));
  return calls.take(() => prepareHeads(spec).then(begin), wait);
}
