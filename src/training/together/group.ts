import type { Backend, DeviceBuffer } from "../../backends/backend.js";
import type { StepTable } from "../../compile/steps.js";
import type { DType, Values } from "../../core/dtype.js";
import { DeviceLostError } from "../../core/errors.js";
import { type ReplicaBuffer, ReplicaMemory, type Slab } from "./memory.js";
import { type Loading, type ReplicaProgram, ReplicaPrograms } from "./programs.js";

/** Work that a replica has asked for and doesn't wait for. */
type Command =
  | { kind: "write"; slab: Slab; start: number; values: Values }
  | { kind: "copy"; pairs: readonly (readonly [from: Slab, to: Slab])[] };

/** Work that a replica waits for. */
type Request = { replica: number; reject: (error: unknown) => void } & (
  | { kind: "read"; buffers: readonly DeviceBuffer[]; resolve: (values: Values[]) => void }
  | { kind: "run"; program: ReplicaProgram; table: StepTable; resolve: () => void }
  | { kind: "share"; label: string; dtype: DType; values: Values; resolve: (buffer: DeviceBuffer) => void }
  | { kind: "load"; loading: Loading; resolve: (program: ReplicaProgram) => void }
  | { kind: "done"; resolve: () => void }
);

/**
 * Replicas of a model on one device. Each works as if the device were its own; what it asks for is collected until all
 * wait, and then done for all of them in one go: the same writes and copies, reads, and steps of the same program. Replicas
 * that ask for something else have it done by itself. How work falls together changes how long it takes, and no number.
 */
export class ReplicaGroup {
  readonly memory: ReplicaMemory;
  readonly programs: ReplicaPrograms;
  /** Replicas that are still at work. */
  readonly #active: Set<number>;
  readonly #commands: Command[][];
  readonly #requests: Request[][];
  #isWorking = false;
  #generation: number | undefined;

  constructor(
    readonly device: Backend,
    readonly replicas: number,
  ) {
    this.memory = new ReplicaMemory(device, replicas);
    this.programs = new ReplicaPrograms(device, this.memory, replicas);
    this.#active = new Set(Array.from({ length: replicas }, (_, replica) => replica));
    this.#commands = Array.from({ length: replicas }, () => []);
    this.#requests = Array.from({ length: replicas }, () => []);
    this.#generation = device.generation;
  }

  write({ slab, replica }: ReplicaBuffer, values: Values, start: number): void {
    if (this.#isAtOnce) this.memory.write(slab, start, [{ replica, values }]);
    // The caller may fill its array anew.
    else this.#commands[replica].push({ kind: "write", slab, start, values: values.slice() as Values });
  }

  copy(replica: number, pairs: readonly (readonly [from: ReplicaBuffer, to: ReplicaBuffer])[]): void {
    const slabs = pairs.map(([from, to]) => [from.slab, to.slab] as const);
    if (this.#isAtOnce) this.memory.copy(slabs, [replica]);
    else this.#commands[replica].push({ kind: "copy", pairs: slabs });
  }

  read(replica: number, buffers: readonly DeviceBuffer[]): Promise<Values[]> {
    return new Promise((resolve, reject) => this.#ask({ kind: "read", replica, buffers, resolve, reject }));
  }

  run(replica: number, program: ReplicaProgram, table: StepTable): Promise<void> {
    return new Promise((resolve, reject) => this.#ask({ kind: "run", replica, program, table, resolve, reject }));
  }

  done(replica: number): Promise<void> {
    return new Promise((resolve, reject) => this.#ask({ kind: "done", replica, resolve, reject }));
  }

  share(replica: number, label: string, dtype: DType, values: Values): Promise<DeviceBuffer> {
    return new Promise((resolve, reject) =>
      this.#ask({ kind: "share", replica, label, dtype, values, resolve, reject }),
    );
  }

  load(loading: Loading): Promise<ReplicaProgram> {
    const { replica } = loading;
    return new Promise((resolve, reject) => this.#ask({ kind: "load", replica, loading, resolve, reject }));
  }

  /** Nobody waits for this replica any more. */
  leave(replica: number): void {
    this.#active.delete(replica);
    void this.#work();
  }

  /** Opens a lost device again, and forgets what it had. */
  async reopen(): Promise<void> {
    await this.device.reopen!();
    if (this.#generation === this.device.generation) return;
    this.#generation = this.device.generation;
    this.memory.forget();
    this.programs.forget();
    for (const commands of this.#commands) commands.length = 0; // for memory that is gone
  }

  dispose(): void {
    this.programs.dispose();
    this.memory.dispose();
  }

  #ask(request: Request): void {
    this.#requests[request.replica].push(request);
    void this.#work();
  }

  /** Does what replicas wait for, once all that are at work do. */
  async #work(): Promise<void> {
    if (this.#isWorking) return;
    this.#isWorking = true;
    try {
      while ([...this.#active].every((replica) => this.#requests[replica].length > 0)) {
        this.#giveCommands();
        const next = this.#next();
        if (next.length === 0) return;
        for (const { replica } of next) this.#requests[replica].shift();
        try {
          await this.#answer(next);
        } catch (error) {
          for (const { reject } of next) reject(error);
        }
        await Promise.resolve(); // whoever was answered may ask for more
      }
    } finally {
      this.#isWorking = false;
    }
  }

  /** Whether the device works at once: writes in one go gain nothing there, and take a copy of what is written. */
  get #isAtOnce(): boolean {
    return !this.device.done;
  }

  /** Gives all collected writes and copies to the device: in the order of each replica, those that are alike in one go. */
  #giveCommands(): void {
    for (const commands of this.#commands) {
      while (commands.length > 0) {
        const [first] = commands;
        const replicas: number[] = [];
        const alike: Command[] = [];
        for (const [replica, [head]] of this.#commands.entries()) {
          if (!head || !isAlike(first, head)) continue;
          replicas.push(replica);
          alike.push(this.#commands[replica].shift()!);
        }
        if (first.kind === "copy") this.memory.copy(first.pairs, replicas);
        else {
          const writes = alike.map((each, i) => ({ replica: replicas[i], values: (each as typeof first).values }));
          this.memory.write(first.slab, first.start, writes);
        }
      }
    }
    this.memory.sweep();
  }

  /**
   * The requests to be answered next, of those that replicas wait for first. Reads come before steps, and steps of few
   * replicas before those of many: whoever is behind the others catches up with them.
   */
  #next(): Request[] {
    const heads = this.#requests.flatMap(([head]) => head ?? []);
    for (const kind of ["read", "done"] as const) {
      const alike = heads.filter((each) => each.kind === kind);
      if (alike.length > 0) return alike;
    }
    const [sharing] = heads.filter((each) => each.kind === "share");
    if (sharing) {
      return heads.filter(
        (each) => each.kind === "share" && each.label === sharing.label && each.values.length === sharing.values.length,
      );
    }
    const loads = heads.filter(({ kind }) => kind === "load");
    if (loads.length > 0) return loads;
    const byProgram = new Map<ReplicaProgram, Request[]>();
    for (const each of heads) {
      if (each.kind === "run") byProgram.set(each.program, [...(byProgram.get(each.program) ?? []), each]);
    }
    return [...byProgram.values()].sort((a, b) => a.length - b.length)[0] ?? [];
  }

  async #answer(requests: readonly Request[]): Promise<void> {
    const [first] = requests;
    if (first.kind === "read") {
      const reads = requests as readonly (typeof first)[];
      const values = await this.memory.read(reads.flatMap(({ buffers }) => buffers));
      for (const { buffers, resolve } of reads) resolve(values.splice(0, buffers.length));
    } else if (first.kind === "run") {
      const runs = requests as readonly (typeof first)[];
      if (first.program.generation !== this.device.generation) throw new DeviceLostError("The GPU device was lost.");
      await first.program.run(runs.map(({ replica, table }) => ({ replica, table })));
      for (const { resolve } of runs) resolve();
    } else if (first.kind === "share") {
      const shares = requests as readonly (typeof first)[];
      const buffers = await this.memory.share(first.label, first.dtype, shares);
      shares.forEach(({ values, resolve }, i) => {
        const buffer = buffers[i];
        if ("slab" in buffer) this.write(buffer, values, 0);
        resolve(buffer);
      });
    } else if (first.kind === "load") {
      const loads = requests as readonly (typeof first)[];
      const programs = this.programs.load(loads.map(({ loading }) => loading));
      for (const [i, { resolve }] of loads.entries()) resolve(programs[i]);
    } else {
      await this.device.done?.();
      for (const each of requests) if (each.kind === "done") each.resolve();
    }
  }
}

function isAlike(a: Command, b: Command): boolean {
  if (a.kind === "write") {
    return b.kind === "write" && a.slab === b.slab && a.start === b.start && a.values.length === b.values.length;
  }
  return (
    b.kind === "copy" &&
    a.pairs.length === b.pairs.length &&
    a.pairs.every(([from, to], i) => from === b.pairs[i][0] && to === b.pairs[i][1])
  );
}
