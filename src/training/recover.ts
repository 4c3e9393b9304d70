import { DeviceLostError } from "../core/errors.js";
import type { Optimizer } from "../optimizers/index.js";
import { DeviceMemory } from "./device-memory.js";
import { stateVariables } from "./graphs.js";

/** A trainer, and how far it is. */
interface Place {
  memory: DeviceMemory;
  epoch: number;
  step: number;
}

/** A device that is lost so often in the same work is lost for good. */
const MOST_LOSSES = 4;

/**
 * Does work on a device that was lost: asks for it anew, makes its memory again of what is at home, and begins.
 *
 * @param place - has the memory that went with the device, and gets another
 * @throws DeviceLostError where no device can be had: the model keeps what is at home. Also where the last epochs were not
 * brought home: the place is back at the last that was
 */
export async function recover<T>(place: Place, optimizer: Optimizer, work: () => Promise<T>): Promise<T> {
  const hadKept = place.memory.copyOf("kept") !== undefined;
  for (let losses = 1; ; losses++) {
    await place.memory.device.reopen!();
    place.memory = remake(place.memory, optimizer);
    checkHome(place, hadKept);
    try {
      return await work();
    } catch (error) {
      if (!place.memory.isLost || losses === MOST_LOSSES) throw error;
    }
  }
}

function remake({ device, model, state, home }: DeviceMemory, optimizer: Optimizer): DeviceMemory {
  const names = [...model.parameters(), ...stateVariables(model, optimizer)].map(([name]) => name); // as `variables`
  const { values } = home;
  const known = values ? new Map(names.map((name, i) => [name, { values: values[i] }])) : state;
  const memory = new DeviceMemory(device, model, optimizer, known, home);
  if (home.kept && !memory.isLost) {
    memory.keep("kept", "parameters");
    for (const [{ label }, copy] of memory.copyOf("kept")!) device.write(copy, home.kept.get(label)!.values);
  }
  return memory;
}

/** Whether nothing was lost but the epoch at work. */
function checkHome(place: Place, hadKept: boolean): void {
  const { home } = place.memory;
  if (home.epoch === place.epoch && (!hadKept || home.kept)) return;
  const { epoch } = place;
  Object.assign(place, { epoch: home.epoch, step: home.step });
  throw new DeviceLostError(
    `The GPU device was lost after epoch ${epoch}, and opened again. The model is back at the end of epoch ${home.epoch}, ` +
      "which was the last to be brought home. Call fit again to go on from there, or resume from a checkpoint.",
  );
}
