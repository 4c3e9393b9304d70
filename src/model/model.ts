import type { Values } from "../core/dtype.js";
import { ArgumentError, DataError, ShapeError } from "../core/errors.js";
import { optionsOf } from "../core/options.js";
import { RandomStream, Stream } from "../core/random.js";
import { formatShape, type Shape, sameShape, sizeOf } from "../core/shape.js";
import { formatTable } from "../core/table.js";
import { inScope, Tensor, variable } from "../graph/tensor.js";
import type { Layer, LayerFunction } from "../layers/index.js";
import type { Loss } from "../losses/index.js";
import type { GradientRule, Optimizer } from "../optimizers/index.js";
import type { Schedule } from "../schedules/index.js";

/** A parameter's shape and its values, row-major. */
export interface Parameter {
  shape: Shape;
  /** [...shape], row-major. */
  values: Float32Array<ArrayBuffer>;
  /** False for a layer's state, which gradients don't change: running statistics. */
  trainable?: boolean;
}

/** How far a training is. */
export interface Position {
  /** Whole epochs done. */
  epoch: number;
  /** Training steps done. */
  step: number;
  /** The optimizer's rate, before the schedule; it may have been changed while training. */
  learningRate: number;
  /** State of the schedule after the epochs so far, as JSON. */
  scheduleState?: unknown;
  /** The epoch that was broken off, where one was. */
  underway?: UnfinishedEpoch;
}

/** An epoch that was broken off: what a later `fit` needs to finish it to the bits of an epoch in one go, as JSON. */
export interface UnfinishedEpoch {
  /** Its steps that are done. */
  steps: number;
  /** The learning rate that it began with, before the schedule. */
  learningRate: number;
  /** Rows of the steps that are done, and the sums of their losses and metrics. */
  rows: number;
  sums: number[];
  /** The settings of `fit` that decide which rows a step takes; with others a new epoch begins. */
  settings: Pick<SavedRun, "seed" | "batchSize" | "microBatchSize" | "shuffle" | "augment" | "rows">;
}

/** Saved state of a training, from which a Trainer continues. */
export interface SavedTraining extends Position {
  loss?: Loss;
  optimizer?: Optimizer;
  schedule?: Schedule;
  metrics?: string[];
  /** A rule of the user's own is `undefined` when it was read from a file: the Trainer must be given it again. */
  gradients?: readonly (GradientRule | undefined)[];
  /** Optimizer state, by the names of its variables: "optimizer.dense.weight", [moments, ...parameter]. */
  state?: Map<string, Parameter>;
  /** Parameters that a callback kept to go back to, by name. */
  kept?: Map<string, Parameter>;
  /** The call of `fit` that was at work. */
  run?: SavedRun;
}

/** Everything that puts a trainer back to where it was, in memory: a checkpoint is a snapshot on disk. */
export interface Snapshot {
  /** By name, each [...shape]. */
  parameters: Map<string, Parameter>;
  /** The position, the optimizer's state, and the call of `fit` at work with what its callbacks remember. */
  training: SavedTraining;
}

/** A call of `fit` as a checkpoint holds it. */
export interface SavedRun {
  /** Epochs done before it. */
  start: number;
  /** Of shuffles and dropout. */
  seed: number;
  batchSize: number;
  /** Rows of a micro-batch, if batches go through the network in parts. */
  microBatchSize?: number;
  shuffle: boolean;
  /** Augmentation of training images, as `fit` was given it. */
  augment?: object;
  /** Of the training data. */
  rows: number;
  /** Whether a callback ended it. */
  stopped: boolean;
  /** State of the callbacks, in their order. */
  callbacks: { name: string; state: unknown }[];
}

/** Options of `sequential`. */
export interface ModelOptions {
  /** Shape of one sample, without the batch: [64], [28, 28]. */
  input: Shape;
  /** Seed of the first weights: a whole number from 0 to 2^53 - 1. */
  seed?: number;
}

/** A layer of a model, and the name that its parameters begin with. */
export interface NamedLayer {
  name: string;
  kind: string;
  layer: Layer;
}

/** A stack of layers with its parameters. Training changes them through a Trainer. */
export class Model {
  readonly input: Shape;
  /** Of first weights, and of shuffles and dropout where `fit` isn't given another. */
  readonly seed: number;
  /** Output of the model for one sample. */
  readonly output: Shape;
  /** Data saved beside the model: preprocessing, class names, anything that is JSON. */
  metadata: Record<string, unknown> = {};
  /** Preprocessing of raw table rows into features, as `Preprocessing` of "neuromotor/data" describes itself in JSON. */
  preprocessing: Record<string, unknown> | undefined;
  /** Training of a model that was loaded from a file. */
  training?: SavedTraining;
  readonly layers: readonly NamedLayer[];
  readonly #parameters = new Map<string, Parameter>();
  readonly #summary: { name: string; kind: string; output: Shape; parameters: number }[] = [];
  /** The number of changes so far, and which of them was each parameter's last: a Trainer's device may be behind. */
  #version = 0;
  readonly #changedAt = new Map<string, number>();

  /**
   * @param draws - gives a parameter's first values; drawn by its initializer where absent
   * @throws ArgumentError or ShapeError when a layer doesn't fit what comes before it
   */
  constructor(options: ModelOptions, layers: readonly (Layer | LayerFunction)[], draws?: Draw) {
    const { input, seed } = optionsOf("sequential", options, { input: undefined, seed: 0 });
    checkInput(input);
    if (!Number.isSafeInteger(seed) || seed < 0) {
      throw new ArgumentError(`sequential: the seed must be a whole number from 0 to 2^53 - 1, got ${seed}.`);
    }
    if (!Array.isArray(layers) || layers.length === 0) {
      throw new ArgumentError("sequential: needs at least one layer, such as dense(10).");
    }
    this.input = [...input];
    this.seed = seed;
    this.layers = nameLayers(layers);
    const draw: ParameterSource = (name, shape, initializer, trainable) => {
      if (this.#parameters.has(name)) throw new ArgumentError(`sequential: two parameters are called ${name}.`);
      const random = new RandomStream(seed, Stream.weights, this.#parameters.size);
      const values = draws ? draws(name, shape) : allocated(name, shape, () => initializer.values(shape, random));
      this.#parameters.set(name, { shape, values, ...(!trainable && { trainable }) });
      return variable(name, shape);
    };
    const output = this.trace(variable("input", [1, ...input]), { training: false }, draw);
    this.output = output.shape.slice(1);
  }

  /** Number of trainable numbers. */
  get parameterCount(): number {
    return [...this.#parameters.values()].reduce(
      (sum, { values, trainable = true }) => sum + (trainable ? values.length : 0),
      0,
    );
  }

  /** The number of changes of parameters so far. */
  get version(): number {
    return this.#version;
  }

  /** Parameters that were changed after a version: values by name, each [...shape]. */
  changesSince(version: number): Map<string, Float32Array<ArrayBuffer>> {
    const isNewer = ([name]: [string, Parameter]) => (this.#changedAt.get(name) ?? 0) > version;
    return new Map([...this.#parameters].filter(isNewer).map(([name, { values }]) => [name, values]));
  }

  /**
   * Traces the forward pass.
   *
   * @param x - [batch, ...input]
   * @param parameter - gives the symbolic tensor of each parameter by its full name
   * @param options.source - number of its first source of random numbers; 0
   * @param options.firstRow - number of the first row among those of the step's batch; 0
   * @returns [batch, ...output]
   * @throws ShapeError when a layer gives something else than a tensor [batch, ...]
   */
  trace(
    x: Tensor,
    options: { training: boolean; source?: number; firstRow?: number },
    parameter: ParameterSource,
  ): Tensor {
    let { training, source = 0, firstRow = 0 } = options;
    const describe = this.#summary.length === 0;
    return this.layers.reduce((value, { name, kind, layer }) => {
      let own = 0;
      const output = inScope(name, () =>
        layer.forward(value, {
          name,
          training,
          parameter(local, shape, initializer) {
            own += sizeOf(shape);
            return parameter(`${name}.${local}`, shape, initializer, true);
          },
          state: (local, shape, initializer) => parameter(`${name}.${local}`, shape, initializer, false),
          firstRow,
          randomSource: () => source++,
        }),
      );
      checkOutput(name, output, x.shape[0]);
      if (describe) this.#summary.push({ name, kind, output: output.shape.slice(1), parameters: own });
      return output;
    }, x);
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
    return new ShapeError(
      `Trainer: the model takes features ${rows(this.input)}, got ${rows(shape)}. ` +
        "Give sequential() the data's shape as input, or the data the model's shape.",
    );
  }

  /** Copies of all parameters by name: `dense.weight` [in, out], `dense.bias` [out], `dense_1.weight`, ... */
  parameters(): Map<string, Parameter> {
    return new Map([...this.#parameters].map(([name, own]) => [name, { ...own, values: own.values.slice() }]));
  }

  /**
   * Replaces parameters; those not named keep their values.
   *
   * @throws ArgumentError on an unknown name, ShapeError on another shape, DataError on NaN or infinity
   */
  setParameters(given: ReadonlyMap<string, { shape?: Shape; values: ArrayLike<number> }>): void {
    if (typeof given?.get !== "function" || !(Symbol.iterator in given)) {
      throw new ArgumentError(
        'setParameters: needs a Map, as parameters() gives it: new Map([["dense.bias", { values: [0, 0] }]]).',
      );
    }
    for (const [name, { shape, values }] of given) {
      const own = this.#parameters.get(name);
      if (!own) {
        throw new ArgumentError(
          `setParameters: there is no "${name}"; it has ${[...this.#parameters.keys()].join(", ")}.`,
        );
      }
      if (values.length !== own.values.length || (shape && !sameShape(shape, own.shape))) {
        throw new ShapeError(
          `setParameters: ${name} is ${formatShape(own.shape)}, got ${shape ? formatShape(shape) : `${values.length} values`}.`,
        );
      }
      if (!Array.prototype.every.call(values, (value: number) => Number.isFinite(Math.fround(value)))) {
        throw new DataError(`setParameters: ${name} has values that are NaN, infinite, or too large for float32.`);
      }
    }
    this.#change([...given].map(([name, { values }]) => [name, Array.from(values)]));
  }

  /** Takes what a Trainer reads back from its device, each [...shape]; without a check: some may be NaN. */
  adoptParameters(values: ReadonlyMap<string, Values>): void {
    this.#change([...values]);
  }

  #change(changes: readonly (readonly [name: string, values: ArrayLike<number>])[]): void {
    this.#version++;
    for (const [name, values] of changes) {
      this.#parameters.get(name)!.values.set(values);
      this.#changedAt.set(name, this.#version);
    }
  }

  /** Each layer's name and kind, what it puts out for one sample, and how many parameters it has. */
  get outline(): readonly { name: string; kind: string; output: Shape; parameters: number }[] {
    return this.#summary;
  }

  /** A table of layers, what they put out, and how many parameters they have. */
  summary(): string {
    const rows = this.#summary.map(({ name, kind, output, parameters }) => [
      name,
      kind,
      `[batch, ${output.join(", ")}]`,
      parameters.toLocaleString("en"),
    ]);
    const table = formatTable(
      [["layer", "kind", "output", "parameters"], ["input", "", `[batch, ${this.input.join(", ")}]`, ""], ...rows],
      [3],
    );
    return `${table}\ntotal: ${this.parameterCount.toLocaleString("en")} parameters`;
  }
}

/** First values of a parameter. */
export type Draw = (name: string, shape: Shape) => Float32Array<ArrayBuffer>;

/** Gives a parameter's tensor while a model is traced. */
export type ParameterSource = (
  name: string,
  shape: Shape,
  initializer: { values(shape: Shape, random: RandomStream): Float32Array<ArrayBuffer> },
  trainable: boolean,
) => Tensor;

/**
 * A model whose layers follow each other.
 *
 * @example sequential({ input: [64], seed: 1 }, [dense(32, { activation: "relu" }), dense(10)])
 * @throws ArgumentError or ShapeError when a layer doesn't fit what comes before it
 */
export const sequential = (options: ModelOptions, layers: readonly (Layer | LayerFunction)[]): Model =>
  new Model(options, layers);

function checkInput(input: Shape): void {
  if (!Array.isArray(input) || input.length === 0 || !input.every((size) => Number.isSafeInteger(size) && size > 0)) {
    throw new ShapeError(
      `sequential: input must be the shape of one sample, such as [64] or [28, 28], got ${JSON.stringify(input)}.`,
    );
  }
}

/** A layer's result must be one tensor, a row for each sample. A function of the user's own may give anything. */
function checkOutput(name: string, output: unknown, batch: number): void {
  if (output instanceof Tensor && output.shape[0] === batch) return;
  const got = output instanceof Tensor ? formatShape(output.shape) : String(output);
  throw new ShapeError(`The layer "${name}" must give a tensor [batch, ...] with batch = ${batch} here, got ${got}.`);
}

/** Values that memory holds. @throws ArgumentError naming the parameter where it is too large */
function allocated<T>(name: string, shape: Shape, values: () => T): T {
  try {
    return values();
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw Object.assign(
      new ArgumentError(
        `sequential: ${name} ${formatShape(shape)} is more than memory holds. Give the layers fewer units.`,
      ),
      { cause },
    );
  }
}

/** Beginnings of names under which a training is saved beside the parameters. */
const RESERVED = /^(optimizer|average|kept)(\.|$)/;

/** Names like Keras's: the kind, then kind_1, kind_2, ...; a layer may bring its own. */
function nameLayers(layers: readonly (Layer | LayerFunction)[]): NamedLayer[] {
  const taken = new Set<string>();
  return layers.map((given, place) => {
    if (typeof given !== "function" && typeof given?.forward !== "function") {
      throw new ArgumentError(`sequential: layer ${place} is ${String(given)}, not a layer or a function of tensors.`);
    }
    const layer: Layer = typeof given === "function" ? { config: { layer: "function" }, forward: given } : given;
    const kind = layer.config.layer;
    const wanted = layer.config.name ?? (typeof given === "function" && given.name ? given.name : kind);
    let name = wanted;
    if (RESERVED.test(name)) {
      throw new ArgumentError(
        `sequential: a layer can't be called "${name}": the optimizer's state is saved as optimizer.*, averages as average.*, ` +
          "what callbacks keep as kept.*. Call it otherwise.",
      );
    }
    if (layer.config.name && taken.has(name)) throw new ArgumentError(`sequential: two layers are called "${name}".`);
    for (let count = 1; taken.has(name); count++) name = `${wanted}_${count}`;
    taken.add(name);
    return { name, kind, layer };
  });
}
