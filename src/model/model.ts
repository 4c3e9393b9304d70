import type { DType, Values } from "../core/dtype.js";
import { ArgumentError, ShapeError } from "../core/errors.js";
import { checkArgument, optionsOf } from "../core/options.js";
import { formatShape, type Shape, sameShape, sizeOf } from "../core/shape.js";
import { shown } from "../core/shown.js";
import { Tensor, variable } from "../graph/tensor.js";
import { type Layer, type LayerFunction, layersOf } from "../layers/index.js";
import { type Draw, type Parameter, Parameters } from "./parameters.js";
import type { SavedTraining } from "./saved.js";
import { LayerScope, type ParameterSource, type Trace } from "./scope.js";
import { chainOf, checkSampleShape, idsOf, type NamedLayer, nameLayers, type Structure } from "./structure.js";
import { outlineOf, type Part, summaryOf } from "./summary.js";

export type { Parameter } from "./parameters.js";
export type { Position, RunSettings, SavedHead, SavedRun, SavedTraining, Snapshot, UnfinishedEpoch } from "./saved.js";
export type { ParameterSource } from "./scope.js";
export type { NamedLayer } from "./structure.js";

/** Options of `sequential`. */
export interface ModelOptions {
  /** Shape of one sample, without the batch: [64], [28, 28]. */
  input: Shape;
  /** Seed of the first weights: a whole number from 0 to 2^53 - 1. */
  seed?: number;
}

/** Least and largest values that a model was trained on: [features], or one for all where there are many. */
export interface InputRange {
  low: number[];
  high: number[];
}

/** A tensor that a model takes or puts out: its name, and its shape for one sample. */
export interface NamedShape {
  name: string;
  shape: Shape;
  /** Element type of an input: "u32" for ids. Numbers, "f32", where absent. */
  dtype?: DType;
}

/** Options of a trace of a model. */
export interface TraceOptions extends Pick<Trace, "around" | "effect" | "memory"> {
  training: boolean;
  /** Number of its first source of random numbers; 0. */
  source?: number;
  /** Number of the first row among those of the step's batch; 0. */
  firstRow?: number;
}

/** Layers with their parameters. Training changes these through a Trainer. Made by `sequential` or `model`. */
export class Model {
  /** Inputs: one tensor, or several by name. */
  readonly inputs: readonly NamedShape[];
  /** Outputs: one tensor, or several by name. */
  readonly outputs: readonly NamedShape[];
  /** The shape of one sample: that of the only input, or [numbers] of all of them in their order. */
  readonly input: Shape;
  /** Output for one sample: that of the only output, or [numbers] of all of them in their order. */
  readonly output: Shape;
  /** The layers, each once, in the order of their names. */
  readonly layers: readonly NamedLayer[];
  /** Data saved beside the model: preprocessing, class names, anything that is JSON. */
  metadata: Record<string, unknown> = {};
  /** Preprocessing of raw table rows into features, as `Preprocessing` of "neuromotor/data" describes itself in JSON. */
  preprocessing: Record<string, unknown> | undefined;
  /** Least and largest value of each feature that it was trained on, or of all of them; see `InputRange`. */
  inputRange?: InputRange;
  /** Training of a model that was loaded from a file. */
  training?: SavedTraining;
  readonly #parameters = new Parameters();

  /**
   * @internal
   * @param seed - of first weights, and of shuffles and dropout where `fit` isn't given another
   * @param draws - gives a parameter's first values; drawn by its initializer where absent
   * @throws ArgumentError or ShapeError when a layer doesn't fit what comes before it
   */
  constructor(
    readonly structure: Structure,
    readonly seed: number,
    draws?: Draw,
  ) {
    const { inputs, calls, outputs } = structure;
    this.inputs = inputs.map(({ name, shape }, i) => ({ name, shape, ...(idsOf(structure, i) && { dtype: "u32" }) }));
    this.layers = [...new Set(calls.map(({ layer }) => layer))];
    const made = this.trace(this.samples(1), { training: false }, this.#parameters.drawing(seed, draws));
    this.outputs = outputs.map(({ name }, i) => ({ name, shape: made[i].shape.slice(1) }));
    this.input = joined(this.inputs);
    this.output = joined(this.outputs);
  }

  /** Number of trainable numbers. */
  get parameterCount(): number {
    return this.#parameters.count;
  }

  /** The number of changes of parameters so far. */
  get version(): number {
    return this.#parameters.version;
  }

  /** Parameters that were changed after a version: values by name, each [...shape]. */
  changesSince(version: number): Map<string, Float32Array<ArrayBuffer>> {
    return this.#parameters.changesSince(version);
  }

  /** Variables for its inputs, each [batch, ...]. */
  samples(batch: number): Tensor[] {
    return this.inputs.map(({ name, shape, dtype }) => variable(name, [batch, ...shape], dtype));
  }

  /**
   * Traces the forward pass.
   *
   * @param inputs - in their order, each [batch, ...]
   * @param parameter - gives the symbolic tensor of each parameter by its full name
   * @returns outputs in their order, each [batch, ...]
   * @throws ShapeError when a layer gives something else than a tensor [batch, ...]
   */
  trace(
    inputs: readonly Tensor[],
    { source = 0, firstRow = 0, ...options }: TraceOptions,
    parameter: ParameterSource,
  ): Tensor[] {
    const { calls, outputs } = this.structure;
    const trace: Trace = { ...options, source, firstRow, batch: inputs[0].shape[0], parameter, variables: new Map() };
    const values = [...inputs];
    for (const { layer: named, inputs: places } of calls) {
      const { name, layer } = named;
      const [x, ...further] = places.map((place) => values[place]);
      const scope = new LayerScope(name, layer, layer, trace);
      const forward = () => checkOutput(name, layer.forward(x, scope, ...further), x.shape[0]);
      values.push(scope.work(name, forward));
    }
    return outputs.map(({ value }) => values[value]);
  }

  /**
   * Checks the shape of samples: the model's, or images [height, width, channels] for rows of pixels, or the other way.
   *
   * @throws ShapeError when they don't fit
   */
  checkSamples(shape: Shape): void {
    const { input } = this;
    const axes = [shape.length, input.length].sort().join();
    if (sameShape(shape, input) || (axes === "1,3" && sizeOf(shape) === sizeOf(input))) return;
    throw this.shapeError(shape);
  }

  /** The error of features of another shape than the model's. */
  shapeError(shape: Shape): ShapeError {
    const rows = (sample: Shape) => `[rows, ${sample.join(", ")}]`;
    const [{ name, kind }] = this.layers;
    const named = name === kind ? kind : `${kind} "${name}"`;
    return new ShapeError(
      `Trainer: the model takes features ${rows(this.input)}, got ${rows(shape)}. Its first layer is ${named}. ` +
        "Give sequential() the data's shape as input, or the data the model's shape.",
    );
  }

  /**
   * Its parameters themselves, whose values are drawn when they are asked for.
   *
   * @internal
   */
  get own(): ReadonlyMap<string, Readonly<Parameter>> {
    return this.#parameters.own;
  }

  /** Copies of all parameters by name: `dense.weight` [in, out], `dense.bias` [out], `dense_1.weight`, ... */
  parameters(): Map<string, Parameter> {
    return this.#parameters.copies();
  }

  /**
   * Replaces parameters; those not named keep their values.
   *
   * @throws ArgumentError on an unknown name, ShapeError on another shape, DataError on NaN or infinity
   */
  setParameters(given: ReadonlyMap<string, { shape?: Shape; values: ArrayLike<number> }>): void {
    this.#parameters.set(given);
  }

  /** Takes what a Trainer reads back from its device, each [...shape]; without a check: some may be NaN. */
  adoptParameters(values: ReadonlyMap<string, Values>): void {
    this.#parameters.change([...values]);
  }

  /** Its layers in the order in which they are called, with the layers inside of them. */
  get outline(): readonly Part[] {
    return outlineOf(this);
  }

  /** A tree of layers: what they put out, how many parameters they have, and how many multiply-adds a sample takes. */
  summary(): string {
    return summaryOf(this);
  }
}

/** The shape of the only one, or of all of them in a row. */
function joined(parts: readonly NamedShape[]): Shape {
  if (parts.length === 1) return [...parts[0].shape];
  return [parts.reduce((sum, { shape }) => sum + sizeOf(shape), 0)];
}

/**
 * A model whose layers follow each other. Each entry is a layer of its own, with its own parameters.
 *
 * @example sequential({ input: [64], seed: 1 }, [dense(32, { activation: "relu" }), dense(10)])
 * @throws ArgumentError or ShapeError when a layer doesn't fit what comes before it
 */
export function sequential(options: ModelOptions, layers: readonly (Layer | LayerFunction)[]): Model {
  const { input, seed } = optionsOf("sequential", options, { input: undefined, seed: 0 });
  checkSampleShape("sequential", input);
  checkSeed("sequential", seed);
  if (!Array.isArray(layers) || layers.length === 0) {
    throw new ArgumentError("sequential: needs at least one layer, such as dense(10).");
  }
  return new Model(chainOf(input, nameLayers("sequential", layersOf("sequential", layers))), seed);
}

/** @throws ArgumentError when it isn't a seed of first weights */
export function checkSeed(where: string, seed: number): void {
  if (Number.isSafeInteger(seed) && seed >= 0) return;
  throw new ArgumentError(`${where}: the seed must be a whole number from 0 to 2^53 - 1, got ${shown(seed)}.`);
}

/** A layer's result must be one tensor, a row for each sample. A function of the user's own may give anything. */
function checkOutput(name: string, output: unknown, batch: number): Tensor {
  if (output instanceof Tensor && output.shape[0] === batch) return output;
  const got = output instanceof Tensor ? formatShape(output.shape) : shown(output);
  throw new ShapeError(`The layer "${name}" must give a tensor [batch, ...] with batch = ${batch} here, got ${got}.`);
}

/** @throws ArgumentError when it isn't a model */
export function checkModel(where: string, model: unknown): asserts model is Model {
  checkArgument(where, "a model, as sequential() or loadModel() gives it", model, model instanceof Model);
}
