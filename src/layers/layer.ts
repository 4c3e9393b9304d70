import { ArgumentError } from "../core/errors.js";
import { checkOptions } from "../core/options.js";
import type { Shape } from "../core/shape.js";
import { shown } from "../core/shown.js";
import type { Tensor } from "../graph/tensor.js";
import type { Initializer } from "../initializers/index.js";
import type { Ids } from "./ids.js";

/** Tensors that layers keep from one pass over a part of sequences to the pass over what follows. */
export interface SequenceMemory {
  /** The value kept under a name in the pass before, [...shape]; 0 in the first. */
  take(name: string, shape: Shape): Tensor;
  /** Keeps a value for the next pass, of the shape that was taken. */
  keep(name: string, value: Tensor): void;
  /** Of passes over a single place each: which one it is. Attention then keeps what it saw, too. */
  readonly at?: Place;
}

/** A place of a sequence. */
export interface Place {
  /** Places that a sequence has at most. */
  readonly time: number;
  /** The place's number, [1] u32. */
  readonly place: Tensor;
}

/** A parameter's part in `l1Penalty`, `l2Penalty` and `maxNorm`, which are for weights alone. */
export interface ParameterOptions {
  /**
   * Axes along which the output units of a weight lie, of which `maxNorm` keeps the weights of each short; [] of a bias, a scale
   * or a shift. The last axis, where a parameter has two or more; [] where it has one.
   */
  units?: readonly number[];
  /** The shape whose axes those are, of as many numbers; the parameter's. */
  as?: Shape;
}

/** Context in which a layer's forward pass is traced. */
export interface Scope {
  /** The layer's name in its model: "dense", "dense_1", "residual.dense", or its own. */
  readonly name: string;
  /** Whether the pass is for training; dropout is nothing otherwise. */
  readonly training: boolean;
  /**
   * A trainable tensor of the layer, [...shape], "weight" becoming "dense_1.weight". The first trace gives it its
   * values.
   */
  parameter(name: string, shape: Shape, initializer: Initializer, options?: ParameterOptions): Tensor;
  /**
   * A tensor of the layer, [...shape], that is saved and kept with its parameters but not trained: running statistics. Ask
   * for it in every pass; `effect` changes it.
   */
  state(name: string, shape: Shape, initializer: Initializer): Tensor;
  /**
   * Changes a state with each training step; in evaluation, and of a layer that isn't trainable, it does nothing. Of
   * micro-batches each sees what the one before left.
   *
   * @param assigned - `ops.assign(state, value)`, both [...shape]
   * @throws ArgumentError when it is something else, or of a parameter
   */
  effect(assigned: Tensor): void;
  /** 1 for each row of the pass that exists, 0 for those that a short batch lacks: [batch]. */
  rowWeights(): Tensor;
  /** Number of the first row of what is traced among the rows of the step's batch: 0, but for micro-batches. */
  readonly firstRow: number;
  /**
   * A parameter, [...shape], of a layer that was called before, by its full name: "embedding.weight"; undefined where none has it.
   */
  borrow(name: string): Tensor | undefined;
  /** Of a pass over a part of sequences: what layers keep from the pass over what comes before; undefined in other passes. */
  readonly memory?: SequenceMemory;
  /** A number for a source of random numbers, different for each one in the model. */
  randomSource(): number;
  /**
   * Calls another layer inside this one. Its parameters go by its name after this one's ("block.dense.weight",
   * "block.dense_1.weight"); a layer that is called twice has the same ones both times.
   *
   * @param x - [batch, ...]
   * @returns [batch, ...]
   */
  call(layer: Layer, x: Tensor, ...further: Tensor[]): Tensor;
  /**
   * Does a layer's own work: in this scope where it is the layer's, else as `call` does.
   *
   * @internal
   */
  enter(layer: Layer, work: (scope: Scope) => Tensor): Tensor;
}

/** Saved form of a layer: its kind and the options it was made with. */
export type LayerConfig = { layer: string; name?: string } & Record<string, unknown>;

/** A layer: nothing but its forward pass, written with ops on symbolic tensors [batch, ...]. */
export interface Layer {
  readonly config: LayerConfig;
  /** Whether it takes several inputs, as `add()` does. Default false: one. */
  readonly joins?: boolean;
  /** The layers that it is made of, in order, where it is made of any. */
  readonly parts?: readonly Layer[];
  /** Whether nothing of the places that a sequence's mask leaves out is in the others of its result. */
  readonly passesOver?: boolean;
  /**
   * How long sequences may be that it works place by place, each result following from its place and what `scope.memory` keeps of
   * those before: "endless", or "context" where it asks for the place's number, as many as the model's input has. Absent: its
   * results at a place follow from others, or it keeps nothing. Its parts count, too.
   */
  readonly byPlace?: "endless" | "context";
  /** Of a layer that takes ids, whole numbers from 0: which there are. */
  readonly ids?: Ids;
  /**
   * Refuses what a layer can't take of a model's input.
   *
   * @param layer - its name
   * @param place - of the input among the `count` inputs of a call; -1 where it is none of them
   * @param values - [rows, ...input]
   * @throws DataError
   */
  checkInput?(layer: string, place: number, count: number, values: Float32Array): void;
  /**
   * Refuses samples of bytes, 0 to 255, where its weights begin for pixels of about 0 to 1.
   *
   * @param layer - its kind and name
   * @param features - [rows, ...sample]
   * @throws DataError
   */
  checkPixels?(layer: string, features: Float32Array): void;
  /**
   * The forward pass.
   *
   * @param x - [batch, ...]
   * @param further - the inputs after the first, each [batch, ...], of a layer that takes several
   * @returns [batch, ...]
   */
  forward(x: Tensor, scope: Scope, ...further: Tensor[]): Tensor;
}

/**
 * A layer of the user's own: just the forward pass, [batch, ...] to [batch, ...]. It works like any other, but can't be
 * saved as JSON. Further inputs come after the scope.
 */
export type LayerFunction = (x: Tensor, scope: Scope, ...further: Tensor[]) => Tensor;

/** A layer that has parameters of its own wherever it is called: in a model, or inside of another layer. */
export function defineLayer({ forward, ...rest }: Layer): Layer {
  const layer: Layer = {
    ...rest,
    forward: (x, scope, ...further) => scope.enter(layer, (own) => forward(x, own, ...further)),
  };
  return layer;
}

/** @throws ArgumentError when a layer's `trainable` is neither true nor false */
export function checkTrainable(layer: string, trainable: unknown): void {
  if (trainable === undefined || typeof trainable === "boolean") return;
  throw new ArgumentError(`${layer}: trainable must be true or false, got ${shown(trainable)}.`);
}

/** Whether training leaves a layer's parameters, and running statistics, as they are: it was made with `trainable: false`. */
export const isFrozen = ({ config }: Layer): boolean => config.trainable === false;

/** Options of a layer without parameters. */
export interface NameOptions {
  name?: string;
}

/** @throws ArgumentError on options of a layer that are more than its name */
export const checkName = (layer: string, options: NameOptions): void => checkOptions(layer, options, { name: true });
