import { DeviceLostError } from "../core/errors.js";
import type { Optimizer } from "../optimizers/index.js";
import { DeviceMemory } from "./device-memory.js";

/** How far a trainer is. */
interface Place {
  epoch: number;
  step: number;
}

/** A device that is lost so often in the same work is lost for good. */
const MOST_LOSSES = 4;

/**
 * Does work on a device that was lost: asks for it anew, makes its memory again of what is at home, and begins.
 *
 * @param lost - the memory that went with the device
 * @param adopt - takes the memory in its place
 * @throws DeviceLostError where no device can be had: the model keeps what is at home. Also where the last epochs were not
 * brought home: the place is back at the last that was
 */
export async function recover<T>(
  place: Place,
  lost: DeviceMemory,
  optimizer: Optimizer,
  adopt: (memory: DeviceMemory) => void,
  work: () => Promise<T>,
): Promise<T> {
  let memory = lost;
  for (let losses = 1; ; losses++) {
    await memory.device.reopen!();
    memory = remake(memory, optimizer);
    adopt(memory);
    checkHome(place, memory, lost.copyOf("kept") !== undefined);
    try {
      return await work();
    } catch (error) {
      if (!memory.isLost || losses === MOST_LOSSES) throw error;
    }
  }
}

function remake({ device, model, home }: DeviceMemory, optimizer: Optimizer): DeviceMemory {
  const memory = new DeviceMemory(device, model, optimizer, home);
  if (home.kept && !memory.isLost) {
    memory.keep("kept", "parameters");
    for (const [{ label }, copy] of memory.copyOf("kept")!) device.write(copy, home.kept.get(label)!.values);
  }
  return memory;
}

/** Whether nothing was lost but the epoch at work. */
function checkHome(place: Place, { home }: DeviceMemory, hadKept: boolean): void {
  if (home.epoch === place.epoch && (!hadKept || home.kept)) return;
  const { epoch } = place;
  Object.assign(place, { epoch: home.epoch, step: home.step });
  throw new DeviceLostError(
    `The GPU device was lost after epoch ${epoch}, and opened again. The model is back at the end of epoch ${home.epoch}, ` +
      "which was the last to be brought home. Call fit again to go on from there, or resume from a checkpoint.",
  );
}
