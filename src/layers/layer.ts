import { checkOptions } from "../core/options.js";
import type { Shape } from "../core/shape.js";
import type { Tensor } from "../graph/tensor.js";
import type { Initializer } from "../initializers/index.js";

/** Context in which a layer's forward pass is traced. */
export interface Scope {
  /** The layer's name in its model: "dense", "dense_1", or its own. */
  readonly name: string;
  /** Whether the pass is for training; dropout is nothing otherwise. */
  readonly training: boolean;
  /**
   * A trainable tensor of the layer, [...shape], "weight" becoming "dense_1.weight". The first trace gives it its
   * values.
   */
  parameter(name: string, shape: Shape, initializer: Initializer): Tensor;
  /**
   * A tensor of the layer, [...shape], that is saved and kept with its parameters but not trained: running statistics. Ops
   * with effects change it.
   */
  state(name: string, shape: Shape, initializer: Initializer): Tensor;
  /** Number of the first row of what is traced among the rows of the step's batch: 0, but for micro-batches. */
  readonly firstRow: number;
  /** A number for a source of random numbers, different for each one in the model. */
  randomSource(): number;
}

/** Saved form of a layer: its kind and the options it was made with. */
export type LayerConfig = { layer: string; name?: string } & Record<string, unknown>;

/** A layer: nothing but its forward pass, written with ops on symbolic tensors [batch, ...]. */
export interface Layer {
  readonly config: LayerConfig;
  /**
   * The forward pass.
   *
   * @param x - [batch, ...]
   * @returns [batch, ...]
   */
  forward(x: Tensor, scope: Scope): Tensor;
}

/**
 * A layer of the user's own: just the forward pass, [batch, ...] to [batch, ...]. It works like any other, but can't be
 * saved as JSON.
 */
export type LayerFunction = (x: Tensor, scope: Scope) => Tensor;

/** Options of a layer without parameters. */
export interface NameOptions {
  name?: string;
}

/** @throws ArgumentError on options of a layer that are more than its name */
export const checkName = (layer: string, options: NameOptions): void => checkOptions(layer, options, { name: true });
