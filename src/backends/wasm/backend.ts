import { ALL_PASSES } from "../../compile/fuse.js";
import type { Plan } from "../../compile/plan.js";
import { poolsFirst } from "../../compile/pools.js";
import { STEP_BYTES, type StepTable } from "../../compile/steps.js";
import { workOf } from "../../compile/work.js";
import type { DType, Values } from "../../core/dtype.js";
import { Turns } from "../../core/turns.js";
import type { Backend, DeviceBuffer, Program, Replicas } from "../backend.js";
import { BufferOwner, isShared, type Part } from "../buffers.js";
import { reasonFor } from "../on-cpu.js";
import type { BackendOptions, DeviceOptions } from "../options.js";
import { CustomActivations } from "./custom.js";
import { compileEngine, type Exports, instantiate, type Printed } from "./engine.js";
import { type Kernels, kernelsOf, writeLaunches } from "./launches.js";
import { Heap, MOST_PAGES } from "./memory.js";
import { CONTROL_BYTES, canSleep, chooseThreads, ThreadPool } from "./pool.js";
import { type ProgramMemory, type ProgramOwner, type StepPart, WasmProgram } from "./program.js";
import { type Layout, ProgramWriter } from "./writer.js";

interface WasmBuffer extends DeviceBuffer {
  readonly address: number;
}

/** The size of a plan's program, and the threads that run it. */
interface Measured {
  layout: Layout;
  kernels: Kernels;
  threads: number;
}

/** The models of a program that is for one, as for many. */
const ALONE: Replicas = { replicas: 1, shared: new Set() };

/** Bytes of the place of a replica's program: first and end of its instructions, its number, and one word more. */
const PLACE_BYTES = 16;

/**
 * Bytes of the places of replicas' programs, of their instructions, tables, steps' records and shared scratch, and of
 * threads' own scratch, as they lie in a program's memory.
 */
const sizesOf = ({ layout, threads }: Measured, maxSteps: number, replicas: number): number[] => [
  replicas * PLACE_BYTES,
  layout.instructions * replicas,
  layout.tables * replicas,
  maxSteps * replicas * STEP_BYTES,
  layout.shared * replicas,
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
  readonly fused = { ...ALL_PASSES, pools: poolsFirst };
  readonly turns = new Turns();
  /** Of plans that were measured: whether several threads can run them, too. */
  readonly #measured = new WeakMap<Plan, { layout: Layout; isShareable: boolean }>();

  private constructor(
    private readonly why: string,
    options: BackendOptions,
    private readonly opened: Opened,
  ) {
    super(options);
  }

  get variant(): string {
    return this.opened.fused ? "fused multiply-add" : "separate multiply and add";
  }

  get description(): string {
    const { threads, fused, pool } = this.opened;
    const working = pool.refusal === undefined ? threads : 1;
    const how = `${working} thread${working > 1 ? "s" : ""}${fused ? ", fused multiply-add" : ""}`;
    const late = pool.refusal === undefined ? "" : `; ${threads - 1} more could not start: ${pool.refusal}`;
    return `CPU (WebAssembly, ${how}), ${this.why}${late}`;
  }

  /**
   * @throws ArgumentError when the number of threads makes no sense, or it was asked for with half precision
   * @throws DeviceError when the platform has no WebAssembly SIMD
   */
  static async open(why: string, options: DeviceOptions = {}, tuning: Tuning = TUNING): Promise<WasmBackend> {
    const reason = reasonFor(why, options);
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
    return new WasmBackend(reason, options, opened);
  }

  async load(
    plan: Plan,
    variables: ReadonlyMap<string, DeviceBuffer>,
    maxSteps: number,
    together = ALONE,
  ): Promise<Program> {
    const kernels = await kernelsOf(plan);
    this.checkAlive();
    const { replicas } = together;
    const measured = this.#measure(plan, kernels, replicas);
    const copies = plan.buffers.map((planned) => (isShared(planned, together) ? 1 : replicas));
    const made = plan.buffers.flatMap(({ kind, length }, i) => (kind === "variable" ? [] : [length * 4 * copies[i]]));
    this.opened.heap.reserve(
      [sum(sizesOf(measured, maxSteps, replicas)), ...made].map((bytes) => bytes + 2 * this.margin),
      plan.label,
    );
    const { memory: buffers, owned } = this.allocatePlan(plan, variables, together);
    try {
      const addresses = Array.from({ length: replicas }, (_, replica) =>
        buffers.map(({ address }, i) => address + (copies[i] > 1 ? replica * plan.buffers[i].length * 4 : 0)),
      );
      const threads = measured.threads > 1 ? this.opened.pool.start() : undefined; // they start while programs are written
      const { memory, block } = this.#write(plan, measured, addresses, maxSteps, together.plans);
      owned.push(block);
      if (threads && !(await threads)) memory.threads = 1;
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

  writeTable(address: number, steps: StepTable): void {
    const { count, replicas, words } = steps;
    steps.write(new Uint32Array(this.opened.heap.memory.buffer, address, count * replicas * words));
  }

  run(memory: ProgramMemory, steps: StepTable, { at, count, first, end }: StepPart, launch?: number): void {
    const { replicas, starts, table, scratch, scratchBytes, threads } = memory;
    const { engine, activations } = this.opened;
    const from = starts[0][launch ?? 0];
    const to = launch === undefined ? starts[0].at(-1)! : starts[0][launch + 1];
    if (from === to) return;
    activations.current = memory.activations;
    const recordBytes = steps.words * 4;
    const record = table + at * recordBytes;
    if (replicas === 1) engine.run(from, to, record, recordBytes, count, scratch, scratchBytes, threads);
    else {
      const programs = this.#place(memory, launch) + first * PLACE_BYTES;
      const span = steps.count * recordBytes;
      engine.runReplicas(programs, end - first, record, span, recordBytes, count, scratch, scratchBytes, threads);
    }
  }

  /**
   * Writes where the programs of replicas begin and end, or the instructions of one launch, in the order in which threads
   * take them. Those that are at work at the same time are far from each other: threads that write to the same line of the
   * cache wait for it.
   *
   * @returns the address
   */
  #place({ starts, places, threads }: ProgramMemory, launch?: number): number {
    const words = new Uint32Array(this.opened.heap.memory.buffer, places, (starts.length * PLACE_BYTES) / 4);
    const each = Math.ceil(starts.length / threads);
    for (let first = 0, at = 0; first < each; first++) {
      for (let replica = first; replica < starts.length; replica += each, at += 4) {
        const own = starts[replica];
        words.set([own[launch ?? 0], launch === undefined ? own.at(-1)! : own[launch + 1], replica], at);
      }
    }
    return places;
  }

  /** Measures a plan's program, once: sizes do not depend on addresses, so it is written as if all lay at 0. */
  #measure(plan: Plan, kernels: Kernels, replicas: number): Measured {
    let known = this.#measured.get(plan);
    if (!known) {
      const writer = new ProgramWriter({ buffers: plan.buffers.map(() => 0), printed: this.opened.printed });
      writeLaunches(plan, kernels, writer);
      known = { layout: writer.layout, isShareable: writer.activations.length === 0 };
      this.#measured.set(plan, known);
    }
    // Users' activations can be called by this thread only. Replicas are shared by number, instructions by size.
    const isLarge = replicas > 1 || workOf(plan) >= this.opened.tuning.sharedWork;
    return { layout: known.layout, kernels, threads: known.isShareable && isLarge ? this.opened.threads : 1 };
  }

  /** Writes a plan's program for each replica, the room for steps' records and the scratch into one block. */
  #write(
    plan: Plan,
    measured: Measured,
    replicas: readonly (readonly number[])[],
    maxSteps: number,
    plans?: readonly Plan[],
  ): { memory: ProgramMemory; block: WasmBuffer } {
    const { instructions, tables, shared, slots, own } = measured.layout;
    const sizes = sizesOf(measured, maxSteps, replicas.length);
    const block = this.make(`${plan.label}: program`, "u32", sum(sizes) / 4);
    const at = sizes.map((_, i) => block.address + sum(sizes.slice(0, i)));
    let activations: ProgramMemory["activations"] = [];
    const starts = replicas.map((buffers, i) => {
      const place = { instructions: at[1] + i * instructions, tables: at[2] + i * tables, shared: at[4] + i * shared };
      const { printed, tuning } = this.opened;
      const { sharedElements } = tuning;
      const writer = new ProgramWriter({ buffers, printed, place, slotBytes: slots, sharedElements });
      const own = writeLaunches(plans?.[i] ?? plan, measured.kernels, writer);
      const words = this.#words({ buffer: block, start: 0, length: block.length });
      words.set(writer.instructions, (place.instructions - block.address) / 4);
      words.set(writer.tables, (place.tables - block.address) / 4);
      activations = writer.activations;
      return own.map((start) => place.instructions + start * 4);
    });
    const memory = {
      replicas: replicas.length,
      places: at[0],
      starts,
      table: at[3],
      maxSteps,
      scratch: at[5],
      scratchBytes: slots + own,
      threads: measured.threads,
      activations,
    };
    return { memory, block };
  }

  protected allocate(label: string, dtype: DType, length: number): WasmBuffer {
    const bytes = length * 4 + 2 * this.margin;
    return { label, dtype, length, address: this.opened.heap.allocate(bytes, label) + this.margin };
  }

  protected release({ address, length }: WasmBuffer): void {
    this.opened.heap.release(address - this.margin, length * 4 + 2 * this.margin);
  }

  protected writeWords(buffer: WasmBuffer, values: Values, start: number): void {
    this.#words({ buffer, start, length: values.length }).set(
      new Uint32Array(values.buffer, values.byteOffset, values.length),
    );
  }

  protected copyWords(from: Part<WasmBuffer>, to: Part<WasmBuffer>): void {
    this.#words(to).set(this.#words(from));
  }

  protected async readWords(parts: readonly Part<WasmBuffer>[]): Promise<Uint32Array<ArrayBuffer>[]> {
    return parts.map((part) => this.#words(part).slice());
  }

  #words({ buffer, start, length }: Part<WasmBuffer>): Uint32Array<ArrayBuffer> {
    return new Uint32Array(this.opened.heap.memory.buffer as ArrayBuffer, buffer.address + 4 * start, length);
  }
}
