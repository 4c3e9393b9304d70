import type { WaitForGpu } from "../platform.js";

/** An idle queue that takes this long to say that it is done, in milliseconds, may be looked at only now and then. */
const SELDOM = 60;
/** Such a queue is only looked at now and then where asking shortens that to this part: a machine that is busy is late either way. */
const SHORTENED = 1 / 3;
/** Both must be found so many times in a row: once may be chance on a busy machine. */
const ROUNDS = 3;
/** Between two questions: in milliseconds at first, then this part of the time that was waited. */
const FIRST = 1;
const PART = 1 / 32;
/** Questions that are planned at a time: browsers hold timers up for 4 ms that others have set, five deep. */
const PLANNED = 32;

/**
 * Awaits a queue's work. A browser may notice that work is done only at a poll, every 100 ms in Firefox (Mozilla bug
 * 1870699), or when something is submitted: there empty submits ask for it meanwhile. Elsewhere nothing is submitted.
 */
export class Completion {
  #probe?: Promise<void>;
  #isSeldom = false;

  constructor(
    private readonly queue: GPUQueue,
    private readonly waitForGpu: WaitForGpu,
  ) {}

  /** Finds out, once, whether the queue has to be asked. Work is awaited rightly without it, but perhaps seen late. */
  probe(): Promise<void> {
    this.#probe ??= this.#seldom().then((found) => {
      this.#isSeldom = found;
      if (!found) this.#probe = undefined; // it is quick where it is prompt, and the next plan may find it otherwise
    });
    return this.#probe;
  }

  async #seldom(): Promise<boolean> {
    for (let round = 0; round < ROUNDS; round++) {
      await this.#plain(); // and what comes next begins right after a poll
      const unasked = await this.#idle();
      if (unasked < SELDOM) return false;
      const asked = await this.#idle(() => this.queue.submit([]));
      if (asked >= unasked * SHORTENED) return false;
    }
    return true;
  }

  /** The milliseconds that an idle queue takes to say that it is done. @param ask - done after it was awaited */
  async #idle(ask = () => {}): Promise<number> {
    const started = performance.now();
    const done = this.#plain();
    const timer = setTimeout(ask, FIRST);
    await done;
    clearTimeout(timer);
    return performance.now() - started;
  }

  #plain = (): Promise<void> => this.waitForGpu(this.queue.onSubmittedWorkDone().catch(() => {}));

  /** Awaits what the queue's work settles: its end, or the mapping of a buffer. */
  readonly of: WaitForGpu = async (work) => {
    if (!this.#isSeldom) return this.waitForGpu(work);
    const started = performance.now();
    let timers: ReturnType<typeof setTimeout>[];
    const plan = () => {
      const now = performance.now() - started;
      let next = now;
      timers = Array.from({ length: PLANNED }, (_, i) => {
        next += Math.max(FIRST, next * PART);
        return setTimeout(() => {
          this.queue.submit([]);
          if (i === PLANNED - 1) plan();
        }, next - now);
      });
    };
    plan();
    try {
      return await this.waitForGpu(work);
    } finally {
      timers!.forEach(clearTimeout);
    }
  };

  /** Awaits all that was submitted so far. A lost device counts as done: what comes next reports it. */
  readonly done = (): Promise<void> => this.of(this.queue.onSubmittedWorkDone().catch(() => {}));
}
