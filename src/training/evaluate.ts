import { checkArgument, checkCount } from "../core/options.js";
import { type Shape, sizeOf } from "../core/shape.js";
import { Dataset } from "../data/dataset.js";
import type { Features } from "../data/features.js";
import { columnsOf, type Named } from "../data/named.js";
import type { RawRows } from "../data/preprocessing/raw-rows.js";
import { inScope, type Tensor, variable } from "../graph/tensor.js";
import type { Model } from "../model/model.js";
import { batchSum, collect } from "../ops/batch.js";
import { concatenate, reshape } from "../ops/layout.js";
import type { DeviceMemory, Output } from "./device-memory.js";
import { encode } from "./encode.js";
import { epochOrder, Steps } from "./epochs.js";
import { checkSamples, featureData, featuresFor } from "./features.js";
import {
  batchOf,
  type DataShapes,
  forward,
  recordsOf,
  resultsOf,
  rowLosses,
  rowMetrics,
  type TrainingSpec,
} from "./graphs.js";
import { type Head, scoredHeads, slotCount } from "./heads.js";
import type { Scores } from "./history.js";
import { BATCH } from "./options.js";
import { loadPass, type Pass } from "./pass.js";
import { StepResults, scoresOf } from "./results.js";

/**
 * Features of samples: a data set, rows of numbers, or one flat array [rows, ...input], row after row, of ids a Uint32Array; or raw rows, a
 * table or records by the names of columns, for a model that keeps the preprocessing of the table it was trained on. Of
 * several inputs by name: { image, age }.
 */
export type FeatureSource =
  | Dataset
  | Float32Array
  | Uint32Array
  | readonly (readonly number[])[]
  | RawRows
  | Named<Features>;

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
   */
  static async load(spec: TrainingSpec, memory: DeviceMemory, data: Dataset, chosen?: number, wanted = BATCH) {
    const order = epochOrder(data.rows, 0, 0, false);
    const source = { ...encode(spec, data, chosen ?? wanted), order, anyBatch: chosen === undefined };
    const trace = (shapes: DataShapes) => evaluationGraph(spec, shapes);
    const pass = await loadPass(memory, { label: "evaluation", trace }, source);
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

/**
 * Features in a row, checked.
 *
 * @throws ShapeError or DataError when they don't fit
 */
export async function featuresOf(source: FeatureSource, model: Model): Promise<Float32Array<ArrayBuffer>> {
  const { input, preprocessing } = model;
  if (source instanceof Dataset) return featuresFor(model, source);
  const raw = source as RawRows;
  const needed = "features: a Float32Array, one list per row, or a Dataset";
  checkArgument("predict", needed, raw, typeof raw === "object" && raw !== null);
  const isByName = isRecord(source) && !("block" in raw);
  if (isByName || model.inputs.length > 1) return namedFeatures(source, model, isByName);
  if ("block" in raw || isRecord(raw[0])) {
    const { rawFeatures } = await import("../data/preprocessing/raw-rows.js");
    return rawFeatures(preprocessing, raw);
  }
  const given = source as Float32Array | Uint32Array | number[][];
  const size = sizeOf(input);
  const rows = ArrayBuffer.isView(given) ? given.length / size : given.length;
  if (!Number.isInteger(rows)) throw model.shapeError([given.length]);
  // A Dataset checks the numbers; its labels play no part here.
  const { features } = Dataset.from({ features: given, labels: new Float32Array(rows), shape: input });
  checkSamples(model, { shape: input, features });
  return features as Float32Array<ArrayBuffer>;
}

/** Rows of all inputs, of features by name. */
function namedFeatures(source: FeatureSource, model: Model, isByName: boolean): Float32Array<ArrayBuffer> {
  if (!isByName) return featuresFor(model, { inputs: undefined, features: new Float32Array(), shape: [] });
  const features = source as Named<Features>;
  const shape = Object.fromEntries(model.inputs.map((input) => [input.name, input.shape]));
  const [first] = Object.entries(features);
  const size = ArrayBuffer.isView(first?.[1]) ? sizeOf(shape[first[0]] ?? [1]) : 1;
  const labels = new Float32Array((first?.[1].length ?? 0) / size);
  return featuresFor(model, Dataset.from({ features, labels, shape }));
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
  /** Of several outputs each by its name; `values` then has all of them in a row. */
  outputs?: Readonly<Record<string, Prediction>>;
}

/** The numbers that a model put out for some rows, by outputs where there are several. */
export function predictionOf(model: Model, rows: number, values: Float32Array<ArrayBuffer>): Prediction {
  const { output, outputs } = model;
  const whole = { shape: [rows, ...output], values };
  if (outputs.length === 1) return whole;
  let start = 0;
  const parts = outputs.map(({ name, shape }): [string, Prediction] => {
    const size = sizeOf(shape);
    start += size;
    const own = columnsOf(values, sizeOf(output), start - size, size);
    return [name, { shape: [rows, ...shape], values: own }];
  });
  return { ...whole, outputs: Object.fromEntries(parts) };
}

/** Predicts any number of rows. @param features - [rows, ...input] */
export async function predictOn(
  spec: TrainingSpec,
  memory: DeviceMemory,
  features: Float32Array<ArrayBuffer>,
  probabilities: boolean,
  batchSize?: number,
): Promise<Prediction> {
  const { input } = spec.model;
  const rows = features.length / sizeOf(input);
  const batch = Math.min(checkCount("batchSize", batchSize ?? BATCH), rows);
  const { variables, data } = featureData(spec.model, features);
  const shapes = { rows, features: variables, targets: [], order: rows, batch, steps: Math.ceil(rows / batch) };
  const trace = (shapes: DataShapes) => predictionGraph(spec, shapes, probabilities);
  const source = {
    shapes,
    data,
    order: epochOrder(rows, 0, 0, false),
    anyBatch: !batchSize,
  };
  const pass = await loadPass(memory, { label: "prediction", trace, output: "predictions" }, source);
  try {
    const [values] = await memory.read([await pass.run(new Steps(rows, pass.batch))]);
    return predictionOf(spec.model, rows, values as Float32Array<ArrayBuffer>);
  } finally {
    pass.dispose();
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

/** Outputs as probabilities, [batch, outputs]; of classes at each of several places, by place. */
function probabilitiesOf({ loss }: Pick<Head, "loss">, output: Tensor, shape: Shape): Tensor {
  if (!loss.outputPerClass || shape.length === 1) return loss.probabilities(output);
  return reshape(loss.probabilities(reshape(output, [output.shape[0], ...shape])), output.shape);
}

/** One batch of predictions, collected in row order. */
export function predictionGraph({ model, heads }: TrainingSpec, shapes: DataShapes, probabilities: boolean): Tensor[] {
  const outputs = forward(model, batchOf(heads, shapes).xs);
  const wanted = outputs.map((output, i) =>
    probabilities ? probabilitiesOf(heads[i], output, model.outputs[i].shape) : output,
  );
  const rows = variable("predictions", [shapes.rows, sizeOf(model.output)]);
  return [collect(rows, concatenate(wanted))];
}
