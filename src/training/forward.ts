import type { ElementType } from "../core/dtype.js";
import { type Shape, sizeOf } from "../core/shape.js";
import { type Tensor, variable } from "../graph/tensor.js";
import { storageOf } from "../graph/views.js";
import type { Model, TraceOptions } from "../model/model.js";
import { takeBatch } from "../ops/batch.js";
import { reshape } from "../ops/layout.js";
import type { Optimizer } from "../optimizers/index.js";
import type { DataShapes } from "./data-shapes.js";
import { isTrained } from "./state.js";

/*
 * The forward pass of a step: the rows of its batch, and the model's outputs for them.
 */

/** Takes the rows of a step's batch from variables of data, by the order; or `batch` rows of it from `start` on. */
export function rowsTaker({ rows, order, batch }: DataShapes, start = 0) {
  const places = variable("order", [order], "u32");
  return (name: string, shape: Shape, dtype?: ElementType): Tensor =>
    takeBatch(variable(name, [rows, ...shape], dtype), places, { batch, start });
}

/** The model's inputs for a step, [batch, ...shape] each. */
export function inputsOf(shapes: DataShapes, take = rowsTaker(shapes)): Tensor[] {
  return shapes.features.map(({ name, shape, dtype }) => take(name, shape, dtype));
}

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
  get(name: string, shape: Shape, trainable: boolean): Tensor {
    const isTrainable = this.optimizer ? isTrained(this.optimizer, name, trainable) : trainable;
    const known = isTrainable ? this.trainable : this.state;
    const tensor = known.get(name) ?? variable(name, shape);
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
  const outputs = model.trace(xs, { training: false, ...options }, (name, shape, _, trainable) =>
    variables.get(name, shape, trainable),
  );
  return outputs.map((output) => reshape(output, [output.shape[0], sizeOf(output.shape.slice(1))]));
}
