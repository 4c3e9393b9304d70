import { checkArgument, checkCount } from "../core/options.js";
import { type Shape, sizeOf } from "../core/shape.js";
import { Dataset } from "../data/dataset.js";
import type { RawRows } from "../data/preprocessing/raw-rows.js";
import { inScope, type Tensor, variable } from "../graph/tensor.js";
import type { Model } from "../model/model.js";
import { batchSum, collect, record } from "../ops/batch.js";
import type { DeviceMemory, Output } from "./device-memory.js";
import { encode } from "./encode.js";
import { epochOrder, Steps } from "./epochs.js";
import {
  batchOf,
  type DataShapes,
  forward,
  resultsOf,
  rowLosses,
  rowMetric,
  slotCount,
  type TrainingSpec,
} from "./graphs.js";
import type { Scores } from "./history.js";
import { scoresOf } from "./metrics.js";
import { BATCH } from "./options.js";
import { loadPass, type Pass } from "./pass.js";
import { StepResults } from "./results.js";
import { checkSamples } from "./samples.js";

/**
 * Features of samples: a data set, rows of numbers, or one flat array [rows, ...input], row after row; or raw rows, a
 * table or records by the names of columns, for a model that keeps the preprocessing of the table it was trained on.
 */
export type FeatureSource = Dataset | Float32Array | readonly (readonly number[])[] | RawRows;

/** An evaluation ready to run any number of times, on the same device memory that training changes. */
export class Evaluation {
  private constructor(
    private readonly spec: TrainingSpec,
    private readonly pass: Pass,
    private readonly steps: Steps,
  ) {}

  /**
   * @param chosen - rows per step, if someone chose them
   * @param wanted - rows per step otherwise, or fewer, to fit
   */
  static async load(spec: TrainingSpec, memory: DeviceMemory, data: Dataset, chosen?: number, wanted = BATCH) {
    const order = epochOrder(data.rows, 0, 0, false);
    const source = { ...encode(spec, data, chosen ?? wanted), order, anyBatch: chosen === undefined };
    const trace = (shapes: DataShapes) => evaluationGraph(spec, shapes);
    const pass = await loadPass(memory, { label: "evaluation", trace }, source);
    return new Evaluation(spec, pass, new Steps(data.rows, pass.batch));
  }

  /** Hands the work to the device. */
  run(): Promise<Output> {
    return this.pass.run(this.steps);
  }

  /** @param words - what a run left */
  scores(words: ArrayLike<number>): Scores {
    const { metrics } = this.spec;
    const { count, rows } = this.steps;
    const results = new StepResults(words, slotCount(this.spec));
    // Summed in float64.
    const [loss, ...sums] = ["loss", ...metrics].map((_, slot) => {
      let sum = 0;
      for (let step = 0; step < count; step++) sum += results.value(step, slot);
      return sum;
    });
    return { loss: loss / rows, ...scoresOf(metrics, sums, rows) };
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

/**
 * Features in a row, checked.
 *
 * @throws ShapeError or DataError when they don't fit
 */
export async function featuresOf(source: FeatureSource, model: Model): Promise<Float32Array<ArrayBuffer>> {
  const { input, preprocessing } = model;
  if (source instanceof Dataset) {
    checkSamples(model, source);
    return source.features as Float32Array<ArrayBuffer>;
  }
  const raw = source as RawRows;
  const needed = "features: a Float32Array, one list per row, or a Dataset";
  checkArgument("predict", needed, raw, typeof raw === "object" && raw !== null);
  if ("block" in raw || isRecord(raw[0])) {
    const { rawFeatures } = await import("../data/preprocessing/raw-rows.js");
    return rawFeatures(preprocessing, raw);
  }
  const given = source as Float32Array | number[][];
  const size = sizeOf(input);
  const rows = given instanceof Float32Array ? given.length / size : given.length;
  if (!Number.isInteger(rows)) throw model.shapeError([given.length]);
  // A Dataset checks the numbers; its labels play no part here.
  const { features } = Dataset.from({ features: given, labels: new Float32Array(rows), shape: input });
  checkSamples(model, { shape: input, features });
  return features as Float32Array<ArrayBuffer>;
}

/** Whether a row is values by the names of columns. */
const isRecord = (row: unknown): boolean =>
  typeof row === "object" && row !== null && !Array.isArray(row) && !ArrayBuffer.isView(row);

/** The model's outputs for some rows; see `Trainer.predict`. */
export interface Prediction {
  /** [rows, ...output] */
  shape: Shape;
  /** [rows, ...output], row-major. */
  values: Float32Array<ArrayBuffer>;
  /** Sentences on features far outside the range of those that the model was trained on, where they were asked for. */
  warnings?: string[];
}

/** Predicts any number of rows. @param features - [rows, ...input] */
export async function predictOn(
  spec: TrainingSpec,
  memory: DeviceMemory,
  features: Float32Array<ArrayBuffer>,
  probabilities: boolean,
  batchSize?: number,
): Promise<Prediction> {
  const { input, output } = spec.model;
  const rows = features.length / sizeOf(input);
  const batch = Math.min(checkCount("batchSize", batchSize ?? BATCH), rows);
  const shapes = { rows, sample: input, order: rows, batch, steps: Math.ceil(rows / batch) };
  const trace = (shapes: DataShapes) => predictionGraph(spec, shapes, probabilities);
  const source = { shapes, data: { features }, order: epochOrder(rows, 0, 0, false), anyBatch: !batchSize };
  const pass = await loadPass(memory, { label: "prediction", trace, output: "predictions" }, source);
  try {
    const [values] = await memory.read([await pass.run(new Steps(rows, pass.batch))]);
    return { shape: [rows, ...output], values: values as Float32Array<ArrayBuffer> };
  } finally {
    pass.dispose();
  }
}

/** One batch of an evaluation: sums of loss and metrics over its rows. */
function evaluationGraph(spec: TrainingSpec, shapes: DataShapes): Tensor[] {
  const results = resultsOf(shapes.steps, slotCount(spec));
  const { model, loss, metrics } = spec;
  const rows = batchOf(shapes);
  const outputs = forward(model, rows.x);
  const values = inScope("evaluation", () => [
    batchSum(rowLosses(loss, outputs, rows, shapes).weighted),
    ...metrics.map((metric) => batchSum(rowMetric(metric, outputs, rows, loss))),
  ]);
  return values.map((value, slot) => record(results, value, slot));
}

/** One batch of predictions, collected in row order. */
export function predictionGraph({ model, loss }: TrainingSpec, shapes: DataShapes, probabilities: boolean): Tensor[] {
  const outputs = forward(model, batchOf(shapes).x);
  const rows = variable("predictions", [shapes.rows, outputs.shape[1]]);
  return [collect(rows, probabilities ? loss.probabilities(outputs) : outputs)];
}
