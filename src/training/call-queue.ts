import { ArgumentError } from "../core/errors.js";

/** Calls that take their turns; a call that holds the queue keeps others out. */
class Line {
  /** Settles when the last call is over; never rejects. */
  last: Promise<unknown> = Promise.resolve();
  held = false;
  /** Calls that wait until the one that holds the queue rests or is over. */
  readonly waiting: ((line: Line) => void)[] = [];

  async drained(): Promise<void> {
    for (let last: unknown; last !== this.last; await last) last = this.last;
  }
}

/**
 * Lets calls on a trainer have their turns, one after the other. A call that holds the queue, such as `fit`, keeps others
 * out, but for those that are made while it rests: between epochs, when callbacks have their turn.
 */
export class CallQueue {
  readonly #first = new Line();
  #line = this.#first;
  #open = 0;

  #onIdle?: () => void;

  get isIdle(): boolean {
    return this.#open === 0;
  }

  /** Calls a function once the last call is over: at once where none is open. */
  whenIdle(work: () => void): void {
    this.#onIdle = work;
    if (this.isIdle) work();
  }

  /**
   * Does work in its turn.
   *
   * @param wait - during a call that holds the queue, wait until it rests or is over
   * @throws ArgumentError during such a call otherwise
   */
  async take<T>(work: () => Promise<T>, wait = false): Promise<T> {
    const line = this.#line;
    if (!line.held) return this.#append(line, work);
    if (!wait) throw isAtWork();
    return new Promise((resolve, reject) =>
      line.waiting.push((open) => void this.#append(open, work).then(resolve, reject)),
    );
  }

  /**
   * Does work that holds the queue, once the calls before it are over.
   *
   * @param options.nested - also while another call holds the queue and rests; true
   * @throws ArgumentError while another holds it
   */
  async hold<T>(work: () => Promise<T>, { nested = true } = {}): Promise<T> {
    if (!nested) this.checkOutermost();
    const line = this.#line;
    if (line.held) throw isAtWork();
    line.held = true;
    try {
      return await this.#append(line, work);
    } finally {
      line.held = false;
      letIn(line, line);
    }
  }

  /** @throws ArgumentError while a call that holds the queue rests */
  checkOutermost(): void {
    if (this.#line === this.#first) return;
    throw new ArgumentError("Trainer: it is still training. Call fit again when fit is over.");
  }

  /** Does work during which the call that holds the queue rests: calls that are made meanwhile have their turns. */
  async rest<T>(work: () => T | Promise<T>): Promise<T> {
    const outer = this.#line;
    const line = new Line();
    this.#line = line;
    letIn(outer, line);
    try {
      return await work();
    } finally {
      await line.drained();
      this.#line = outer;
    }
  }

  /** Whether calls wait for a rest. */
  get isAwaited(): boolean {
    return this.#line.waiting.length > 0;
  }

  #append<T>(line: Line, work: () => Promise<T>): Promise<T> {
    this.#open++;
    const result = line.last.then(work).finally(() => {
      if (--this.#open === 0) this.#onIdle?.();
    });
    line.last = result.catch(() => {});
    return result;
  }
}

/** Lets the calls that wait at one line have their turns in another. */
function letIn(from: Line, to: Line): void {
  for (const start of from.waiting.splice(0)) start(to);
}

const isAtWork = () =>
  new ArgumentError("Trainer: it is still at work, and other calls must wait. Await the call before this one.");
