import { DeviceLostError } from "../core/errors.js";
import type { Epochs } from "./epochs-at-work.js";
import type { Head } from "./heads.js";
import type { Internals } from "./internals.js";
import { Totals } from "./results.js";

/**
 * Goes back, after steps that failed, to what is at home, where the device was lost meanwhile and is there again.
 *
 * @throws the error, where steps can't be done again from there
 */
export function goHome({ session, position }: Internals, epochs: Epochs, heads: readonly Head[], error: unknown): void {
  const { steps, start } = epochs;
  if (!session.isLost && start.memory === session.memory) {
    session.goBack();
    Object.assign(position, start.position);
  }
  const atHome = position.step - steps.training.step;
  const isWithin = atHome === 0 || (atHome > 0 && epochs.count === 1);
  if (!(error instanceof DeviceLostError) || session.isLost || !isWithin) throw error;
  epochs.done = atHome;
  epochs.totals = new Totals(heads, position.underway);
}
