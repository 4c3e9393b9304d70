import { ArgumentError } from "../core/errors.js";

/** Calls that take their turns; a call that holds the queue keeps others out. */
class Queue {
  /** Settles when the last call is over; never rejects. */
  last: Promise<unknown> = Promise.resolve();
  held = false;
  /** Calls that wait until the one that holds the queue rests or is over. */
  readonly waiting: ((queue: Queue) => void)[] = [];

  async drained(): Promise<void> {
    for (let last: unknown; last !== this.last; await last) last = this.last;
  }
}

/**
 * Lets calls on a trainer have their turns, one after the other. A call that holds the queue, such as `fit`, keeps others
 * out, but for those that are made while it rests: between epochs, when callbacks have their turn.
 */
export class CallQueue {
  readonly #first = new Queue();
  #queue = this.#first;
  #open = 0;

  #onIdle?: () => void;
  /** Whether no more calls are taken, but for those of calls at work. */
  isClosed = false;

  get isIdle(): boolean {
    return this.#open === 0;
  }

  /** Takes no more calls. @param work - done once the last call is over: at once where none is open */
  close(work: () => void): void {
    this.isClosed = true;
    this.#onIdle = work;
    if (this.isIdle) work();
  }

  /** Whether it was closed, and its last call is over. */
  get isOver(): boolean {
    return this.isClosed && this.isIdle;
  }

  /** @throws ArgumentError when it takes no more calls */
  checkOpen(): void {
    if (!this.isOver) return;
    throw new ArgumentError("Trainer: it was disposed. Make another with new Trainer(model, ...).");
  }

  /**
   * Does work in its turn.
   *
   * @param wait - during a call that holds the queue, wait until it rests or is over
   * @throws ArgumentError during such a call otherwise, and when the queue is closed
   */
  async take<T>(work: () => Promise<T>, wait = false): Promise<T> {
    this.checkOpen();
    const queue = this.#queue;
    if (!queue.held) return this.#append(queue, work);
    if (!wait) throw isAtWork();
    return new Promise((resolve, reject) =>
      queue.waiting.push((open) => void this.#append(open, work).then(resolve, reject)),
    );
  }

  /**
   * Does work that holds the queue, once the calls before it are over.
   *
   * @param options.nested - also while another call holds the queue and rests; true
   * @throws ArgumentError while another holds it, and when the queue is closed
   */
  async hold<T>(work: () => Promise<T>, { nested = true } = {}): Promise<T> {
    this.checkOpen();
    if (!nested) this.checkOutermost();
    const queue = this.#queue;
    if (queue.held) throw isAtWork();
    queue.held = true;
    try {
      return await this.#append(queue, work);
    } finally {
      queue.held = false;
      letIn(queue, queue);
    }
  }

  /** @throws ArgumentError while a call that holds the queue rests */
  checkOutermost(): void {
    if (this.#queue === this.#first) return;
    throw new ArgumentError("Trainer: it is still training. Call fit again when fit is over.");
  }

  /** Does work during which the call that holds the queue rests: calls that are made meanwhile have their turns. */
  async rest<T>(work: () => T | Promise<T>): Promise<T> {
    const outer = this.#queue;
    const queue = new Queue();
    this.#queue = queue;
    letIn(outer, queue);
    try {
      return await work();
    } finally {
      await queue.drained();
      this.#queue = outer;
    }
  }

  /** Whether calls wait for a rest. */
  get isAwaited(): boolean {
    return this.#queue.waiting.length > 0;
  }

  #append<T>(queue: Queue, work: () => Promise<T>): Promise<T> {
    this.#open++;
    const result = queue.last.then(work).finally(() => {
      if (--this.#open === 0) this.#onIdle?.();
    });
    queue.last = result.catch(() => {});
    return result;
  }
}

/** Lets the calls that wait at one queue have their turns in another. */
function letIn(from: Queue, to: Queue): void {
  for (const start of from.waiting.splice(0)) start(to);
}

const isAtWork = () =>
  new ArgumentError("Trainer: it is still at work, and other calls must wait. Await the call before this one.");
