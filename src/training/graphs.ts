import type { Plan } from "../compile/plan.js";
import type { ElementType } from "../core/dtype.js";
import { ArgumentError } from "../core/errors.js";
import { type Shape, sameShape, sizeOf } from "../core/shape.js";
import { gradients } from "../graph/gradients.js";
import { inScope, type Tensor, variable } from "../graph/tensor.js";
import { storageOf } from "../graph/views.js";
import type { ParameterOptions } from "../layers/index.js";
import { checkElements, checkPerRow } from "../losses/index.js";
import type { Model, SavedTraining, TraceOptions } from "../model/model.js";
import { batchMean, batchSum, countNonFinite, MAX_COUNTED, record, takeBatch } from "../ops/batch.js";
import { add, mul } from "../ops/elementwise.js";
import { reshape } from "../ops/layout.js";
import { mean } from "../ops/reduce.js";
import { type GradientRule, type Optimizer, stateName } from "../optimizers/index.js";
import type { DataShapes, TargetShapes } from "./data-shapes.js";
import { type Head, nameOf, slotCount } from "./heads.js";
import { isTrained, stateVariables } from "./state.js";

/** Parts that define a training: a model and its loss, optimizer, metrics and gradient rules. */
export interface TrainingSpec {
  model: Model;
  /** For each of the model's outputs. */
  heads: readonly Head[];
  optimizer: Optimizer;
  /** Changes of the gradients before the optimizer takes them, in this order. */
  gradients?: readonly GradientRule[];
  /** Whether other trainings go on side by side with it, which may differ in numbers; rates of 0 are such numbers. */
  together?: boolean;
  /** The plan of a step for data of some shapes, where it was made already. */
  planned?(shapes: DataShapes): Plan | undefined;
}

/** Records of a step's scores, each a scalar or [targets], slot after slot. */
export function recordsOf(results: Tensor, scores: readonly Tensor[]): Tensor[] {
  let slot = 0;
  return scores.map((score) => {
    slot += score.size;
    return record(results, score, slot - score.size);
  });
}

/** Where steps record their results. */
export const resultsOf = (steps: number, slots: number) => variable("results", [steps, slots, 2]);

/** Parts of a batch for an output: targets, the right output of each row, weights of the rows. */
interface HeadBatch {
  targets: Tensor;
  classes?: Tensor;
  weights?: Tensor;
  /** Weights of a row's targets. */
  elementWeights?: Tensor;
  /** Weights of the rows' losses, where they aren't those of metrics. */
  lossWeights?: Tensor;
}

/** The batch of a step, as it is taken from the data by the order; or `batch` rows of it from `start` on. */
export function batchOf(
  heads: readonly Pick<Head, "name">[],
  { rows, features, targets, order, batch }: DataShapes,
  start = 0,
) {
  const places = variable("order", [order], "u32");
  const take = (name: string, shape: Shape, dtype?: ElementType) =>
    takeBatch(variable(name, [rows, ...shape], dtype), places, { batch, start });
  return {
    xs: features.map(({ name, shape, dtype }) => take(name, shape, dtype)),
    heads: targets.map(({ shape, dtype, classes, weights, elementWeights, lossWeights }, i): HeadBatch => {
      const named = (what: string) => nameOf(heads[i], what);
      return {
        targets: take(named("targets"), shape, dtype),
        classes: classes ? take(named("classes"), shape.slice(0, -1), "u32") : undefined,
        weights: weights ? take(named("weights"), []) : undefined,
        elementWeights: elementWeights ? take(named("elementWeights"), [elementWeights]) : undefined,
        lossWeights: lossWeights ? take(named("lossWeights"), []) : undefined,
      };
    }),
  };
}

const weighted = (perRow: Tensor, weights: Tensor | undefined) => (weights ? mul(perRow, weights) : perRow);

/** Mean over a row's targets of a value of each, [batch, targets], with the targets' weights: [batch]. */
function weightedRows(who: string, elements: Tensor, weights: Tensor): Tensor {
  return mean(mul(checkElements(who, elements, weights.shape), weights), -1);
}

/** Losses of a batch's rows, [batch], as the loss gives them, and with the weights of rows. */
export function rowLosses(
  { loss }: Pick<Head, "loss">,
  outputs: Tensor,
  rows: HeadBatch,
  { lossScale = 1 }: Partial<TargetShapes> = {},
) {
  const who = `loss "${loss.config.loss}"`;
  const perRow = rows.elementWeights
    ? weightedRows(who, loss.elements!(outputs, rows.targets), rows.elementWeights)
    : checkPerRow(who, loss.perRow(outputs, rows.targets), outputs.shape[0]);
  const losses = weighted(perRow, rows.lossWeights ?? rows.weights);
  return { perRow, weighted: lossScale === 1 ? losses : mul(losses, lossScale) };
}

/**
 * A head's metrics of a batch's rows, with their weights: [batch] each, or [batch, targets].
 *
 * @throws ArgumentError when one can't be taken of these targets
 */
export const rowMetrics = (head: Head, outputs: Tensor, rows: HeadBatch): Tensor[] =>
  head.metrics.map((metric) => {
    const { loss } = head;
    const { targets } = rows;
    const isOfClasses = targets.dtype === "u32";
    if (isOfClasses && !metric.needsClasses) {
      throw new ArgumentError(`metrics: "${metric.name}" is for numbers, but the targets are classes. Use "accuracy".`);
    }
    const who = `metrics: "${metric.name}"`;
    const inputs = { outputs, targets, classes: isOfClasses ? targets : rows.classes, loss };
    if (metric.finishTargets) {
      const { elementWeights, weights } = rows;
      const [batch] = outputs.shape;
      const elements = checkElements(who, metric.elements!(inputs), [batch, head.targets]);
      return weighted(weighted(elements, elementWeights), weights && reshape(weights, [batch, 1]));
    }
    if (!rows.elementWeights) return weighted(checkPerRow(who, metric.perRow(inputs), outputs.shape[0]), rows.weights);
    if (!metric.elements) {
      throw new ArgumentError(
        `${who} is taken of whole rows, but the loss leaves out single targets. Give it elements(inputs), or leave it out.`,
      );
    }
    return weighted(weightedRows(who, metric.elements(inputs), rows.elementWeights), rows.weights);
  });

/** A model's variables in a graph, by name. */
export class Variables {
  readonly trainable = new Map<string, Tensor>();
  readonly state = new Map<string, Tensor>();
  /** Changes of state, in order. */
  readonly effects: Tensor[] = [];

  /** @param optimizer - which of the trainable ones it trains; all of them where absent */
  constructor(private readonly optimizer?: Optimizer) {}

  /** Takes a change of state: who asks for it next is given the new value. */
  readonly effect = (assigned: Tensor): void => {
    this.effects.push(assigned);
    this.state.set(storageOf(assigned).label, assigned);
  };

  /** The one of this name, the same each time. */
  get(name: string, shape: Shape, trainable: boolean, options?: ParameterOptions): Tensor {
    const isTrainable = this.optimizer ? isTrained(this.optimizer, name, trainable) : trainable;
    const known = isTrainable ? this.trainable : this.state;
    const tensor = known.get(name) ?? variable(name, shape, "f32", options);
    known.set(name, tensor);
    return tensor;
  }
}

/** The model's outputs as rows of numbers, [batch, outputs] each; for evaluation, unless options say otherwise. */
export function forward(
  model: Model,
  xs: readonly Tensor[],
  options: Partial<TraceOptions> = {},
  variables = new Variables(),
): Tensor[] {
  const outputs = model.trace(xs, { training: false, ...options }, (name, shape, _, trainable, __, options) =>
    variables.get(name, shape, trainable, options),
  );
  return outputs.map((output) => reshape(output, [output.shape[0], sizeOf(output.shape.slice(1))]));
}

/** Micro-batches draw random numbers of their own: more sources than a model has. */
const SOURCES = 2 ** 16;

/** Tensors that a training step has of an output. */
export interface HeadStep {
  /** Of the model, [batch, outputs]: those of the first micro-batch, where the batch is cut up. */
  outputs: Tensor;
  /** Losses of the rows, [batch], before weights and mean; likewise. */
  rowLosses: Tensor;
  /** The batch's mean loss. */
  loss: Tensor;
}

/** The losses of the heads, each with its weight, as the one that is minimised. */
function weightedSum(heads: readonly Head[], losses: readonly Tensor[]): Tensor {
  const parts = losses.map((loss, i) => (heads[i].weight === 1 ? loss : mul(loss, heads[i].weight)));
  return parts.reduce((sum, part) => add(sum, part));
}

/** Forward and backward pass of one micro-batch, from a row of the batch on. */
function microBatch(
  { model, heads }: TrainingSpec,
  shapes: DataShapes,
  variables: Variables,
  start: number,
  gradientOf?: Map<Tensor, Tensor>,
) {
  const { batch, microBatch = batch } = shapes;
  const rows = batchOf(heads, { ...shapes, batch: microBatch }, start);
  const pass = { training: true, source: (start / microBatch) * SOURCES, firstRow: start, effect: variables.effect };
  const outputs = forward(model, rows.xs, pass, variables);
  const steps = heads.map(
    (head, i): HeadStep =>
      inScope(nameOf(head, "loss"), () => {
        const loss = head.loss.inTraining?.(pass.source + i) ?? head.loss;
        const { perRow, weighted } = rowLosses({ loss }, outputs[i], rows.heads[i], shapes.targets[i]);
        return { outputs: outputs[i], rowLosses: perRow, loss: batchMean(weighted, { start, batch }) };
      }),
  );
  const losses = steps.map(({ loss }) => loss);
  const total = inScope("loss", () => weightedSum(heads, losses));
  const sums = heads.flatMap((head, i) =>
    inScope("metrics", () =>
      rowMetrics(head, outputs[i], rows.heads[i]).map((perRow) => batchSum(perRow, { start, batch })),
    ),
  );
  if (variables.trainable.size === 0 && variables.state.size > 0) {
    throw new ArgumentError("Trainer: there is nothing to train: every layer or group has trainable: false.");
  }
  const slopes = gradients(total, [...variables.trainable.values()], (a, b) => add(a, b), gradientOf);
  return { heads: steps, loss: total, addends: [...losses, ...sums, ...slopes] };
}

/** The graph of a training step, by what its tensors are. */
export interface TrainingGraph {
  heads: readonly HeadStep[];
  /** The loss that is minimised: of the first micro-batch, where the batch is cut up. */
  loss: Tensor;
  /** Updates of the parameters, in their order, with what an optimizer's wrappers do. */
  updates: readonly Tensor[];
  /** Changes of layers' states that they tell of apart from what they put out. */
  effects: readonly Tensor[];
  /** All that is to be worked: the records of losses and metrics in the results, changes of state, then the updates. */
  roots: readonly Tensor[];
}

/**
 * One training step: batch, forward pass, loss, metrics, backward pass, update.
 *
 * @param gradientOf - takes up the loss's gradient for each tensor between the loss and the parameters
 */
export const trainingGraph = (
  spec: TrainingSpec,
  shapes: DataShapes,
  gradientOf?: Map<Tensor, Tensor>,
): TrainingGraph => inScope("", () => traceStep(spec, shapes, gradientOf), spec.together);

function traceStep(spec: TrainingSpec, shapes: DataShapes, gradientOf?: Map<Tensor, Tensor>): TrainingGraph {
  const { optimizer, heads } = spec;
  const { batch, microBatch: size = batch } = shapes;
  const results = resultsOf(shapes.steps, slotCount(heads));
  const scores = heads.reduce((all, { metrics }) => all + 1 + metrics.length, 0);
  const variables = new Variables(optimizer);
  const first = microBatch(spec, shapes, variables, 0, gradientOf);
  const parameters = variables.trainable;
  let sums = first.addends;
  for (let start = size; start < batch; start += size) {
    const more = microBatch(spec, shapes, variables, start).addends;
    sums = inScope("accumulate", () => sums.map((sum, i) => add(sum, more[i])));
  }
  const slopes = inScope("gradients", () =>
    (spec.gradients ?? []).reduce((sofar, rule) => [...rule.apply(sofar, parameters)], sums.slice(scores)),
  );
  const updates = [...parameters].map(([name, parameter], i) =>
    inScope(name, () => {
      const { moments } = optimizer;
      const state = moments > 0 ? variable(stateName(name), [moments, ...parameter.shape]) : undefined;
      return optimizer.update(parameter, slopes[i], state, 0);
    }),
  );
  const records = recordsOf(results, sums.slice(0, scores));
  const means = sums.slice(0, heads.length);
  return {
    heads: first.heads.map((head, i) => ({ ...head, loss: means[i] })),
    loss: heads.length === 1 && heads[0].weight === 1 ? means[0] : first.loss,
    updates,
    effects: variables.effects,
    roots: [...records, ...variables.effects, ...updates],
  };
}

/** Counts the non-finite elements of every parameter: one step, slot i for parameter i. */
export function inspectionGraph(model: Model): Tensor[] {
  const parameters = [...model.own].map(([name, { shape }]) => variable(name, shape));
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
