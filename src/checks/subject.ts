import type { Values } from "../core/dtype.js";
import { ArgumentError, ShapeError } from "../core/errors.js";
import { RandomStream, Stream } from "../core/random.js";
import { formatShape, type Shape, sameShape, sizeOf } from "../core/shape.js";
import { shown } from "../core/shown.js";
import { ancestors, Tensor, variable } from "../graph/tensor.js";
import type { Layer, LayerFunction } from "../layers/index.js";
import type { Loss } from "../losses/index.js";
import { Model, sequential } from "../model/model.js";
import { type Activation, activate, checkActivation } from "../ops/activations.js";
import { concatenate } from "../ops/indexing.js";
import { reshape } from "../ops/layout.js";
import { ACTIVATION_VALUES } from "./activations.js";
import { type CheckInput, dataOf, type TensorData } from "./inputs.js";

/** Any function of symbolic tensors, of the shapes that it is checked with: an op, or one written with ops. */
export type TensorFunction = (...inputs: Tensor[]) => Tensor;

/**
 * Subjects of the checks: a model, a layer, a function of tensors (with `input` it is taken for a layer, with `inputs` for
 * any other), a loss, an activation by its name or of your own.
 */
export type CheckSubject = Model | Layer | LayerFunction | TensorFunction | Loss | Activation;

/** Options that both checks take. */
export interface SubjectOptions {
  /** Shape of one sample, for a layer: as `sequential` takes it. */
  input?: Shape;
  /**
   * Inputs of the subject, in order; a function of tensors needs all of them. By default a model or layer gets 4 samples,
   * [4, ...input]; a loss 6 rows of 5 outputs, [6, 5], and drawn class labels as it encodes them for `Dataset`s; an
   * activation the numbers from -6 to 6 in steps of an eighth.
   */
  inputs?: readonly CheckInput[];
  /** Seed of drawn inputs, a layer's first weights, dropout and samples: a whole number from 0 to 2^53 - 1; default 0. */
  seed?: number;
}

/** Every name of the options, with what stands for those that aren't given. */
export const SUBJECT_OPTIONS = { input: undefined, inputs: undefined, seed: 0 };

/** A subject as a graph over variables that have values. */
export interface Traced {
  /** Name for people: `the layer "dense"`. */
  title: string;
  y: Tensor;
  values: ReadonlyMap<Tensor, Values>;
  /** Rows of the step's batch: a model's samples, of others 1. */
  rows: number;
  /** Variables that every check must differentiate by. */
  by: readonly Tensor[];
  /** Variables that a check differentiates by if every op on the way has a gradient: a model's input. */
  optional: readonly Tensor[];
  /** Whether the subject is one activation of the user's own, alone. */
  single: boolean;
}

const LAYER_ROWS = 4;
const LOSS_SHAPE = [6, 5];

/**
 * Traces a subject over its inputs.
 *
 * @param check - name of the function that was called, for errors
 * @throws ArgumentError when the subject is none, or lacks an input
 * @throws ShapeError when inputs don't fit it
 */
export function traceSubject(check: string, subject: CheckSubject, options: SubjectOptions): Traced {
  const traced = traceAny(check, subject, options);
  const reached = new Set(ancestors([traced.y]));
  const unused = traced.by.find((each) => !reached.has(each));
  if (!unused) return traced;
  throw new ArgumentError(
    `${check}: what ${traced.title} gives doesn't depend on ${unused.label}, so that there is nothing to compare. Leave it out.`,
  );
}

function traceAny(check: string, subject: CheckSubject, options: SubjectOptions): Traced {
  const { input, inputs, seed = 0 } = options;
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new ArgumentError(`${check}: the seed must be a whole number from 0 to 2^53 - 1, got ${shown(seed)}.`);
  }
  if (inputs !== undefined && (!Array.isArray(inputs) || inputs.length === 0)) {
    throw new ArgumentError(`${check}: inputs must be a list with one for each tensor, such as inputs: [[8, 4]].`);
  }
  const source: CheckContext = { check, inputs, seed };
  if (subject instanceof Model) return traceModel(subject, "the model", source);
  const { perRow, forward, config, gradient, wgsl } = (subject ?? {}) as unknown as Record<string, unknown>;
  if (typeof perRow === "function") return traceLoss(subject as Loss, source);
  if (typeof subject === "string" || wgsl !== undefined || typeof gradient === "function") {
    return traceActivation(subject as Activation, source);
  }
  if (typeof subject !== "function" && !(typeof forward === "function" && config)) {
    throw new ArgumentError(
      `${check}: expected a model, a layer, a function of tensors, a loss or an activation, got ${describe(subject)}.`,
    );
  }
  const layer = subject as Layer | LayerFunction;
  const name = typeof layer === "function" ? layer.name : (layer.config.name ?? layer.config.layer);
  if (typeof layer === "function" && inputs && !input) return traceFunction(subject as TensorFunction, source);
  if (!input) {
    throw new ArgumentError(
      typeof layer === "function"
        ? `${check}: the function ${name || "given"} needs input: [4], the shape of a sample, if it is a layer, or ` +
            "inputs: [[8, 4]], one for each tensor, if not. If it makes a loss or a layer, call it: huber(), dense(3)."
        : `${check}: a layer needs the shape of one sample: ${check}(${name}(...), { input: [4] }).`,
    );
  }
  return traceModel(sequential({ input, seed }, [layer]), `the layer "${name || "function"}"`, source);
}

interface CheckContext {
  check: string;
  inputs: readonly CheckInput[] | undefined;
  seed: number;
}

const describe = (subject: unknown) =>
  typeof (subject as { model?: unknown })?.model === "object" ? "a trainer: give its model" : shown(subject);

/** Symbolic tensors for the inputs, with their values. */
function variablesOf(data: readonly TensorData[], nameOf: (place: number) => string): Map<Tensor, Values> {
  return new Map(
    data.map(({ shape, values }, i) => [
      variable(nameOf(i), shape, values instanceof Float32Array ? "f32" : "u32"),
      values,
    ]),
  );
}

const argumentName = (place: number) => `inputs[${place}]`;

/** The inputs given, or else the subject's own. @throws ArgumentError when there are more than `most` */
function readInputs(
  { check, inputs, seed }: CheckContext,
  most: number,
  otherwise: readonly CheckInput[],
): TensorData[] {
  const given = inputs ?? otherwise;
  if (given.length > most)
    throw new ArgumentError(`${check}: takes ${most} of inputs at most here, got ${given.length}.`);
  return given.map((input, i) => dataOf(input, `${check}: ${argumentName(i)}`, i, seed));
}

function traceModel(model: Model, title: string, source: CheckContext): Traced {
  const { inputs } = model;
  const otherwise = inputs.map(({ shape }) => [LAYER_ROWS, ...shape]);
  const data = readInputs(source, inputs.length, otherwise);
  inputs.forEach(({ shape }, i) => {
    const [rows] = data[0].shape;
    const sample = data[i]?.shape ?? [];
    if (sameShape(sample.slice(1), shape) && sample[0] === rows) return;
    const wanted = `[${i === 0 ? "rows" : rows}, ${shape.join(", ")}]`;
    throw new ShapeError(`${source.check}: ${argumentName(i)} must be ${wanted}, got ${formatShape(sample)}.`);
  });
  const values = variablesOf(data, (i) => inputs[i].name);
  const xs = [...values.keys()];
  const own = model.parameters();
  const parameters = new Map<string, Tensor>();
  const outputs = model.trace(xs, { training: true }, (name, shape, _, trainable) => {
    const parameter = parameters.get(name) ?? variable(name, shape);
    if (trainable) parameters.set(name, parameter);
    values.set(parameter, own.get(name)!.values);
    return parameter;
  });
  const by = [...parameters.values()];
  return {
    title,
    y: joined(outputs),
    values,
    rows: xs[0].shape[0],
    by: by.length > 0 ? by : xs,
    optional: by.length > 0 ? xs : [],
    single: false,
  };
}

/** The only output, or all of them in a row: [rows, numbers]. */
const joined = (outputs: readonly Tensor[]): Tensor =>
  outputs.length === 1
    ? outputs[0]
    : concatenate(outputs.map((y) => reshape(y, [y.shape[0], sizeOf(y.shape.slice(1))])));

function traceFunction(trace: TensorFunction, source: CheckContext): Traced {
  const values = variablesOf(readInputs(source, Number.POSITIVE_INFINITY, []), argumentName);
  const title = trace.name ? `the function "${trace.name}"` : "the function";
  if (trace.length > values.size) {
    throw new ArgumentError(
      `${source.check}: ${title} takes ${trace.length} tensors, but inputs has ${values.size}. Give one for each; if it is ` +
        "a layer, give input: [4], the shape of a sample, instead.",
    );
  }
  const y = trace(...values.keys());
  if (!(y instanceof Tensor) || y.dtype !== "f32") {
    const got = y instanceof Tensor ? "one of u32" : shown(y);
    throw new ArgumentError(`${source.check}: ${title} must give one f32 tensor, made with ops; got ${got}.`);
  }
  const by = [...values.keys()].filter(({ dtype }) => dtype === "f32");
  return { title, y, values, rows: 1, by, optional: [], single: false };
}

function traceActivation(activation: Activation, source: CheckContext): Traced {
  checkActivation(activation);
  const values = variablesOf(readInputs(source, 1, [ACTIVATION_VALUES]), () => "x");
  const [x] = values.keys();
  const name = typeof activation === "string" ? activation : activation.name;
  const y = activate(x, activation);
  return {
    title: `the activation "${name}"`,
    y,
    values,
    rows: 1,
    by: [x],
    optional: [],
    single: typeof activation !== "string",
  };
}

function traceLoss(loss: Loss, source: CheckContext): Traced {
  const [outputs, given] = readInputs(source, 2, [LOSS_SHAPE]);
  if (outputs.shape.length !== 2) {
    throw new ShapeError(
      `${source.check}: a loss takes outputs [rows, outputs] as ${argumentName(0)}, got ${formatShape(outputs.shape)}.`,
    );
  }
  const [rows, width] = outputs.shape;
  loss.checkOutputs?.(width);
  const targets = given ?? drawTargets(loss, rows, width, source.seed);
  const values = variablesOf([outputs, targets], (i) => ["outputs", "targets"][i]);
  const [x, t] = values.keys();
  const y = loss.perRow(x, t);
  if (!(y instanceof Tensor) || !sameShape(y.shape, [rows])) {
    const got = y instanceof Tensor ? formatShape(y.shape) : shown(y);
    throw new ShapeError(`${source.check}: a loss must give one number for each row, [${rows}], got ${got}.`);
  }
  return { title: `the loss "${loss.config?.loss}"`, y, values, rows: 1, by: [x], optional: [], single: false };
}

/** Class labels, as the loss encodes those of a data set. */
function drawTargets(loss: Loss, rows: number, outputs: number, seed: number): TensorData {
  const classes = Math.max(outputs, 2);
  const random = new RandomStream(seed, Stream.noise, 1, 1);
  const labels = Uint32Array.from({ length: rows }, () => random.nextBelow(classes));
  return loss.encode({ labels, targetShape: [], classes }, outputs);
}
