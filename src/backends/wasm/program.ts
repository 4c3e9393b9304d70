import type { Plan } from "../../compile/plan.js";
import type { StepTable } from "../../compile/steps.js";
import { workOf } from "../../compile/work.js";
import { LONGEST_SILENCE, type Turns } from "../../core/turns.js";
import type { CustomActivation } from "../../ops/activations.js";
import type { Program } from "../backend.js";

/** The place of a program in memory: instructions, records, scratch. */
export interface ProgramMemory {
  replicas: number;
  /** Room for the places of the replicas' instructions. */
  places: number;
  /** The instructions of launch i of a replica begin at its `starts[i]`, and end at `starts[i + 1]`. */
  starts: readonly (readonly number[])[];
  /** Records of `maxSteps` steps, of each replica. */
  table: number;
  maxSteps: number;
  scratch: number;
  scratchBytes: number;
  threads: number;
  /** Users' activations, by the number that instructions know them by. */
  activations: readonly CustomActivation[];
}

/** The backend as its programs see it. */
export interface ProgramOwner {
  readonly turns: Turns;
  /** @throws ArgumentError when it was disposed */
  checkAlive(): void;
  /** Writes the records of a table. */
  writeTable(address: number, steps: StepTable): void;
  /**
   * Runs all launches of a program, or one, on all threads that it may use.
   *
   * @param steps - the table in memory
   */
  run(memory: ProgramMemory, steps: StepTable, part: StepPart, launch?: number): void;
}

/** `count` steps from `at` on of the replicas from `first` to `end`, in the order in which threads take them. */
export interface StepPart {
  at: number;
  count: number;
  first: number;
  end: number;
}

/** One call runs at least so many multiply-adds: a millisecond or so. */
const SMALLEST_CALL = 2e7;
const CALL_MILLISECONDS = LONGEST_SILENCE / 2;

/** A loaded plan. One call into WASM runs many steps; between calls other work of the thread gets its turn. */
export class WasmProgram implements Program {
  readonly #fewest: number;
  #perCall: number;
  /** The table in memory: a run that repeats writes nothing. */
  #written?: StepTable;

  constructor(
    private readonly owner: ProgramOwner,
    private readonly plan: Plan,
    private readonly memory: ProgramMemory,
    private readonly free: () => void,
  ) {
    this.#fewest = Math.max(1, Math.floor(SMALLEST_CALL / workOf(plan)));
    this.#perCall = this.#fewest;
  }

  async run(steps: StepTable): Promise<void> {
    const { replicas, threads } = this.memory;
    this.#upload(steps);
    // Some replicas after the others, each with as many of its steps as a call may take: a thread keeps to few models.
    for (let first = 0; first < replicas; ) {
      const wide = Math.floor(this.#perCall / steps.count / threads) * threads;
      const end = Math.min(replicas, first + Math.max(wide, threads));
      for (let at = 0; at < steps.count; ) {
        const count = Math.min(Math.max(1, Math.floor(this.#perCall / (end - first))), steps.count - at);
        const started = performance.now();
        this.owner.run(this.memory, steps, { at, count, first, end });
        this.#adapt(count * (end - first), performance.now() - started);
        at += count;
        if (!this.owner.turns.isDue(CALL_MILLISECONDS)) continue;
        await this.owner.turns.give();
        this.owner.checkAlive();
      }
      first = end;
    }
  }

  async profile(steps: StepTable, repeats: number): Promise<Float64Array> {
    const { replicas } = this.memory;
    this.#upload(steps);
    const times = new Float64Array(this.plan.launches.length);
    for (let step = 0; step < steps.count; step++) {
      times.forEach((_, launch) => {
        const started = performance.now();
        for (let repeat = 0; repeat < repeats; repeat++) {
          this.owner.run(this.memory, steps, { at: step, count: 1, first: 0, end: replicas }, launch);
        }
        times[launch] += (performance.now() - started) / (steps.count * repeats);
      });
    }
    return times;
  }

  dispose(): void {
    this.free();
  }

  #upload(steps: StepTable): void {
    this.owner.checkAlive();
    const { table, maxSteps, replicas } = this.memory;
    steps.checkFits(this.plan.label, maxSteps, replicas);
    if (steps !== this.#written) this.owner.writeTable(table, steps);
    this.#written = steps;
  }

  #adapt(steps: number, milliseconds: number): void {
    const fitting = Math.floor((steps * CALL_MILLISECONDS) / Math.max(milliseconds, 0.01));
    this.#perCall = Math.max(Math.min(fitting, this.#perCall * 2), Math.min(this.#fewest, fitting), 1);
  }
}
