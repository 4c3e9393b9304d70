import { workOf } from "../../compile/cost.js";
import type { Plan } from "../../compile/plan.js";
import { STEP_BYTES } from "../../compile/steps.js";
import { type DType, type Values, view } from "../../core/dtype.js";
import { ArgumentError, DeviceError } from "../../core/errors.js";
import { Turns } from "../../core/tasks.js";
import type { Backend, DeviceBuffer, Program } from "../backend.js";
import { GUARD_BYTES, GUARD_WORD, POISON_WORD } from "../guards.js";
import type { BackendOptions } from "../options.js";
import { CustomActivations } from "./custom.js";
import { compileEngine, type Exports, instantiate } from "./engine.js";
import { writeLaunches } from "./launches.js";
import { Heap, MOST_PAGES } from "./memory.js";
import { CONTROL_BYTES, canSleep, chooseThreads, ThreadPool } from "./pool.js";
import { type Host, type ProgramMemory, WasmProgram } from "./program.js";
import { type Layout, ProgramWriter } from "./writer.js";

interface WasmBuffer extends DeviceBuffer {
  readonly address: number;
}

/** What a program takes: bytes of instructions, tables, steps' records, shared scratch and threads' own. */
interface Measured {
  layout: Layout;
  threads: number;
  sizes: readonly number[];
  total: number;
}

/** How the engine is to be used; what tests choose otherwise. */
export interface Tuning {
  /** Whether to multiply and add in one rounding; where the platform can. */
  fused?: boolean;
  /** Instructions of fewer elements are one thread's: in some microseconds, others have hardly looked up. */
  sharedElements: number;
  /** So are steps of fewer multiply-adds. */
  sharedWork: number;
}

const TUNING: Tuning = { sharedElements: 8192, sharedWork: 1e6 };

/** Runs fused plans on the CPU: SIMD kernels over one WASM memory. */
export class WasmBackend implements Backend, Host {
  readonly backend = "wasm";
  readonly fused = true;
  readonly turns = new Turns();
  readonly maxBufferBytes: number;
  readonly #margin: number;
  readonly #buffers = new Set<WasmBuffer>();
  #disposed = false;

  private constructor(
    readonly description: string,
    private readonly engine: Exports,
    private readonly heap: Heap,
    private readonly activations: CustomActivations,
    private readonly threads: number,
    private readonly pool: ThreadPool,
    private readonly tuning: Tuning,
    { guards = false, maxBufferBytes = Number.POSITIVE_INFINITY }: BackendOptions,
  ) {
    this.maxBufferBytes = maxBufferBytes;
    this.#margin = guards ? GUARD_BYTES : 0;
  }

  /**
   * @throws ArgumentError when the number of threads makes no sense
   * @throws DeviceError when the platform has no WebAssembly SIMD
   */
  static async open(why: string, options: BackendOptions = {}, tuning: Tuning = TUNING): Promise<WasmBackend> {
    const threads = chooseThreads(options.threads);
    const shared = threads > 1;
    const { module, fused } = await compileEngine(shared, tuning.fused);
    const memory = new WebAssembly.Memory({ initial: 16, maximum: MOST_PAGES, shared });
    const activations = new CustomActivations(memory);
    const engine = await instantiate(module, memory, activations.call);
    const heap = new Heap(memory, engine.heapStart());
    const control = heap.allocate(CONTROL_BYTES, "control");
    engine.setControl(control, canSleep());
    const pool = new ThreadPool(threads - 1, { module, memory, control });
    const how = `${threads} thread${shared ? "s" : ""}${fused ? ", fused multiply-add" : ""}`;
    return new WasmBackend(
      `CPU (WebAssembly, ${how}), ${why}`,
      engine,
      heap,
      activations,
      threads,
      pool,
      tuning,
      options,
    );
  }

  create(label: string, dtype: DType, length: number, values?: Values): WasmBuffer {
    this.checkAlive();
    if (length * 4 > this.maxBufferBytes) {
      throw new DeviceError(
        `${label}: ${length * 4} bytes don't fit into one buffer of at most ${this.maxBufferBytes}. Use a smaller batchSize ` +
          "or smaller layers.",
      );
    }
    return this.#make(label, dtype, length, values);
  }

  /** A buffer of any size: programs have more than data. */
  #make(label: string, dtype: DType, length: number, values?: Values): WasmBuffer {
    const start = this.heap.allocate(length * 4 + 2 * this.#margin, label);
    if (this.#margin) this.#view("u32", start, length + (2 * this.#margin) / 4).fill(GUARD_WORD);
    const buffer = { label, dtype, length, address: start + this.#margin };
    const own = this.#view(dtype, buffer.address, length);
    own.fill(0);
    if (values) own.set(values);
    this.#buffers.add(buffer);
    return buffer;
  }

  write(buffer: DeviceBuffer, values: Values, start = 0): void {
    this.#valuesOf(buffer).set(values, start);
  }

  copy(pairs: readonly (readonly [DeviceBuffer, DeviceBuffer])[]): void {
    for (const [from, to] of pairs) this.#valuesOf(to).set(this.#valuesOf(from));
  }

  async read(buffers: readonly DeviceBuffer[]): Promise<Values[]> {
    this.checkAlive();
    return buffers.map((buffer) => this.#valuesOf(buffer).slice());
  }

  destroy(buffers: readonly DeviceBuffer[]): void {
    for (const buffer of buffers as WasmBuffer[]) {
      if (!this.#buffers.delete(buffer)) continue;
      this.heap.release(buffer.address - this.#margin, buffer.length * 4 + 2 * this.#margin);
    }
  }

  async load(plan: Plan, variables: ReadonlyMap<string, DeviceBuffer>, maxSteps: number): Promise<Program> {
    this.checkAlive();
    const measured = this.#measure(plan, maxSteps);
    const made = plan.buffers.flatMap(({ kind, length }) => (kind === "variable" ? [] : [length * 4]));
    this.heap.reserve(
      [measured.total, ...made].map((bytes) => bytes + 2 * this.#margin),
      plan.label,
    );
    const owned: WasmBuffer[] = [];
    try {
      const addresses = plan.buffers.map((planned) => {
        if (planned.kind === "variable") {
          const buffer = variables.get(planned.name);
          if (!buffer) throw new ArgumentError(`${plan.label}: no memory was given for the variable ${planned.name}.`);
          return this.#own(buffer).address;
        }
        const values = planned.kind === "constant" ? planned.values : undefined;
        const buffer = this.create(planned.name, planned.dtype, planned.length, values);
        owned.push(buffer);
        if (this.#margin && planned.kind === "scratch") {
          this.#view("u32", buffer.address, buffer.length).fill(POISON_WORD);
        }
        return buffer.address;
      });
      const { memory, block } = this.#write(plan, measured, addresses, maxSteps);
      if (memory.threads > 1 && !(await this.pool.start())) memory.threads = 1;
      owned.push(block);
      return new WasmProgram(this, plan, memory, () => this.destroy(owned));
    } catch (error) {
      this.destroy(owned);
      throw error;
    }
  }

  async checkGuards(): Promise<void> {
    const words = this.#margin / 4;
    for (const { label, address, length } of this.#buffers) {
      const guards = [address - this.#margin, address + length * 4].map((start) => this.#view("u32", start, words));
      if (!guards.every((guard) => guard.every((word) => word === GUARD_WORD))) {
        throw new Error(`A kernel wrote outside the buffer ${label}.`);
      }
    }
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#buffers.clear();
    if (this.threads > 1) this.engine.dismiss();
    this.pool.dispose();
  }

  checkAlive(): void {
    if (this.#disposed) throw new ArgumentError("This device was disposed. Open another with openDevice().");
  }

  writeBytes(address: number, bytes: ArrayBuffer): void {
    new Uint8Array(this.heap.memory.buffer, address, bytes.byteLength).set(new Uint8Array(bytes));
  }

  run(first: number, end: number, record: number, steps: number, memory: ProgramMemory): void {
    if (first === end) return;
    this.activations.current = memory.activations;
    this.engine.run(first, end, record, steps, memory.scratch, memory.scratchBytes, memory.threads);
  }

  /** What a plan's program takes: sizes do not depend on addresses, so it is written as if all lay at 0. */
  #measure(plan: Plan, maxSteps: number): Measured {
    const writer = new ProgramWriter(plan.buffers.map(() => 0));
    writeLaunches(plan, writer);
    const { instructions, tables, shared, slots, own } = writer.layout;
    // Users' activations can be called by this thread only.
    const threads = writer.activations.length > 0 || workOf(plan) < this.tuning.sharedWork ? 1 : this.threads;
    const sizes = [instructions, tables, maxSteps * STEP_BYTES, shared, (slots + own) * threads];
    return { layout: writer.layout, threads, sizes, total: sizes.reduce((sum, size) => sum + size) };
  }

  /** Writes a plan's program, the room for its steps' records and its scratch into one block. */
  #write(
    plan: Plan,
    { layout, threads, sizes, total }: Measured,
    buffers: readonly number[],
    maxSteps: number,
  ): { memory: ProgramMemory; block: WasmBuffer } {
    const { instructions, tables, slots, own } = layout;
    const block = this.#make(`${plan.label}: program`, "u32", total / 4);
    const places = sizes.map((_, i) => sizes.slice(0, i).reduce((sum, size) => sum + size, block.address));
    const writer = new ProgramWriter(
      buffers,
      { instructions: places[0], tables: places[1], shared: places[3] },
      slots,
      this.tuning.sharedElements,
    );
    const starts = writeLaunches(plan, writer);
    const words = this.#view("u32", block.address, (instructions + tables) / 4);
    words.set(writer.instructions);
    words.set(writer.tables, instructions / 4);
    const memory = {
      starts: starts.map((start) => places[0] + start * 4),
      table: places[2],
      maxSteps,
      scratch: places[4],
      scratchBytes: slots + own,
      threads,
      activations: writer.activations,
    };
    return { memory, block };
  }

  #view(dtype: DType, address: number, length: number): Values {
    return view(dtype, this.heap.memory.buffer as ArrayBuffer, address, length);
  }

  #valuesOf(buffer: DeviceBuffer): Values {
    const { dtype, address, length } = this.#own(buffer);
    return this.#view(dtype, address, length);
  }

  #own(buffer: DeviceBuffer): WasmBuffer {
    if (!this.#buffers.has(buffer as WasmBuffer)) {
      throw new ArgumentError(`The buffer ${buffer.label} is not this backend's, or was freed.`);
    }
    return buffer as WasmBuffer;
  }
}
