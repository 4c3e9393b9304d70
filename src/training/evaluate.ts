import type { Dataset } from "../data/dataset.js";
import { inScope, type Tensor } from "../graph/tensor.js";
import { batchSum } from "../ops/batch.js";
import type { Buckets } from "./buckets.js";
import type { DataShapes } from "./data-shapes.js";
import type { DeviceMemory, Output } from "./device-memory.js";
import { encode } from "./encode.js";
import { epochOrder, Steps } from "./epochs.js";
import { batchOf, forward, recordsOf, resultsOf, rowLosses, rowMetrics, type TrainingSpec } from "./graphs.js";
import { type Head, scoredHeads, slotCount } from "./heads.js";
import type { Scores } from "./history.js";
import { BATCH } from "./options.js";
import { loadPass, type Pass } from "./pass.js";
import { StepResults, scoresOf } from "./results.js";

/** An evaluation ready to run any number of times, on the same device memory that training changes. */
export class Evaluation {
  private constructor(
    private readonly heads: readonly Head[],
    private readonly pass: Pass,
    private readonly steps: Steps,
  ) {}

  /**
   * @param chosen - rows per step, if someone chose them
   * @param wanted - rows per step otherwise, or fewer, to fit
   * @param buckets - of a training in which batches have places of their own
   */
  static async load(
    spec: TrainingSpec,
    memory: DeviceMemory,
    data: Dataset,
    chosen?: number,
    wanted = BATCH,
    buckets?: Buckets,
  ) {
    const order = epochOrder(data.rows, 0, 0, false);
    const source = { ...encode(spec, data, chosen ?? wanted), order, anyBatch: chosen === undefined };
    const trace = (shapes: DataShapes) => evaluationGraph(spec, shapes);
    const pass = await (buckets?.evaluating ?? loadPass)(memory, { label: "evaluation", trace }, source);
    return new Evaluation(await scoredHeads(spec.heads, source.data), pass, new Steps(data.rows, pass.batch));
  }

  /** Hands the work to the device. */
  run(): Promise<Output> {
    return this.pass.run(this.steps);
  }

  /** @param words - what a run left */
  scores(words: ArrayLike<number>): Scores {
    const { heads } = this;
    const { count, rows } = this.steps;
    const results = new StepResults(words, slotCount(heads));
    // Summed in float64.
    const sums = Array.from({ length: slotCount(heads) }, (_, slot) => {
      let sum = 0;
      for (let step = 0; step < count; step++) sum += results.value(step, slot);
      return sum;
    });
    return scoresOf(heads, sums, rows);
  }

  dispose(): void {
    this.pass.dispose();
  }
}

export async function evaluateOn(spec: TrainingSpec, memory: DeviceMemory, data: Dataset, batchSize?: number) {
  const evaluation = await Evaluation.load(spec, memory, data, batchSize);
  try {
    const [words] = await memory.read([await evaluation.run()]);
    return evaluation.scores(words);
  } finally {
    evaluation.dispose();
  }
}

/** One batch of an evaluation: sums of loss and metrics over its rows. */
function evaluationGraph(spec: TrainingSpec, shapes: DataShapes): Tensor[] {
  const { model, heads } = spec;
  const results = resultsOf(shapes.steps, slotCount(heads));
  const rows = batchOf(heads, shapes);
  const outputs = forward(model, rows.xs);
  const values = inScope("evaluation", () => [
    ...heads.map((head, i) => batchSum(rowLosses(head, outputs[i], rows.heads[i], shapes.targets[i]).weighted)),
    ...heads.flatMap((head, i) => rowMetrics(head, outputs[i], rows.heads[i]).map((perRow) => batchSum(perRow))),
  ]);
  return recordsOf(results, values);
}
