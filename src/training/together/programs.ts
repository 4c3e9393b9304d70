import type { Backend, DeviceBuffer, KernelText, Program } from "../../backends/backend.js";
import type { Plan } from "../../compile/plan.js";
import { ReplicaStepTable } from "../../compile/replica-steps.js";
import { STEP_BYTES, type StepTable } from "../../compile/steps.js";
import type { ReplicaMemory } from "./memory.js";

/** The table of steps of one run on the device is at most so large. */
const MOST_TABLE_BYTES = 2 ** 23;

/** Steps of one replica. */
export interface ReplicaSteps {
  replica: number;
  table: StepTable;
}

/** A program that runs a plan for all replicas, for as long as one of them has it loaded. */
export class ReplicaProgram {
  readonly generation: number | undefined;
  users = 0;
  #last?: { runs: readonly ReplicaSteps[]; table: StepTable };

  constructor(
    device: Backend,
    private readonly replicas: number,
    /** The most steps of one table. */
    private readonly most: number,
    readonly program: Promise<Program>,
  ) {
    this.generation = device.generation;
  }

  /** Runs steps of some replicas side by side; the others are idle. A run that repeats writes nothing. */
  async run(runs: readonly ReplicaSteps[]): Promise<void> {
    const program = await this.program;
    const count = Math.max(...runs.map(({ table }) => table.count));
    for (let from = 0; from < count; from += this.most) {
      const isSame = count <= this.most && this.#last && sameRuns(runs, this.#last.runs);
      const table = isSame ? this.#last!.table : this.#merged(runs, from, Math.min(count, from + this.most));
      this.#last = count <= this.most ? { runs, table } : undefined;
      await program.run(table);
    }
  }

  #merged(runs: readonly ReplicaSteps[], from: number, to: number): StepTable {
    const merged = new ReplicaStepTable(to - from, this.replicas);
    const [{ table: any }] = runs;
    const byReplica = new Map(runs.map(({ replica, table }) => [replica, table]));
    for (let replica = 0; replica < this.replicas; replica++) {
      const table = byReplica.get(replica);
      if (table) merged.take(replica, table, Math.min(from, table.count), Math.min(to, table.count));
      else merged.take(replica, any, 0, 0);
    }
    return merged;
  }

  async dispose(): Promise<void> {
    const program = await this.program.catch(() => undefined); // its load was reported
    program?.dispose();
  }
}

const sameRuns = (a: readonly ReplicaSteps[], b: readonly ReplicaSteps[]): boolean =>
  a.length === b.length && a.every(({ replica, table }, i) => replica === b[i].replica && table === b[i].table);

/** The programs that replicas have loaded: one for all that load the same plan over the same memory. */
export class ReplicaPrograms {
  readonly #programs = new Map<string, ReplicaProgram>();
  readonly #numbers = new WeakMap<object, number>();
  #numbered = 0;

  constructor(
    private readonly device: Backend,
    private readonly memory: ReplicaMemory,
    private readonly replicas: number,
  ) {}

  /** @returns the program, counted as used once more, and what gives it back */
  load(plan: Plan, variables: ReadonlyMap<string, DeviceBuffer>, maxSteps: number) {
    const needed = plan.buffers.flatMap(({ kind, name }) => {
      const buffer = kind === "variable" && variables.get(name);
      return buffer ? [[name, buffer] as const] : [];
    });
    const behind = needed.map(([name, buffer]) => [name, this.memory.behind(buffer)] as const);
    const numbers = [plan, ...behind.map(([, buffer]) => buffer)].map((each) => this.#numberOf(each));
    const key = [...numbers, maxSteps].join();
    let found = this.#programs.get(key);
    if (!found) {
      const shared = new Set(needed.filter(([, buffer]) => !("slab" in buffer)).map(([name]) => name));
      const most = Math.max(1, Math.min(maxSteps, Math.floor(MOST_TABLE_BYTES / STEP_BYTES / this.replicas)));
      const { replicas } = this;
      const program = this.device.load(plan, new Map(behind), most, { replicas, shared });
      program.catch(() => {}); // whoever loads it hears of it
      found = new ReplicaProgram(this.device, replicas, most, program);
      this.#programs.set(key, found);
    }
    const own = found;
    own.users++;
    const release = () => {
      if (--own.users > 0) return;
      if (this.#programs.get(key) !== own) return; // freed with all others, or lost
      this.#programs.delete(key);
      void own.dispose();
    };
    return { program: own, release };
  }

  dispose(): void {
    for (const program of this.#programs.values()) void program.dispose();
    this.forget();
  }

  /** Forgets what a lost device had. */
  forget(): void {
    this.#programs.clear();
  }

  #numberOf(each: object): number {
    const number = this.#numbers.get(each) ?? this.#numbered++;
    this.#numbers.set(each, number);
    return number;
  }
}

/** A plan as one of its replicas runs it. */
export class OneOfMany implements Program {
  constructor(
    private readonly submit: (table: StepTable) => Promise<void>,
    private readonly release: () => void,
    readonly kernels: readonly KernelText[] | undefined,
    private readonly refuse: () => Error,
  ) {}

  run(table: StepTable): Promise<void> {
    return table.count > 0 ? this.submit(table) : Promise.resolve();
  }

  async profile(): Promise<Float64Array> {
    throw this.refuse();
  }

  dispose(): void {
    this.release();
  }
}
