import { workOf } from "../../compile/cost.js";
import type { Plan } from "../../compile/plan.js";
import { STEP_BYTES } from "../../compile/steps.js";
import type { DType, Values } from "../../core/dtype.js";
import { Turns } from "../../core/tasks.js";
import type { Backend, DeviceBuffer, Program } from "../backend.js";
import { BufferOwner, type Part } from "../buffers.js";
import type { BackendOptions } from "../options.js";
import { CustomActivations } from "./custom.js";
import { compileEngine, type Exports, instantiate, type Printed } from "./engine.js";
import { writeLaunches } from "./launches.js";
import { Heap, MOST_PAGES } from "./memory.js";
import { CONTROL_BYTES, canSleep, chooseThreads, ThreadPool } from "./pool.js";
import { type ProgramMemory, type ProgramOwner, WasmProgram } from "./program.js";
import { type Layout, ProgramWriter } from "./writer.js";

interface WasmBuffer extends DeviceBuffer {
  readonly address: number;
}

/** The size of a plan's program, and the threads that run it. */
interface Measured {
  layout: Layout;
  threads: number;
}

/** Bytes of instructions, tables, steps' records, shared scratch and threads' own, as they lie in a program's memory. */
const sizesOf = ({ layout, threads }: Measured, maxSteps: number): number[] => [
  layout.instructions,
  layout.tables,
  maxSteps * STEP_BYTES,
  layout.shared,
  (layout.slots + layout.own) * threads,
];

const sum = (sizes: readonly number[]) => sizes.reduce((total, size) => total + size, 0);

/** Settings of the engine that tests vary. */
export interface Tuning {
  /** Multiplies and adds in one rounding; the default where the platform can. */
  fused?: boolean;
  /** Instructions of fewer elements are one thread's: in some microseconds, others have hardly looked up. */
  sharedElements: number;
  /** Steps of fewer multiply-adds are one thread's, too. */
  sharedWork: number;
}

const TUNING: Tuning = { sharedElements: 8192, sharedWork: 1e6 };

/** The parts of an open backend. */
interface Opened {
  engine: Exports;
  fused: boolean;
  printed: Printed;
  heap: Heap;
  activations: CustomActivations;
  threads: number;
  pool: ThreadPool;
  tuning: Tuning;
}

/** Runs fused plans on the CPU: SIMD kernels over one WASM memory. */
export class WasmBackend extends BufferOwner<WasmBuffer> implements Backend, ProgramOwner {
  readonly backend = "wasm";
  readonly fused = true;
  readonly turns = new Turns();
  readonly #measured = new WeakMap<Plan, Measured>();

  private constructor(
    private readonly why: string,
    options: BackendOptions,
    private readonly opened: Opened,
  ) {
    super(options);
  }

  get description(): string {
    const { threads, fused, pool } = this.opened;
    const working = pool.refusal === undefined ? threads : 1;
    const how = `${working} thread${working > 1 ? "s" : ""}${fused ? ", fused multiply-add" : ""}`;
    const late = pool.refusal === undefined ? "" : `; ${threads - 1} more could not start: ${pool.refusal}`;
    return `CPU (WebAssembly, ${how}), ${this.why}${late}`;
  }

  /**
   * @throws ArgumentError when the number of threads makes no sense
   * @throws DeviceError when the platform has no WebAssembly SIMD
   */
  static async open(why: string, options: BackendOptions = {}, tuning: Tuning = TUNING): Promise<WasmBackend> {
    const threads = chooseThreads(options.threads);
    const shared = threads > 1;
    const { module, fused, printed } = await compileEngine(shared, tuning.fused);
    const memory = new WebAssembly.Memory({ initial: 16, maximum: MOST_PAGES, shared });
    const activations = new CustomActivations(memory);
    const engine = await instantiate(module, memory, activations.call);
    const heap = new Heap(memory, engine.heapStart());
    const control = heap.allocate(CONTROL_BYTES, "control");
    engine.setControl(control, canSleep());
    const pool = new ThreadPool(threads - 1, { module, memory, control });
    const opened = { engine, fused, printed, heap, activations, threads, pool, tuning };
    return new WasmBackend(why, options, opened);
  }

  async load(plan: Plan, variables: ReadonlyMap<string, DeviceBuffer>, maxSteps: number): Promise<Program> {
    this.checkAlive();
    const measured = this.#measure(plan);
    const made = plan.buffers.flatMap(({ kind, length }) => (kind === "variable" ? [] : [length * 4]));
    this.opened.heap.reserve(
      [sum(sizesOf(measured, maxSteps)), ...made].map((bytes) => bytes + 2 * this.margin),
      plan.label,
    );
    const { memory: buffers, owned } = this.allocatePlan(plan, variables);
    try {
      const addresses = buffers.map(({ address }) => address);
      const { memory, block } = this.#write(plan, measured, addresses, maxSteps);
      owned.push(block);
      if (memory.threads > 1 && !(await this.opened.pool.start())) memory.threads = 1;
      return new WasmProgram(this, plan, memory, () => this.destroy(owned));
    } catch (error) {
      this.destroy(owned);
      throw error;
    }
  }

  dispose(): void {
    if (!this.end()) return;
    const { engine, pool, threads } = this.opened;
    if (threads > 1) engine.dismiss();
    pool.dispose();
  }

  writeBytes(address: number, bytes: ArrayBuffer): void {
    new Uint8Array(this.opened.heap.memory.buffer, address, bytes.byteLength).set(new Uint8Array(bytes));
  }

  run(first: number, end: number, record: number, steps: number, memory: ProgramMemory): void {
    if (first === end) return;
    this.opened.activations.current = memory.activations;
    this.opened.engine.run(first, end, record, steps, memory.scratch, memory.scratchBytes, memory.threads);
  }

  /** Measures a plan's program, once: sizes do not depend on addresses, so it is written as if all lay at 0. */
  #measure(plan: Plan): Measured {
    const known = this.#measured.get(plan);
    if (known) return known;
    const writer = new ProgramWriter({ buffers: plan.buffers.map(() => 0), printed: this.opened.printed });
    writeLaunches(plan, writer);
    // Users' activations can be called by this thread only.
    const threads =
      writer.activations.length > 0 || workOf(plan) < this.opened.tuning.sharedWork ? 1 : this.opened.threads;
    const measured = { layout: writer.layout, threads };
    this.#measured.set(plan, measured);
    return measured;
  }

  /** Writes a plan's program, the room for its steps' records and its scratch into one block. */
  #write(
    plan: Plan,
    measured: Measured,
    buffers: readonly number[],
    maxSteps: number,
  ): { memory: ProgramMemory; block: WasmBuffer } {
    const { instructions, tables, slots, own } = measured.layout;
    const sizes = sizesOf(measured, maxSteps);
    const block = this.make(`${plan.label}: program`, "u32", sum(sizes) / 4);
    const places = sizes.map((_, i) => block.address + sum(sizes.slice(0, i)));
    const writer = new ProgramWriter({
      buffers,
      printed: this.opened.printed,
      place: { instructions: places[0], tables: places[1], shared: places[3] },
      slotBytes: slots,
      sharedElements: this.opened.tuning.sharedElements,
    });
    const starts = writeLaunches(plan, writer);
    const words = this.#words({ buffer: block, start: 0, length: (instructions + tables) / 4 });
    words.set(writer.instructions);
    words.set(writer.tables, instructions / 4);
    const memory = {
      starts: starts.map((start) => places[0] + start * 4),
      table: places[2],
      maxSteps,
      scratch: places[4],
      scratchBytes: slots + own,
      threads: measured.threads,
      activations: writer.activations,
    };
    return { memory, block };
  }

  protected allocate(label: string, dtype: DType, length: number): WasmBuffer {
    const bytes = length * 4 + 2 * this.margin;
    const start = this.opened.heap.allocate(bytes, label);
    new Uint8Array(this.opened.heap.memory.buffer, start, bytes).fill(0);
    return { label, dtype, length, address: start + this.margin };
  }

  protected release({ address, length }: WasmBuffer): void {
    this.opened.heap.release(address - this.margin, length * 4 + 2 * this.margin);
  }

  protected writeWords(buffer: WasmBuffer, values: Values, start: number): void {
    this.#words({ buffer, start, length: values.length }).set(
      new Uint32Array(values.buffer, values.byteOffset, values.length),
    );
  }

  protected copyWords(from: WasmBuffer, to: WasmBuffer): void {
    const all = (buffer: WasmBuffer) => this.#words({ buffer, start: 0, length: buffer.length });
    all(to).set(all(from));
  }

  protected async readWords(parts: readonly Part<WasmBuffer>[]): Promise<Uint32Array<ArrayBuffer>[]> {
    return parts.map((part) => this.#words(part).slice());
  }

  #words({ buffer, start, length }: Part<WasmBuffer>): Uint32Array<ArrayBuffer> {
    return new Uint32Array(this.opened.heap.memory.buffer as ArrayBuffer, buffer.address + 4 * start, length);
  }
}
