import { DeviceError } from "../../core/errors.js";

const PAGE_BYTES = 65536;
/** Pages that 32-bit addresses reach. */
export const MOST_PAGES = 65536;
/** Places begin on cache lines, so that no two threads write to one. */
const ALIGNMENT = 64;
/** Kernels may read a vector or two past a tensor's end. */
const MARGIN_BYTES = 64;

const aligned = (bytes: number) => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

/** Hands out parts of a WASM memory. What is given back joins its free neighbours and is handed out again. */
export class Heap {
  /** Free parts by address. */
  #free: { start: number; end: number }[] = [];
  /** From here on nothing was handed out yet: there are zeros. */
  #end: number;

  constructor(
    readonly memory: WebAssembly.Memory,
    start: number,
  ) {
    this.#end = aligned(start);
  }

  /**
   * Room for `bytes`, all zeros, grown at once to what is needed. Memory that was never in use isn't touched: the first touch
   * of a page takes longer than what is done with it later.
   *
   * @returns its address
   * @throws DeviceError when the memory can't hold it
   */
  allocate(bytes: number, label: string): number {
    const size = aligned(Math.max(bytes, 1));
    const place = this.#free.findIndex(({ start, end }) => end - start >= size);
    if (place >= 0) {
      const part = this.#free[place];
      part.start += size;
      if (part.start === part.end) this.#free.splice(place, 1);
      return this.#cleared(part.start - size, part.start);
    }
    const last = this.#free.at(-1);
    const start = last?.end === this.#end ? last.start : this.#end;
    this.#grow(start + size, bytes, label);
    if (start !== this.#end) this.#free.pop();
    this.#cleared(start, this.#end);
    this.#end = start + size;
    return start;
  }

  /** Fills what was in use before with zeros: of shared memory four times as fast by eight bytes as by one. @returns its address */
  #cleared(start: number, end: number): number {
    new Float64Array(this.memory.buffer, start, (end - start) / 8).fill(0);
    return start;
  }

  /**
   * Grows the memory once for all parts of these sizes, wherever they will lie.
   *
   * @throws DeviceError when the memory can't hold them
   */
  reserve(sizes: readonly number[], label: string): void {
    const bytes = sizes.reduce((sum, size) => sum + aligned(size), 0);
    this.#grow(this.#end + bytes, bytes, label);
  }

  /** Takes back what `allocate` gave for so many bytes. */
  release(start: number, bytes: number): void {
    const end = start + aligned(Math.max(bytes, 1));
    const after = this.#free.findIndex((part) => part.start >= end);
    const place = after < 0 ? this.#free.length : after;
    const [before, next] = [this.#free[place - 1], this.#free[place]];
    const joined = { start: before?.end === start ? before.start : start, end: next?.start === end ? next.end : end };
    const from = joined.start < start ? place - 1 : place;
    this.#free.splice(from, place - from + (joined.end > end ? 1 : 0), joined);
  }

  #grow(end: number, bytes: number, label: string): void {
    const pages = Math.ceil((end + MARGIN_BYTES) / PAGE_BYTES);
    const present = this.memory.buffer.byteLength / PAGE_BYTES;
    if (pages <= present) return;
    const mebibytes = (count: number) => Math.ceil(count / 2 ** 20);
    if (pages > MOST_PAGES) {
      throw new DeviceError(
        `${label}: ${mebibytes(bytes)} MiB don't fit beside the ${mebibytes(this.#end)} MiB in use; WebAssembly holds ` +
          '4096 MiB. Use fewer rows or smaller layers, or backend: "cpu".',
      );
    }
    try {
      this.memory.grow(pages - present);
    } catch (cause) {
      throw Object.assign(
        new DeviceError(`${label}: ${mebibytes(bytes)} MiB of memory can't be had. Use fewer rows or smaller layers.`),
        { cause },
      );
    }
  }
}
