import type { Backend, DeviceBuffer, KernelText, Program } from "../../backends/backend.js";
import { type SharedPlan, samePlan, shareable, sharedPlan } from "../../compile/numbers.js";
import type { Plan } from "../../compile/plan.js";
import { ReplicaStepTable } from "../../compile/replica-steps.js";
import { FIRST_HYPERPARAMETER, STEP_BYTES, type StepTable } from "../../compile/steps.js";
import type { ReplicaMemory } from "./memory.js";

/** The table of steps of one run on the device is at most so large. */
const MOST_TABLE_BYTES = 2 ** 23;

/** Steps of one replica. */
export interface ReplicaSteps {
  replica: number;
  table: StepTable;
}

/** A loaded program, and what it was loaded for. */
interface Made {
  device: Backend;
  /** The memory and the number of steps, as a text. */
  place: string;
  /** Of each replica. */
  plans: readonly Plan[];
  shared: SharedPlan;
  /** The most steps of one table. */
  most: number;
  program: Promise<Program>;
}

/** A program that runs a plan for all replicas, for as long as one of them has it loaded. */
export class ReplicaProgram {
  readonly generation: number | undefined;
  readonly place: string;
  readonly program: Promise<Program>;
  users = 0;
  #last?: { runs: readonly ReplicaSteps[]; table: StepTable };

  constructor(private readonly made: Made) {
    this.generation = made.device.generation;
    this.place = made.place;
    this.program = made.program;
  }

  /** Whether this runs the plan that a replica asks for. */
  serves({ replica, plan }: Loading): boolean {
    return samePlan(this.made.plans[replica], plan);
  }

  /** Runs steps of some replicas side by side; the others are idle. A run that repeats writes nothing. */
  async run(runs: readonly ReplicaSteps[]): Promise<void> {
    const program = await this.program;
    const count = Math.max(...runs.map(({ table }) => table.count));
    for (let from = 0; from < count; from += this.made.most) {
      const isSame = count <= this.made.most && this.#last && sameRuns(runs, this.#last.runs);
      const table = isSame ? this.#last!.table : this.#merged(runs, from, Math.min(count, from + this.made.most));
      this.#last = count <= this.made.most ? { runs, table } : undefined;
      await program.run(table);
    }
  }

  #merged(runs: readonly ReplicaSteps[], from: number, to: number): StepTable {
    const { plans, shared } = this.made;
    const { first, words } = shared;
    const own = Math.max(...runs.map(({ table }) => table.words)) - FIRST_HYPERPARAMETER;
    const merged = new ReplicaStepTable(to - from, plans.length, Math.max(own, first + (words[0]?.length ?? 0)));
    for (const { replica, table } of runs) {
      merged.take(replica, table, [Math.min(from, table.count), Math.min(to, table.count)], first, words[replica]);
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

/** A plan that a replica loads, with its variables. */
export interface Loading {
  replica: number;
  plan: Plan;
  variables: ReadonlyMap<string, DeviceBuffer>;
  maxSteps: number;
}

/** A plan's variables with their buffers, in the plan's order. */
const variablesOf = ({ buffers }: Plan, variables: ReadonlyMap<string, DeviceBuffer>) =>
  buffers.flatMap(({ kind, name }) => {
    const buffer = kind === "variable" && variables.get(name);
    return buffer ? [[name, buffer] as const] : [];
  });

/**
 * The programs that replicas have loaded: one for all that load the same plan, or plans that differ in numbers alone, over
 * the same memory.
 */
export class ReplicaPrograms {
  #programs: ReplicaProgram[] = [];
  readonly #numbers = new WeakMap<object, number>();
  #numbered = 0;

  constructor(
    private readonly device: Backend,
    private readonly memory: ReplicaMemory,
    private readonly replicas: number,
  ) {}

  /** Loads what some replicas ask for. @returns the program of each, in their order, counted as used once more */
  load(all: readonly Loading[]): ReplicaProgram[] {
    const places = all.map((each) => this.#placesOf(each));
    const found = all.map((each, i) => this.#programs.find((known) => known.place === places[i] && known.serves(each)));
    for (const place of new Set(places)) {
      const asked = all.map((_, i) => i).filter((i) => places[i] === place && !found[i]);
      for (const group of shareable(asked.map((i) => all[i].plan))) {
        const own = group.map((i) => asked[i]);
        const made = this.#make(
          place,
          own.map((i) => all[i]),
        );
        for (const i of own) found[i] = made;
      }
    }
    for (const program of found) program!.users++;
    return found as ReplicaProgram[];
  }

  /** Gives a program back, which goes with its last user. */
  release(program: ReplicaProgram): void {
    if (--program.users > 0 || !this.#programs.includes(program)) return; // freed with all others, or lost
    this.#programs = this.#programs.filter((each) => each !== program);
    void program.dispose();
  }

  dispose(): void {
    for (const program of this.#programs) void program.dispose();
    this.forget();
  }

  /** Forgets what a lost device had. */
  forget(): void {
    this.#programs = [];
  }

  #make(place: string, given: readonly Loading[]): ReplicaProgram {
    const [{ plan: any, variables, maxSteps }] = given;
    const { replicas } = this;
    const byReplica = new Map(given.map(({ replica, plan }) => [replica, plan]));
    const plans = Array.from({ length: replicas }, (_, replica) => byReplica.get(replica) ?? any);
    const shared = sharedPlan(plans)!;
    const most = Math.max(1, Math.min(maxSteps, Math.floor(MOST_TABLE_BYTES / STEP_BYTES / replicas)));
    const needed = variablesOf(any, variables);
    const program = this.device.load(
      shared.plan,
      new Map(needed.map(([name, buffer]) => [name, this.memory.behind(buffer)])),
      most,
      {
        replicas,
        shared: new Set(needed.filter(([, buffer]) => !("slab" in buffer)).map(([name]) => name)),
        ...(shared.plan !== any && { plans }),
      },
    );
    program.catch(() => {}); // whoever loads it hears of it
    const made = new ReplicaProgram({ device: this.device, place, plans, shared, most, program });
    this.#programs.push(made);
    return made;
  }

  /** The memory that a plan works on, and the steps that it is loaded for, as a text. */
  #placesOf({ plan, variables, maxSteps }: Loading): string {
    const behind = variablesOf(plan, variables).map(([name, buffer]) => [
      name,
      this.#numberOf(this.memory.behind(buffer)),
    ]);
    return JSON.stringify([maxSteps, behind]);
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
