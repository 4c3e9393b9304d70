import { DeviceLostError } from "../core/errors.js";
import type { DeviceMemory } from "./device-memory.js";
import type { Epochs } from "./epochs-at-work.js";
import type { Head } from "./heads.js";
import type { Internals } from "./internals.js";
import { RUN_START } from "./programs.js";
import { Totals } from "./results.js";
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

/**
 * Goes back, after steps that failed, to what is at home, where the device was lost meanwhile and is there again.
 *
 * @throws the error, where steps can't be done again from there
 */
export function goHome({ session, position }: Internals, epochs: Epochs, heads: readonly Head[], error: unknown): void {
  const { steps, start } = epochs;
  if (!session.isLost && start.memory === session.memory) {
    session.goBack(RUN_START);
    Object.assign(position, start.position);
  }
  const atHome = position.step - steps.training.step;
  const isWithin = atHome === 0 || (atHome > 0 && epochs.count === 1);
  if (!(error instanceof DeviceLostError) || session.isLost || !isWithin) throw error;
  epochs.done = atHome;
  epochs.totals = new Totals(heads, position.underway);
}
