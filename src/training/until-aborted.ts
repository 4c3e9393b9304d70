/**
 * The elements of an iterable until a signal is aborted, also while the next one is waited for: a source that never gives it
 * isn't waited for, either. Where the loop over it ends early, the source is closed.
 */
export class UntilAborted<T> implements AsyncIterable<T> {
  /** Whether the signal ended it, and not the source. */
  isAborted = false;
  #wake: (() => void) | undefined;

  constructor(
    private readonly source: Iterable<T> | AsyncIterable<T>,
    private readonly signal: AbortSignal | undefined,
  ) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<T, undefined> {
    const { source, signal } = this;
    const iterator = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
    const wake = () => this.#wake?.();
    signal?.addEventListener("abort", wake);
    let isOver = false;
    try {
      for (;;) {
        const next = await this.#next(iterator);
        if (next === undefined) return undefined;
        isOver = next.done === true;
        if (next.done) return undefined;
        yield await next.value;
      }
    } catch (error) {
      isOver = true;
      throw error;
    } finally {
      signal?.removeEventListener("abort", wake);
      const closing = isOver ? undefined : iterator.return?.();
      // One that is still at its next element would be waited for as long as that.
      if (this.isAborted) Promise.resolve(closing).catch(() => {});
      else await closing;
    }
  }

  /** The iterator's next result; undefined once the signal was aborted. */
  #next(iterator: Iterator<T> | AsyncIterator<T>): Promise<IteratorResult<T> | undefined> {
    return new Promise((resolve, reject) => {
      this.#wake = () => {
        this.isAborted = true;
        resolve(undefined);
      };
      if (this.signal?.aborted) this.#wake();
      else Promise.resolve(iterator.next()).then(resolve, reject);
    });
  }
}
