import { Wait } from "./turns.js";

/** Milliseconds that steps done at a time are to take, and those they may take: the page is shown frames between them. */
const AIM = 8;
const LEAST = 4;
const MOST = 16;
/** Steps a second are counted over so many milliseconds. */
const WINDOW = 500;

/** How fast a training goes: as the page wants it, and as its device can. */
export class Pace {
  readonly #wait = new Wait();
  /** Steps between two looks at the page. */
  stepsAtATime = 1;
  #most = 1;
  #wanted: number | undefined;
  /** Where the steps in hand began. */
  #left = { step: -1, time: 0 };
  /** Milliseconds that the steps before them took, where it was as many. */
  #taken: number | undefined;
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

  /** Before the first step of a training. */
  restart(): void {
    this.stepsPerSecond = 0;
  }

  /** Before steps follow each other. @param isPaced - whether they are for watching */
  begin(stepsPerEpoch: number, isPaced: boolean): void {
    this.#isPaced = isPaced;
    this.#most = stepsPerEpoch;
    this.#left = { step: -1, time: 0 };
    this.#taken = undefined;
    this.#counted = { step: -1, time: 0 };
    this.#next = performance.now();
    this.stepsAtATime = this.#isOneByOne ? 1 : Math.min(this.stepsAtATime, stepsPerEpoch);
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

  /** After steps. @returns whether another number of steps at a time is better, which then is in use */
  arrive(step: number): boolean {
    const before = this.stepsAtATime;
    const isMeasured = this.#left.step >= 0 && step - this.#left.step === before;
    const taken = isMeasured ? performance.now() - this.#left.time : undefined;
    if (this.#isOneByOne) this.stepsAtATime = 1;
    else if (taken !== undefined && this.#taken !== undefined) this.#fit(Math.min(taken, this.#taken));
    this.#taken = this.stepsAtATime === before ? taken : undefined;
    return this.stepsAtATime !== before;
  }

  /** Before the next steps. */
  leave(step: number): void {
    this.#left = { step, time: performance.now() };
  }

  get #isOneByOne(): boolean {
    return this.#wanted !== undefined && this.#isPaced;
  }

  /** @param taken - the shorter of two times: one of them may have had an epoch's end in it */
  #fit(taken: number): void {
    if (taken >= LEAST && taken <= MOST) return;
    const wanted = Math.round((this.stepsAtATime * AIM) / taken);
    this.stepsAtATime = Math.max(1, Math.min(this.#most, wanted));
  }

  count(step: number): void {
    const now = performance.now();
    const { step: before, time } = this.#counted;
    if (before >= 0 && now - time < WINDOW) return;
    if (before >= 0) this.stepsPerSecond = Math.max(0, ((step - before) * 1000) / (now - time));
    this.#counted = { step, time: now };
  }
}
