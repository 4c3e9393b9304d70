import type { DType } from "../core/dtype.js";
import { type Shape, sizeOf } from "../core/shape.js";
import { gradients } from "../graph/gradients.js";
import { ancestors, inScope, isConstant, isVariable, type Tensor, variable } from "../graph/tensor.js";
import type { Loss } from "../losses/index.js";
import type { Model } from "../model/model.js";
import { batchMean, batchSum, countNonFinite, MAX_COUNTED, record, takeBatch } from "../ops/batch.js";
import { add, mul } from "../ops/elementwise.js";
import { reshape } from "../ops/layout.js";
import type { GradientRule, Optimizer } from "../optimizers/index.js";
import { type Metric, traceMetric } from "./metrics.js";

/** Shapes of the data that a graph is traced for. */
export interface DataShapes {
  /** How many of the data's rows are on the device. */
  rows: number;
  /** Features are [rows, ...sample]. */
  sample: Shape;
  /** Targets are [rows, ...shape]. */
  targets?: { shape: Shape; dtype: DType };
  /** Whether the right output of each row comes with them, [rows] u32. */
  classes?: boolean;
  /** Whether the rows have weights, [rows] with mean 1. */
  weights?: boolean;
  /** What every row's loss is multiplied with, where its mean isn't divided by the sum of the weights alone; 1. */
  lossScale?: number;
  /** Length of the order: the rows of all epochs of a run. */
  order: number;
  batch: number;
  /** Steps of the longest run. */
  steps: number;
}

/** What a trainer is made of. */
export interface Recipe {
  model: Model;
  loss: Loss;
  optimizer: Optimizer;
  metrics: readonly (string | Metric)[];
  /** What is done to gradients before the optimizer takes them, in this order. */
  gradients?: readonly GradientRule[];
}

export const stateName = (parameter: string): string => `optimizer.${parameter}`;

/** Slot 0 of the results is the loss, then come the metrics. */
export const slotCount = ({ metrics }: Recipe): number => 1 + metrics.length;

/** Where steps record their results. */
export const resultsOf = (steps: number, slots: number) => variable("results", [steps, slots, 2]);

/** The batch of a step, as it is taken from the data by the order. */
export function batchOf({ rows, sample, targets, classes, weights, order, batch }: DataShapes) {
  const places = variable("order", [order], "u32");
  const take = (name: string, shape: Shape, dtype: DType) =>
    takeBatch(variable(name, [rows, ...shape], dtype), places, { batch });
  return {
    x: take("features", sample, "f32"),
    targets: targets && take("targets", targets.shape, targets.dtype),
    classes: classes ? take("classes", [], "u32") : undefined,
    weights: weights ? take("weights", [], "f32") : undefined,
  };
}

type Batch = ReturnType<typeof batchOf>;

const weighted = (perRow: Tensor, { weights }: Batch) => (weights ? mul(perRow, weights) : perRow);

/** Losses of a batch's rows, with their weights: [batch]. */
export function rowLosses(loss: Loss, outputs: Tensor, rows: Batch, { lossScale = 1 }: DataShapes): Tensor {
  const losses = weighted(loss.perRow(outputs, rows.targets!), rows);
  return lossScale === 1 ? losses : mul(losses, lossScale);
}

/** A metric of a batch's rows, with their weights: [batch]. */
export const rowMetric = (metric: string | Metric, outputs: Tensor, rows: Batch, loss: Loss): Tensor =>
  weighted(traceMetric(metric, { outputs, targets: rows.targets!, classes: rows.classes, loss }), rows);

/** The model's outputs as rows of numbers, [batch, outputs], and the parameters they are made of. */
export function forward(model: Model, x: Tensor, training: boolean) {
  const parameters = new Map<string, Tensor>();
  const output = model.trace(x, { training }, (name, shape) => {
    const parameter = variable(name, shape);
    parameters.set(name, parameter);
    return parameter;
  });
  return { outputs: reshape(output, [output.shape[0], sizeOf(output.shape.slice(1))]), parameters };
}

/**
 * One training step: batch, forward pass, loss, metrics, backward pass, update. Also every tensor on the way, in order,
 * for finding the first that goes bad.
 *
 * @param gradientOf - takes up the loss's gradient for each tensor between the loss and the parameters
 */
export function trainingGraph(
  recipe: Recipe,
  shapes: DataShapes,
  gradientOf?: Map<Tensor, Tensor>,
): { outputs: Tensor[]; tensors: Tensor[] } {
  const { model, loss, optimizer, metrics } = recipe;
  const results = resultsOf(shapes.steps, slotCount(recipe));
  const rows = batchOf(shapes);
  const { outputs, parameters } = forward(model, rows.x, true);
  const lossValue = inScope("loss", () => batchMean(rowLosses(loss, outputs, rows, shapes)));
  const hits = inScope("metrics", () => metrics.map((metric) => batchSum(rowMetric(metric, outputs, rows, loss))));
  const names = [...parameters.keys()];
  const bare = gradients(lossValue, [...parameters.values()], (a, b) => add(a, b), gradientOf);
  const slopes = inScope("gradients", () =>
    (recipe.gradients ?? []).reduce<readonly Tensor[]>((sofar, rule) => rule.apply(sofar, parameters), bare),
  );
  const updates = names.map((name, i) =>
    inScope(name, () => {
      const parameter = parameters.get(name)!;
      const { moments } = optimizer;
      const state = moments > 0 ? variable(stateName(name), [moments, ...parameter.shape]) : undefined;
      return optimizer.update(parameter, slopes[i], state, 0);
    }),
  );
  const records = [lossValue, ...hits].map((value, slot) => record(results, value, slot));
  const tensors = ancestors([...updates, ...records]).filter(isNumeric);
  return { outputs: [...records, ...updates], tensors };
}

/** Variables of a training step beside parameters and state. */
const DATA = ["features", "targets", "classes", "weights", "order", "results"];
const isNumeric = (tensor: Tensor) =>
  tensor.dtype === "f32" &&
  !tensor.op.writes &&
  !tensor.op.view &&
  !isConstant(tensor) &&
  !(isVariable(tensor) && DATA.includes(tensor.label));

/** A training step that also counts, in slot i, the non-finite elements of tensor i. */
export function diagnosticGraph(recipe: Recipe, shapes: DataShapes): { outputs: Tensor[]; labels: string[] } {
  const { outputs, tensors } = trainingGraph(recipe, shapes);
  const counts = variable("counts", [shapes.steps, tensors.length, 2]);
  return {
    outputs: [...recordCounts(counts, tensors), ...outputs],
    labels: tensors.map(({ label }) => label),
  };
}

/** Counts the non-finite elements of every parameter: one step, slot i for parameter i. */
export function inspectionGraph(model: Model): Tensor[] {
  const parameters = [...model.parameters()].map(([name, { shape }]) => variable(name, shape));
  return recordCounts(variable("inspection", [1, parameters.length, 2]), parameters);
}

/** Counts the non-finite elements of tensor i into slot i. */
function recordCounts(counts: Tensor, tensors: readonly Tensor[]): Tensor[] {
  const starts = Array.from({ length: Math.ceil(tensors.length / MAX_COUNTED) }, (_, i) => i * MAX_COUNTED);
  return starts.map((slot) => record(counts, countNonFinite(...tensors.slice(slot, slot + MAX_COUNTED)), slot));
}
