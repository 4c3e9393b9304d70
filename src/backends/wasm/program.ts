import { workOf } from "../../compile/cost.js";
import type { Plan } from "../../compile/plan.js";
import { STEP_BYTES, type StepTable } from "../../compile/steps.js";
import { ArgumentError } from "../../core/errors.js";
import { LONGEST_SILENCE, type Turns } from "../../core/tasks.js";
import type { CustomActivation } from "../../ops/activations.js";
import type { Program } from "../backend.js";

/** The place of a program in memory: instructions of launch i from `starts[i]` to `starts[i + 1]`, records, scratch. */
export interface ProgramMemory {
  starts: readonly number[];
  /** Records of `maxSteps` steps. */
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
  writeBytes(address: number, bytes: ArrayBuffer): void;
  /** Runs instructions on all threads that the program may use. */
  run(first: number, end: number, record: number, steps: number, memory: ProgramMemory): void;
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
    const { starts, table } = this.memory;
    this.#upload(steps);
    for (let at = 0; at < steps.count; ) {
      const count = Math.min(this.#perCall, steps.count - at);
      const started = performance.now();
      this.owner.run(starts[0], starts.at(-1)!, table + at * STEP_BYTES, count, this.memory);
      this.#adapt(count, performance.now() - started);
      at += count;
      if (!this.owner.turns.isDue(CALL_MILLISECONDS)) continue;
      await this.owner.turns.give();
      this.owner.checkAlive();
    }
  }

  async profile(steps: StepTable, repeats: number): Promise<Float64Array> {
    const { starts, table } = this.memory;
    this.#upload(steps);
    const times = new Float64Array(this.plan.launches.length);
    for (let step = 0; step < steps.count; step++) {
      times.forEach((_, launch) => {
        const started = performance.now();
        for (let repeat = 0; repeat < repeats; repeat++) {
          this.owner.run(starts[launch], starts[launch + 1], table + step * STEP_BYTES, 1, this.memory);
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
    const { table, maxSteps } = this.memory;
    if (steps.count > maxSteps) {
      throw new ArgumentError(`${this.plan.label}: loaded for ${maxSteps} steps, not ${steps.count}.`);
    }
    if (steps !== this.#written) this.owner.writeBytes(table, steps.bytes);
    this.#written = steps;
  }

  #adapt(steps: number, milliseconds: number): void {
    const fitting = Math.floor((steps * CALL_MILLISECONDS) / Math.max(milliseconds, 0.01));
    this.#perCall = Math.max(Math.min(fitting, this.#perCall * 2), Math.min(this.#fewest, fitting), 1);
  }
}
