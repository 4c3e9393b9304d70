import { planFor } from "../compile/kept-plans.js";
import { ModelStepTable } from "../compile/steps.js";
import type { Values } from "../core/dtype.js";
import type { Buckets } from "./buckets.js";
import type { DeviceMemory } from "./device-memory.js";
import type { EncodedDataset } from "./encode.js";
import type { Steps } from "./epochs.js";
import type { Evaluation } from "./evaluate.js";
import { inspectionGraph, type TrainingSpec, trainingGraph } from "./graphs.js";
import type { EvaluatedPart, Scores } from "./history.js";
import type { ActiveFit } from "./internals.js";
import { BATCH } from "./options.js";
import { LoadedGraph, loadPass, type Pass } from "./pass.js";
import { RUN_START } from "./session.js";

/** Steps to be run in one go, and the rows that they take. */
export interface StepRun {
  steps: Steps;
  order: Uint32Array<ArrayBuffer>;
  /** Whether an epoch ends with them: the parameters are inspected. */
  endsEpoch: boolean;
  /** Whether parts of the data are evaluated then. */
  evaluates?: boolean;
  /** Data that have changed since the run before. */
  changed: readonly string[];
}

/** The record of the inspection's one step. */
const ONE_STEP = new ModelStepTable(1);
ONE_STEP.set(0, { first: 0, rows: 1 });

/**
 * Programs of a training: its steps, an inspection of the parameters, evaluations of parts of the data. All is loaded
 * once, and again after a device was lost.
 */
export class Programs {
  training!: Pass;
  #evaluations: [part: EvaluatedPart, Evaluation][] = [];
  #inspection!: LoadedGraph;
  #memory?: DeviceMemory;

  constructor(
    private readonly spec: TrainingSpec,
    private readonly source: EncodedDataset,
    private readonly evaluated: ActiveFit["evaluated"],
    private readonly buckets?: Buckets,
  ) {}

  /** Loads everything onto the device's memory, where that wasn't done yet. */
  async load(memory: DeviceMemory): Promise<void> {
    if (this.#memory === memory) return;
    const { spec, source, evaluated, buckets } = this;
    const trace = (shapes: EncodedDataset["shapes"]) => trainingGraph(spec, shapes).roots;
    const [label, { shapes }] = ["training", source];
    // Buckets have plans of their own.
    const plan = buckets ? undefined : (spec.planned?.(shapes) ?? (await planFor(memory.device, label, trace(shapes))));
    const inspection = await planFor(memory.device, "inspection", inspectionGraph(spec.model));
    this.#inspection = await LoadedGraph.load(inspection, memory, {}, 1);
    this.training = await (buckets?.load ?? loadPass)(memory, { label, trace, plan }, source);
    this.#evaluations = [];
    for (const [part, data] of Object.entries(evaluated)) {
      const { Evaluation } = await import("./evaluate.js");
      const wanted = Math.max(source.shapes.batch, BATCH);
      const evaluation = await Evaluation.load(spec, memory, data, undefined, wanted, buckets);
      this.#evaluations.push([part as EvaluatedPart, evaluation]);
    }
    this.#memory = memory;
  }

  /**
   * Runs steps and reads what they left in one go.
   *
   * @returns results of the steps; after an epoch the counts of the inspection and, where they are due, the evaluations'
   * results; variables that go home
   */
  async run(memory: DeviceMemory, { steps, order, endsEpoch, evaluates, changed }: StepRun): Promise<Values[]> {
    if (this.#memory !== memory) await this.load(memory);
    for (const name of changed) await this.training.refresh(name);
    const outputs = [await this.training.run(steps, order)];
    if (endsEpoch) {
      await this.#inspection.program.run(ONE_STEP);
      outputs.push(this.#inspection.buffers.get("inspection")!);
      if (evaluates) for (const [, evaluation] of this.#evaluations) outputs.push(await evaluation.run());
    }
    return memory.read([...outputs, ...memory.homeward(endsEpoch)]);
  }

  /** Scores of the parts that a run evaluated. @param read - what is left of it, of which they take theirs */
  scores(read: Values[]): Partial<Record<EvaluatedPart, Scores>> {
    return Object.fromEntries(this.#evaluations.map(([part, evaluation]) => [part, evaluation.scores(read.shift()!)]));
  }

  /** Inspects the parameters alone. */
  async inspect(memory: DeviceMemory): Promise<Values[]> {
    await this.load(memory);
    await this.#inspection.program.run(ONE_STEP);
    return memory.read([this.#inspection.buffers.get("inspection")!]);
  }

  dispose(): void {
    this.training?.dispose();
    this.#inspection?.dispose();
    for (const [, evaluation] of this.#evaluations) evaluation.dispose();
    this.#memory?.forget(RUN_START);
  }
}
