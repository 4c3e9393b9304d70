import type { Plan } from "../../compile/plan.js";
import { STEP_BYTES, type StepTable } from "../../compile/steps.js";
import { workOf } from "../../compile/work.js";
import type { KernelText, Program } from "../backend.js";
import type { Commands } from "./commands.js";
import type { Completion } from "./completion.js";
import type { Pipeline } from "./pipelines.js";

/** A dispatch with its pipeline and bindings, made before the first step. */
export interface Dispatch extends Pipeline {
  tensors: GPUBindGroup;
}

/** The backend as its programs see it. */
export interface ProgramOwner {
  readonly device: GPUDevice;
  readonly commands: Commands;
  readonly completion: Completion;
  /** @throws the error that ended the device's work, if any */
  checkAlive(): void;
}

/** The memory of a program's steps: the table of records, its bind group, and all buffers that its commands use. */
export interface StepMemory {
  table: GPUBuffer;
  step: GPUBindGroup;
  used: readonly GPUBuffer[];
  /** Models that run side by side: the table has a record for each. */
  replicas: number;
}

/** A plan as one kernel that runs many steps in a dispatch. */
export interface WholePlan {
  readonly stepsPerDispatch: number;
  readonly kernel: KernelText;
  /** The buffers that dispatches use, beside those of the plan. */
  readonly used: readonly GPUBuffer[];
  /** Writes the records of a run's steps, in their order. */
  write(records: ArrayBuffer, count: number): void;
  /** Copies what dispatches use from the plan's buffers, or what they changed back. */
  copy(direction: "in" | "out"): void;
  /** Records steps from `first`, the beginning of a dispatch, to `last`. */
  record(pass: GPUComputePassEncoder, first: number, last: number): void;
  dispose(): void;
}

/** The time that a submit should take: browsers stay responsive, and no watchdog fires. */
const SUBMIT_MILLISECONDS = 20;
/** Multiply-adds of a submit that is short on any GPU: the steps of the first submit follow from this. */
const SMALL_SUBMIT_WORK = 4e6;
const MAX_FIRST_STEPS = 64;
const MAX_STEPS = 1024;
const IN_FLIGHT = 2;

/**
 * A loaded plan. Steps are recorded back to back into one pass, many to a submit, two submits in flight; a step selects
 * its record by a dynamic offset, so that nothing is written or bound anew.
 */
export class WebgpuProgram implements Program {
  /** Steps of the shortest submit, of which others have a multiple: by timing. */
  readonly #fewest: number;
  #perSubmit: number;
  readonly #inFlight: Promise<void>[] = [];
  /** The table that is on the device: a run that repeats it writes nothing. */
  #written?: StepTable;

  constructor(
    private readonly owner: ProgramOwner,
    private readonly plan: Plan,
    private readonly dispatches: readonly Dispatch[],
    private readonly memory: StepMemory,
    private readonly free: () => void,
    /** Runs many steps in a dispatch, in place of launches. */
    private readonly whole?: WholePlan,
  ) {
    const work = workOf(plan) * memory.replicas;
    this.#fewest =
      whole?.stepsPerDispatch ?? Math.max(1, Math.min(MAX_FIRST_STEPS, Math.floor(SMALL_SUBMIT_WORK / work)));
    this.#perSubmit = this.#fewest;
  }

  get kernels(): readonly KernelText[] {
    if (this.whole) return [this.whole.kernel];
    return this.dispatches.map(({ wgsl, constants, workgroups }, i) => ({
      label: this.plan.launches[i].label,
      wgsl,
      constants,
      workgroups,
    }));
  }

  async run(steps: StepTable): Promise<void> {
    const { table, replicas } = this.memory;
    steps.checkFits(this.plan.label, table.size / STEP_BYTES / replicas, replicas);
    this.owner.checkAlive();
    if (steps !== this.#written) this.#write(steps);
    this.#written = steps;
    this.whole?.copy("in");
    for (let first = 0; first < steps.count; ) {
      const last = Math.min(first + this.#perSubmit, steps.count);
      this.#record(first, last);
      // The last steps are submitted with the commands that follow, at the latest with those that read results.
      if (last - first === this.#perSubmit) this.#submit(last - first);
      first = last;
      if (this.#inFlight.length >= IN_FLIGHT) await this.#inFlight.shift();
      this.owner.checkAlive();
    }
    this.whole?.copy("out");
  }

  async profile(steps: StepTable, repeats: number): Promise<Float64Array> {
    this.owner.checkAlive();
    this.owner.commands.write(this.memory.table, 0, steps.byStep());
    if (!this.whole) this.#written = steps;
    const { timeLaunches } = await import("./timing.js");
    const { owner, dispatches, memory } = this;
    return timeLaunches({ owner, dispatches, memory, steps: steps.count, repeats });
  }

  dispose(): void {
    this.owner.commands.destroy(this.memory.table);
    this.whole?.dispose();
    this.free();
  }

  #write(steps: StepTable): void {
    if (this.whole) this.whole.write(steps.byStep(), steps.count);
    else this.owner.commands.write(this.memory.table, 0, steps.byStep());
  }

  #record(first: number, last: number): void {
    const { used, replicas } = this.memory;
    this.owner.commands.add([...used, ...(this.whole?.used ?? [])], (encoder) => {
      const pass = encoder.beginComputePass({ label: this.plan.label });
      if (this.whole) this.whole.record(pass, first, last);
      else
        for (let step = first; step < last; step++) {
          pass.setBindGroup(0, this.memory.step, [step * replicas * STEP_BYTES]);
          for (const { pipeline, tensors, workgroups } of this.dispatches) {
            pass.setPipeline(pipeline);
            pass.setBindGroup(1, tensors);
            pass.dispatchWorkgroups(workgroups[0], workgroups[1], replicas);
          }
        }
      pass.end();
    });
  }

  #submit(steps: number): void {
    const queued = this.#inFlight.length;
    const started = performance.now();
    this.owner.commands.submit();
    this.#inFlight.push(
      // With another submit ahead of it, this one had about half of the time to itself.
      this.owner.completion.done().then(() => this.#adapt(steps, (performance.now() - started) / (queued + 1))),
    );
  }

  #adapt(steps: number, milliseconds: number): void {
    const fitting = Math.floor((steps * SUBMIT_MILLISECONDS) / Math.max(milliseconds, 0.1));
    const next = Math.min(fitting, this.#perSubmit * 2, MAX_STEPS);
    this.#perSubmit = Math.max(next - (next % this.#fewest), this.#fewest);
  }
}
