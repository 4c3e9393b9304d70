import type { Plan, PlannedBuffer } from "../compile/plan.js";
import type { DType, Values } from "../core/dtype.js";
import { ArgumentError, DeviceError } from "../core/errors.js";
import type { Backend, BufferPart, DeviceBuffer, Replicas } from "./backend.js";
import { GUARD_BYTES, GUARD_WORD, POISON_WORD } from "./guards.js";
import type { BackendOptions } from "./options.js";

/** A run of words of a buffer; `start` is negative in the guard before its elements. */
export interface Part<B extends DeviceBuffer> {
  readonly buffer: B;
  readonly start: number;
  readonly length: number;
}

/**
 * The part of a backend that all of them share: the buffers that it made and hasn't freed, each between two guards where
 * tests ask for that, and the memory of plans. A backend adds how its memory is allocated, written and read.
 */
export abstract class BufferOwner<B extends DeviceBuffer> {
  /** The largest buffer that `create` makes, in bytes. */
  maxBufferBytes: number;
  /** Bytes of each guard; 0 where there are none. */
  protected readonly margin: number;
  /** The error that ended the device's work, if any. */
  protected failure: Error | undefined;
  readonly #buffers = new Set<B>();
  #disposed = false;

  /** @param elsewhere - another remedy for data that are too large, after a comma */
  constructor(
    { guards = false, maxBufferBytes = Number.POSITIVE_INFINITY }: BackendOptions,
    private readonly elsewhere = "",
  ) {
    this.maxBufferBytes = maxBufferBytes;
    this.margin = guards ? GUARD_BYTES : 0;
  }

  /** A buffer of zeros, with room for guards. @throws DeviceError when there is no memory for it */
  protected abstract allocate(label: string, dtype: DType, length: number): B;
  protected abstract release(buffer: B): void;
  /** Overwrites words from `start` on. */
  protected abstract writeWords(buffer: B, values: Values, start: number): void;
  /** Copies a part to another of the same length. */
  protected abstract copyWords(from: Part<B>, to: Part<B>): void;
  /** Copies of parts, in one go. @throws DeviceLostError */
  protected abstract readWords(parts: readonly Part<B>[]): Promise<Uint32Array<ArrayBuffer>[]>;

  get disposed(): boolean {
    return this.#disposed;
  }

  /** @throws the error that ended the device's work, if any */
  checkAlive(): void {
    if (this.#disposed) throw new ArgumentError("This device was disposed. Open another with openDevice().");
    if (this.failure) throw this.failure;
  }

  create(label: string, dtype: DType, length: number, values?: Values): B {
    this.checkAlive();
    if (length * 4 > this.maxBufferBytes) {
      const [needed, most] = [sizeText(length * 4), sizeText(this.maxBufferBytes)];
      throw new DeviceError(
        `${label}: ${needed} don't fit into one buffer of this device, which holds ${most}. Use a smaller batchSize or ` +
          `smaller layers${this.elsewhere}.`,
      );
    }
    return this.make(label, dtype, length, values);
  }

  write(buffer: DeviceBuffer, values: Values, start = 0): void {
    const own = this.own(buffer);
    if (start < 0 || start + values.length > own.length) {
      throw new ArgumentError(`${own.label}: ${values.length} values from ${start} on don't fit its ${own.length}.`);
    }
    this.writeWords(own, values, start);
  }

  copy(pairs: readonly (readonly [from: DeviceBuffer | BufferPart, to: DeviceBuffer | BufferPart])[]): void {
    for (const [from, to] of pairs) this.copyWords(this.#part(from), this.#part(to));
  }

  async read(buffers: readonly (DeviceBuffer | BufferPart)[]): Promise<Values[]> {
    this.checkAlive();
    const parts = buffers.map((each) => this.#part(each));
    const all = await this.readWords(parts);
    return all.map((words, i) =>
      parts[i].buffer.dtype === "u32" ? words : new Float32Array(words.buffer, words.byteOffset, words.length),
    );
  }

  destroy(buffers: readonly DeviceBuffer[]): void {
    for (const buffer of buffers as readonly B[]) if (this.#buffers.delete(buffer)) this.release(buffer);
  }

  /** @throws Error naming the buffers whose guards were written to */
  async checkGuards(): Promise<void> {
    if (!this.margin) return;
    const length = this.margin / 4;
    const buffers = [...this.#buffers];
    const guards = await this.readWords(
      buffers.flatMap((buffer) => [-length, buffer.length].map((start) => ({ buffer, start, length }))),
    );
    const spoilt = guards.flatMap((words, i) =>
      words.every((word) => word === GUARD_WORD) ? [] : [buffers[Math.floor(i / 2)].label],
    );
    if (spoilt.length > 0) throw new Error(`A kernel wrote outside the buffer ${[...new Set(spoilt)].join(", ")}.`);
  }

  /** A buffer of any size: programs have more than data. */
  protected make(label: string, dtype: DType, length: number, values?: Values): B {
    const buffer = this.allocate(label, dtype, length);
    this.#buffers.add(buffer);
    if (this.margin) {
      const guard = new Uint32Array(this.margin / 4).fill(GUARD_WORD);
      this.writeWords(buffer, guard, -guard.length);
      this.writeWords(buffer, guard, length);
    }
    if (values) this.write(buffer, values);
    return buffer;
  }

  /**
   * The memory of a plan's buffers in their order, and those that were made for it; none are when one can't be had. What
   * replicas don't share lies there once for each, one after the other.
   */
  protected allocatePlan(
    plan: Plan,
    variables: ReadonlyMap<string, DeviceBuffer>,
    together?: Replicas,
  ): { memory: B[]; owned: B[] } {
    const owned: B[] = [];
    try {
      const memory = plan.buffers.map((planned) => {
        if (planned.kind === "variable") {
          const buffer = variables.get(planned.name);
          if (!buffer) throw new ArgumentError(`${plan.label}: no memory was given for the variable ${planned.name}.`);
          return this.own(buffer);
        }
        const values = planned.kind === "constant" ? planned.values : undefined;
        const length = planned.length * (together && !isShared(planned, together) ? together.replicas : 1);
        const buffer = this.create(planned.name, planned.dtype, length, values);
        owned.push(buffer);
        if (this.margin && planned.kind === "scratch") {
          this.writeWords(buffer, new Uint32Array(length).fill(POISON_WORD), 0);
        }
        return buffer;
      });
      return { memory, owned };
    } catch (error) {
      this.destroy(owned);
      throw error;
    }
  }

  #part(given: DeviceBuffer | BufferPart): Part<B> {
    if (!("buffer" in given)) return { buffer: this.own(given), start: 0, length: given.length };
    const { start, length } = given;
    const buffer = this.own(given.buffer);
    if (start >= 0 && length >= 0 && start + length <= buffer.length) return { buffer, start, length };
    throw new ArgumentError(`${buffer.label}: ${length} values from ${start} on don't fit its ${buffer.length}.`);
  }

  /** @throws ArgumentError when a buffer isn't among those that were made here and not freed, or the device was disposed */
  protected own(buffer: DeviceBuffer): B {
    this.checkAlive();
    if (!this.#buffers.has(buffer as B)) {
      throw new ArgumentError(`The buffer ${buffer.label} is not this device's, or was freed.`);
    }
    return buffer as B;
  }

  /** Forgets all buffers, whose memory is gone. */
  protected forgetBuffers(): void {
    this.#buffers.clear();
  }

  /** Ends the use of the backend, whose memory goes with it. @returns whether it wasn't over before */
  protected end(): boolean {
    if (this.#disposed) return false;
    this.#disposed = true;
    this.forgetBuffers();
    return true;
  }
}

/** Whether all replicas have a planned buffer in common: equal constants, and the variables that the caller names. */
export const isShared = (planned: PlannedBuffer, { shared }: Replicas): boolean =>
  planned.kind === "constant" ? !planned.own : planned.kind === "variable" && shared.has(planned.name);

/**
 * On a device that was opened with `guards`: looks for words before and after buffers that a kernel wrote.
 *
 * @throws Error naming the buffers
 */
export async function checkGuards(device: Backend): Promise<void> {
  if (device instanceof BufferOwner) await device.checkGuards();
}

const sizeText = (bytes: number) => (bytes < 2 ** 20 ? `${bytes} bytes` : `${Math.ceil(bytes / 2 ** 20)} MiB`);
