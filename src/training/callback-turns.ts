import type { Callback } from "./callbacks.js";
import type { EpochRecord, History, StepRecord } from "./history.js";
import type { ActiveFit, Internals } from "./internals.js";

/** The callbacks of a training: each has its turn, one after the other, while the training rests. */
export class CallbackTurns {
  constructor(
    private readonly trainer: Internals,
    private readonly callbacks: readonly Callback[],
  ) {}

  /** Gives every callback its turn. */
  async tell(turn: (callback: Callback) => unknown): Promise<void> {
    for (const callback of this.callbacks) await this.#rest(() => turn(callback));
  }

  /** Does work, and lets callbacks close what they have open, also after an error of the work: that one is thrown. */
  async closing(work: () => Promise<void>): Promise<void> {
    const errors: unknown[] = [];
    const keep = (error: unknown) => void errors.push(error);
    await work().catch(keep);
    for (const callback of this.callbacks) await this.#rest(() => callback.onClose?.()).catch(keep);
    if (errors.length > 0) throw errors[0];
  }

  async endStep(due: readonly (readonly [Callback, StepRecord])[], history: History): Promise<void> {
    for (const [callback, record] of due) {
      const answer = await this.#rest(() => callback.onStep!(record, this.trainer.control));
      if (answer === "stop") history.stopped = true;
    }
  }

  async endEpoch(record: EpochRecord, run: ActiveFit, history: History): Promise<void> {
    const { control } = this.trainer;
    await this.tell(async (callback) => {
      const answer = await callback.onEpoch?.(record, control);
      if (answer === "stop") history.stopped = run.stopped = true;
    });
    await this.tell((callback) => callback.afterEpoch?.(record, control));
  }

  /** Lets other calls, and other trainers of the model, have their turn. */
  async #rest<T>(work: () => T | Promise<T>): Promise<T> {
    const { calls, session } = this.trainer;
    session.release();
    return calls.rest(work);
  }
}
