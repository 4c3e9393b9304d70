import { DeviceLostError } from "../core/errors.js";
import type { DeviceMemory } from "./device-memory.js";
import type { Session } from "./session.js";

/** A device that is lost so often in the same work is lost for good. */
const MOST_LOSSES = 4;

/**
 * Does work on a device that was lost: asks for it anew, makes its memory again of what is at home, and begins.
 *
 * @throws DeviceLostError where no device can be had: the model keeps what is at home. Also where the last steps were not
 * brought home: the session's position is back at the last that was
 */
export async function recover<T>(session: Session, work: (memory: DeviceMemory) => Promise<T>): Promise<T> {
  const hadKept = session.memory.copyOf("kept") !== undefined;
  for (let losses = 1; ; losses++) {
    await session.device.reopen!();
    const memory = session.renew();
    const { kept } = session.home;
    if (kept && !session.isLost) {
      memory.keep("kept", "parameters");
      for (const [{ label }, copy] of memory.copyOf("kept")!) memory.device.write(copy, kept.get(label)!.values);
    }
    goBack(session, hadKept);
    try {
      return await work(memory);
    } catch (error) {
      if (!session.isLost || losses === MOST_LOSSES) throw error;
    }
  }
}

/** Puts the position back to what is at home. @throws DeviceLostError when something was lost by that */
function goBack({ home, position }: Session, hadKept: boolean): void {
  const { epoch, step } = position;
  if (home.step === step && (!hadKept || home.kept)) return;
  Object.assign(position, { epoch: home.epoch, step: home.step, underway: home.underway });
  throw new DeviceLostError(
    `The GPU device was lost after epoch ${epoch}, and opened again. The model is back at the end of epoch ${home.epoch}, ` +
      "which was the last to be brought home. Call fit again to go on from there, or resume from a checkpoint.",
  );
}
