import { Wait } from "./turns.js";

/** Milliseconds that steps done at a time are to take. */
const LEAST = 8;
const MOST = 40;
/** Steps a second are counted over so many milliseconds. */
const WINDOW = 500;

/** How fast a training goes: as the page wants it, and as its device can. */
export class Pace {
  readonly #wait = new Wait();
  /** Steps between two looks at the page. */
  stepsAtATime = 1;
  #most = 1;
  #wanted: number | undefined;
  /** Where the steps at a time were counted last. */
  #last = { step: -1, time: 0 };
  #counted = { step: 0, time: 0 };
  /** In the last half second. */
  stepsPerSecond = 0;
  #next = 0;
  #isPaced = false;

  /** Steps a second at the most; undefined: as many as there can be. */
  set wanted(stepsPerSecond: number | undefined) {
    this.#wanted = stepsPerSecond;
    this.cut();
  }

  /** Before steps follow each other. @param isPaced - whether they are for watching */
  begin(stepsPerEpoch: number, isPaced: boolean): void {
    this.#isPaced = isPaced;
    this.#most = stepsPerEpoch;
    this.#last = { step: -1, time: 0 };
    this.#counted = { step: -1, time: 0 };
    this.#next = performance.now();
    this.stepsAtATime = Math.min(this.stepsAtATime, stepsPerEpoch);
    this.#fit();
  }

  /** Waits until the next step is due. */
  async wait(): Promise<void> {
    if (this.#wanted === undefined) return;
    const now = performance.now();
    this.#next = Math.max(this.#next + 1000 / this.#wanted, now - 1000 / this.#wanted);
    if (this.#next > now) await this.#wait.for(this.#next - now);
  }

  /** Ends the wait. */
  cut(): void {
    this.#wait.cut();
  }

  /** Whether another number of steps at a time is better, which then is in use from the next `fit` on. */
  changes(step: number): boolean {
    const before = this.stepsAtATime;
    const now = performance.now();
    const taken = now - this.#last.time;
    const isMeasured = this.#last.step >= 0 && step - this.#last.step === before;
    this.#last = { step, time: now };
    if (isMeasured && this.#wanted === undefined) {
      if (taken < LEAST && before < this.#most) this.stepsAtATime = Math.min(this.#most, before * 4);
      else if (taken > MOST && before > 1) this.stepsAtATime = Math.max(1, Math.floor(before / 2));
    }
    this.#fit();
    return this.stepsAtATime !== before;
  }

  #fit(): void {
    if (this.#wanted !== undefined && this.#isPaced) this.stepsAtATime = 1;
  }

  count(step: number): void {
    const now = performance.now();
    const { step: before, time } = this.#counted;
    if (before >= 0 && now - time < WINDOW) return;
    if (before >= 0) this.stepsPerSecond = Math.max(0, ((step - before) * 1000) / (now - time));
    this.#counted = { step, time: now };
  }
}
