import type { DType } from "../core/dtype.js";
import { ArgumentError } from "../core/errors.js";
import { type Shape, sameShape, sizeOf } from "../core/shape.js";
import { gradients } from "../graph/gradients.js";
import { inScope, type Tensor, variable } from "../graph/tensor.js";
import { checkElements, checkPerRow, type Loss } from "../losses/index.js";
import type { Model, SavedTraining, TraceOptions } from "../model/model.js";
import { batchMean, batchSum, countNonFinite, MAX_COUNTED, record, takeBatch } from "../ops/batch.js";
import { add, mul } from "../ops/elementwise.js";
import { reshape } from "../ops/layout.js";
import { mean } from "../ops/reduce.js";
import { type GradientRule, type Optimizer, type StateVariable, stateName, stateOf } from "../optimizers/index.js";
import type { Metric } from "./metrics.js";

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
  /** Weights that a row has for its targets, [rows, elementWeights] with a weighted mean of 1; none where absent. */
  elementWeights?: number;
  /** Factor of every row's loss, where its mean isn't divided by the sum of the weights alone; 1. */
  lossScale?: number;
  /** Whether rows have weights for their losses, [rows], beside those for metrics: weights and scale of another batch. */
  lossWeights?: boolean;
  /** Length of the order: the rows of all epochs of a run. */
  order: number;
  batch: number;
  /** Rows of a batch that go through the network at a time, their gradients summed before the update; all of them. */
  microBatch?: number;
  /** Steps of the longest run. */
  steps: number;
}

/** Parts that define a training: a model and its loss, optimizer, metrics and gradient rules. */
export interface TrainingSpec {
  model: Model;
  loss: Loss;
  optimizer: Optimizer;
  metrics: readonly Metric[];
  /** Changes of the gradients before the optimizer takes them, in this order. */
  gradients?: readonly GradientRule[];
}

/** Whether an optimizer trains a parameter of a model: neither its layer nor the optimizer's groups keep it as it is. */
export const isTrained = (optimizer: Optimizer, name: string, trainable = true): boolean =>
  trainable && (optimizer.trains?.(name) ?? true);

/** The variables that an optimizer keeps for a model. */
export const stateVariables = (model: Model, optimizer: Optimizer): StateVariable[] =>
  [...model.parameters()].flatMap(([name, parameter]) =>
    isTrained(optimizer, name, parameter.trainable) ? stateOf(optimizer, name, parameter) : [],
  );

/** Slot 0 of the results is the loss, then come the metrics. */
export const slotCount = ({ metrics }: TrainingSpec): number => 1 + metrics.length;

/** Where steps record their results. */
export const resultsOf = (steps: number, slots: number) => variable("results", [steps, slots, 2]);

/** The batch of a step, as it is taken from the data by the order; or `batch` rows of it from `start` on. */
export function batchOf(shapes: DataShapes, start = 0) {
  const { rows, sample, targets, classes, weights, elementWeights, lossWeights, order, batch } = shapes;
  const places = variable("order", [order], "u32");
  const take = (name: string, shape: Shape, dtype: DType) =>
    takeBatch(variable(name, [rows, ...shape], dtype), places, { batch, start });
  return {
    x: take("features", sample, "f32"),
    targets: targets && take("targets", targets.shape, targets.dtype),
    classes: classes ? take("classes", [], "u32") : undefined,
    weights: weights ? take("weights", [], "f32") : undefined,
    elementWeights: elementWeights ? take("elementWeights", [elementWeights], "f32") : undefined,
    lossWeights: lossWeights ? take("lossWeights", [], "f32") : undefined,
  };
}

type Batch = ReturnType<typeof batchOf>;
type Weighted = Partial<Pick<Batch, "targets" | "weights" | "elementWeights" | "lossWeights">>;

const weighted = (perRow: Tensor, weights: Tensor | undefined) => (weights ? mul(perRow, weights) : perRow);

/** Mean over a row's targets of a value of each, [batch, targets], with the targets' weights: [batch]. */
function weightedRows(who: string, elements: Tensor, weights: Tensor): Tensor {
  return mean(mul(checkElements(who, elements, weights.shape), weights), -1);
}

/** Losses of a batch's rows, [batch], as the loss gives them, and with the weights of rows. */
export function rowLosses(loss: Loss, outputs: Tensor, rows: Weighted, { lossScale = 1 }: Partial<DataShapes> = {}) {
  const who = `loss "${loss.config.loss}"`;
  const targets = rows.targets!;
  const perRow = rows.elementWeights
    ? weightedRows(who, loss.elements!(outputs, targets), rows.elementWeights)
    : checkPerRow(who, loss.perRow(outputs, targets), outputs.shape[0]);
  const losses = weighted(perRow, rows.lossWeights ?? rows.weights);
  return { perRow, weighted: lossScale === 1 ? losses : mul(losses, lossScale) };
}

/**
 * A metric of a batch's rows, with their weights: [batch].
 *
 * @throws ArgumentError when it can't be taken of these targets
 */
export function rowMetric(metric: Metric, outputs: Tensor, rows: Batch, loss: Loss): Tensor {
  const targets = rows.targets!;
  const isOfClasses = targets.dtype === "u32";
  if (isOfClasses && !metric.needsClasses) {
    throw new ArgumentError(`metrics: "${metric.name}" is for numbers, but the targets are classes. Use "accuracy".`);
  }
  const who = `metrics: "${metric.name}"`;
  const inputs = { outputs, targets, classes: isOfClasses ? targets : rows.classes, loss };
  if (!rows.elementWeights) return weighted(checkPerRow(who, metric.perRow(inputs), outputs.shape[0]), rows.weights);
  if (!metric.elements) {
    throw new ArgumentError(
      `${who} is taken of whole rows, but the loss leaves out single targets. Give it elements(inputs), the value of each ` +
        "target, [batch, targets], or leave it out.",
    );
  }
  return weighted(weightedRows(who, metric.elements(inputs), rows.elementWeights), rows.weights);
}

/** A model's variables in a graph, by name. */
export class Variables {
  readonly trainable = new Map<string, Tensor>();
  readonly state = new Map<string, Tensor>();

  /** @param optimizer - which of the trainable ones it trains; all of them where absent */
  constructor(private readonly optimizer?: Optimizer) {}

  /** The one of this name, the same each time. */
  get(name: string, shape: Shape, trainable: boolean): Tensor {
    const isTrainable = this.optimizer ? isTrained(this.optimizer, name, trainable) : trainable;
    const known = isTrainable ? this.trainable : this.state;
    const tensor = known.get(name) ?? variable(name, shape);
    known.set(name, tensor);
    return tensor;
  }
}

/** The model's outputs as rows of numbers, [batch, outputs]; for evaluation, unless options say otherwise. */
export function forward(
  model: Model,
  x: Tensor,
  options: Partial<TraceOptions> = {},
  variables = new Variables(),
): Tensor {
  const [output] = model.trace([x], { training: false, ...options }, (name, shape, _, trainable) =>
    variables.get(name, shape, trainable),
  );
  return reshape(output, [output.shape[0], sizeOf(output.shape.slice(1))]);
}

/** Micro-batches draw random numbers of their own: more sources than a model has. */
const SOURCES = 2 ** 16;

/** Forward and backward pass of one micro-batch, from a row of the batch on. */
function microBatch(
  spec: TrainingSpec,
  shapes: DataShapes,
  variables: Variables,
  start: number,
  gradientOf?: Map<Tensor, Tensor>,
) {
  const { model, loss, metrics } = spec;
  const { batch, microBatch = batch } = shapes;
  const rows = batchOf({ ...shapes, batch: microBatch }, start);
  const pass = { training: true, source: (start / microBatch) * SOURCES, firstRow: start };
  const outputs = forward(model, rows.x, pass, variables);
  const [losses, mean] = inScope("loss", () => {
    const { perRow, weighted } = rowLosses(loss, outputs, rows, shapes);
    return [perRow, batchMean(weighted, { start, batch })];
  });
  const sums = metrics.map((metric) =>
    inScope("metrics", () => batchSum(rowMetric(metric, outputs, rows, loss), { start, batch })),
  );
  if (variables.trainable.size === 0 && variables.state.size > 0) {
    throw new ArgumentError(
      "Trainer: there is nothing to train: every parameter belongs to a layer or group with trainable: false.",
    );
  }
  const slopes = gradients(mean, [...variables.trainable.values()], (a, b) => add(a, b), gradientOf);
  return { outputs, losses, addends: [mean, ...sums, ...slopes] };
}

/** The graph of a training step, by what its tensors are. */
export interface TrainingGraph {
  /** The model's outputs, [batch, outputs]: those of the first micro-batch, where the batch is cut up. */
  outputs: Tensor;
  /** Losses of the rows, [batch], before weights and mean; likewise. */
  rowLosses: Tensor;
  /** The batch's mean loss. */
  loss: Tensor;
  /** Sums of the metrics over the batch. */
  metrics: readonly Tensor[];
  /** Updates of the parameters, in their order, with what an optimizer's wrappers do. */
  updates: readonly Tensor[];
  /** All that is to be worked: the records of loss and metrics in the results, then the updates. */
  roots: readonly Tensor[];
}

/**
 * One training step: batch, forward pass, loss, metrics, backward pass, update.
 *
 * @param gradientOf - takes up the loss's gradient for each tensor between the loss and the parameters
 */
export function trainingGraph(spec: TrainingSpec, shapes: DataShapes, gradientOf?: Map<Tensor, Tensor>): TrainingGraph {
  const { optimizer } = spec;
  const { batch, microBatch: size = batch } = shapes;
  const slots = slotCount(spec);
  const results = resultsOf(shapes.steps, slots);
  const variables = new Variables(optimizer);
  const first = microBatch(spec, shapes, variables, 0, gradientOf);
  const parameters = variables.trainable;
  let sums = first.addends;
  for (let start = size; start < batch; start += size) {
    const more = microBatch(spec, shapes, variables, start).addends;
    sums = inScope("accumulate", () => sums.map((sum, i) => add(sum, more[i])));
  }
  const slopes = inScope("gradients", () =>
    (spec.gradients ?? []).reduce((sofar, rule) => [...rule.apply(sofar, parameters)], sums.slice(slots)),
  );
  const updates = [...parameters].map(([name, parameter], i) =>
    inScope(name, () => {
      const { moments } = optimizer;
      const state = moments > 0 ? variable(stateName(name), [moments, ...parameter.shape]) : undefined;
      return optimizer.update(parameter, slopes[i], state, 0);
    }),
  );
  const [loss, ...metrics] = sums.slice(0, slots);
  const roots = [...[loss, ...metrics].map((value, slot) => record(results, value, slot)), ...updates];
  return { outputs: first.outputs, rowLosses: first.losses, loss, metrics, updates, roots };
}

/** Counts the non-finite elements of every parameter: one step, slot i for parameter i. */
export function inspectionGraph(model: Model): Tensor[] {
  const parameters = [...model.parameters()].map(([name, { shape }]) => variable(name, shape));
  return recordCounts(variable("inspection", [1, parameters.length, 2]), parameters);
}

/** Counts the non-finite elements of tensor i into slot i. */
export function recordCounts(counts: Tensor, tensors: readonly Tensor[]): Tensor[] {
  const starts = Array.from({ length: Math.ceil(tensors.length / MAX_COUNTED) }, (_, i) => i * MAX_COUNTED);
  return starts.map((slot) => record(counts, countNonFinite(...tensors.slice(slot, slot + MAX_COUNTED)), slot));
}

/** Whether saved state is of use to an optimizer: of the same kind, it keeps the same. */
export const fitsState = (model: Model, { optimizer: before, state }: SavedTraining, optimizer: Optimizer): boolean =>
  before?.config.optimizer === optimizer.config.optimizer &&
  stateVariables(model, optimizer).every(([name, shape]) => !state || sameShape(state.get(name)?.shape ?? [], shape));
