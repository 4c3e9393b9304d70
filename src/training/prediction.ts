import { checkCount } from "../core/options.js";
import { type Shape, sizeOf } from "../core/shape.js";
import { columnsOf } from "../data/features.js";
import { type Tensor, variable } from "../graph/tensor.js";
import type { Model } from "../model/model.js";
import { collect } from "../ops/batch.js";
import { concatenate } from "../ops/indexing.js";
import { reshape } from "../ops/layout.js";
import type { DataShapes } from "./data-shapes.js";
import type { DeviceMemory } from "./device-memory.js";
import { epochOrder, Steps } from "./epochs.js";
import { featureData } from "./features.js";
import { batchOf, forward } from "./graphs.js";
import type { Head } from "./heads.js";
import { BATCH } from "./options.js";
import { loadPass } from "./pass.js";

/** Parts of a training that its predictions depend on. */
export interface PredictionSpec {
  model: Model;
  /** Losses of the model's outputs, in their order, which make probabilities of these. */
  heads: readonly Pick<Head, "loss">[];
}

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
  spec: PredictionSpec,
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

/** Outputs as probabilities, [batch, outputs]; of classes at each of several places, by place. */
function probabilitiesOf({ loss }: Pick<Head, "loss">, output: Tensor, shape: Shape): Tensor {
  if (!loss.outputPerClass || shape.length === 1) return loss.probabilities(output);
  return reshape(loss.probabilities(reshape(output, [output.shape[0], ...shape])), output.shape);
}

/** A model's outputs, [batch, outputs] each, as probabilities where they are asked for. */
export const askedOf = (
  { model, heads }: PredictionSpec,
  outputs: readonly Tensor[],
  probabilities: boolean,
): Tensor[] =>
  outputs.map((output, i) => (probabilities ? probabilitiesOf(heads[i], output, model.outputs[i].shape) : output));

/** One batch of predictions, collected in row order. */
export function predictionGraph(spec: PredictionSpec, shapes: DataShapes, probabilities: boolean): Tensor[] {
  const outputs = forward(spec.model, batchOf([], shapes).xs);
  const rows = variable("predictions", [shapes.rows, sizeOf(spec.model.output)]);
  return [collect(rows, concatenate(askedOf(spec, outputs, probabilities)))];
}
