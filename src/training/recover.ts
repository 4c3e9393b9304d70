import { DeviceLostError } from "../core/errors.js";
import type { Optimizer } from "../optimizers/index.js";
import { DeviceMemory } from "./device-memory.js";

/** How far a trainer is. */
interface Place {
  epoch: number;
  step: number;
}

/**
 * Asks for a lost device anew, and makes its memory again of what is at home.
 *
 * @throws DeviceLostError where no device can be had; the model keeps what is at home
 * @returns the memory; and an error, where the last epochs were not brought home: the place is back at the last that was
 */
export async function recover(
  place: Place,
  memory: DeviceMemory,
  optimizer: Optimizer,
): Promise<{ memory: DeviceMemory; problem?: DeviceLostError }> {
  const { device, model, home } = memory;
  await device.reopen!();
  const next = new DeviceMemory(device, model, optimizer, home);
  const hasKept = memory.copyOf("kept") !== undefined;
  if (hasKept && home.kept) {
    next.keep("kept", "parameters");
    for (const [{ label }, copy] of next.copyOf("kept")!) device.write(copy, home.kept.get(label)!.values);
  }
  if (home.epoch === place.epoch && (!hasKept || home.kept)) return { memory: next };
  const lost = place.epoch;
  Object.assign(place, { epoch: home.epoch, step: home.step });
  const problem = new DeviceLostError(
    `The GPU device was lost after epoch ${lost}, and opened again. The model is back at the end of epoch ${home.epoch}, ` +
      "which was the last to be brought home. Call fit again to go on from there, or resume from a checkpoint.",
  );
  return { memory: next, problem };
}
