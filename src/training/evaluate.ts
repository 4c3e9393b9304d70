import { sizeOf } from "../core/shape.js";
import type { Dataset } from "../data/dataset.js";
import type { DeviceMemory, Output } from "./device-memory.js";
import { epochOrder, Steps } from "./epochs.js";
import { evaluationGraph, predictionGraph, type Recipe, slotCount } from "./graphs.js";
import { type Scores, scoresOf } from "./history.js";
import { checkCount } from "./options.js";
import { encode, loadPass, type Pass, type Source, StepResults } from "./pass.js";

/** Rows per step where nobody chose. */
export const BATCH = 256;

/** An evaluation ready to run any number of times, on the same device memory that training changes. */
export class Evaluation {
  private constructor(
    private readonly recipe: Recipe,
    private readonly pass: Pass,
    private readonly steps: Steps,
  ) {}

  /**
   * @param chosen - rows per step, if someone chose them
   * @param wanted - rows per step otherwise, or fewer, to fit
   */
  static async load(recipe: Recipe, memory: DeviceMemory, data: Dataset, chosen?: number, wanted = BATCH) {
    const order = epochOrder(data.rows, 0, 0, false);
    const source = { ...encode(recipe, data, chosen ?? wanted), order, anyBatch: chosen === undefined };
    const trace = (shapes: Source["shapes"]) => evaluationGraph(recipe, shapes);
    const pass = await loadPass(memory, { label: "evaluation", trace }, source);
    return new Evaluation(recipe, pass, new Steps(data.rows, pass.batch));
  }

  /** Hands the work to the device. */
  run(): Promise<Output> {
    return this.pass.run(this.steps);
  }

  /** @param words - what a run left */
  scores(words: ArrayLike<number>): Scores {
    const results = new StepResults(words, slotCount(this.recipe));
    return scoresOf(results, this.steps.count, this.steps.rows, this.recipe.metrics);
  }

  dispose(): void {
    this.pass.dispose();
  }
}

export async function evaluateOn(recipe: Recipe, memory: DeviceMemory, data: Dataset, batchSize?: number) {
  const evaluation = await Evaluation.load(recipe, memory, data, batchSize);
  try {
    const [words] = await memory.read([await evaluation.run()]);
    return evaluation.scores(words);
  } finally {
    evaluation.dispose();
  }
}

export async function predictOn(
  { model, loss }: Recipe,
  memory: DeviceMemory,
  features: Float32Array<ArrayBuffer>,
  probabilities: boolean,
  batchSize?: number,
) {
  const rows = features.length / sizeOf(model.input);
  const batch = Math.min(checkCount("batchSize", batchSize ?? BATCH), rows);
  const shapes = { rows, sample: model.input, order: rows, batch, steps: Math.ceil(rows / batch) };
  const trace = (shapes: Source["shapes"]) =>
    predictionGraph(model, shapes, probabilities ? (logits) => loss.probabilities(logits) : (outputs) => outputs);
  const source = { shapes, data: { features }, order: epochOrder(rows, 0, 0, false), anyBatch: !batchSize };
  const pass = await loadPass(memory, { label: "prediction", trace, output: "predictions" }, source);
  try {
    const [values] = await memory.read([await pass.run(new Steps(rows, pass.batch))]);
    return { shape: [rows, ...model.output], values: values as Float32Array<ArrayBuffer> };
  } finally {
    pass.dispose();
  }
}
