import { launchOrder } from "../../compile/order.js";
import { lower } from "../../compile/rewrite.js";
import type { Attributes } from "../../graph/op.js";
import { ancestors, constant, Tensor } from "../../graph/tensor.js";
import { type DataShapes, type Recipe, trainingGraph } from "../graphs.js";

/** The graph of a training step, and which of its tensors is what. */
export interface Trace {
  /** Every tensor that has a kernel, in an order in which they can be worked. */
  order: Tensor[];
  /** Which of them a tensor of the graph is, as composites are worked by what they are made of. */
  loweredOf(tensor: Tensor): Tensor;
  /** What the loss sees: the model's outputs. */
  outputs: Tensor;
  /** Losses of the rows, before weights and mean. */
  rowLosses: Tensor;
  loss: Tensor;
  /** The loss's gradient for each tensor between it and the parameters. */
  gradientOf: ReadonlyMap<Tensor, Tensor>;
  /** The optimizer's in-place updates by the parameters that they change. */
  updates: ReadonlyMap<Tensor, Tensor>;
  /**
   * What is drawn at random, by the attributes of the ops that use it: of dropout 0, or what an element that stays is
   * multiplied with; of noise what is added.
   */
  draws: ReadonlyMap<Attributes, Tensor>;
}

/** Traces the step that training itself runs; metrics are left out. */
export function traceStep(recipe: Recipe, shapes: DataShapes): Trace {
  let seen: Pick<Trace, "outputs" | "rowLosses"> | undefined;
  const loss = Object.create(recipe.loss, {
    perRow: {
      value(outputs: Tensor, targets: Tensor) {
        seen = { outputs, rowLosses: recipe.loss.perRow(outputs, targets) };
        return seen.rowLosses;
      },
    },
  });
  const gradientOf = new Map<Tensor, Tensor>();
  const outputs = trainingGraph({ ...recipe, loss, metrics: [] }, shapes, gradientOf);
  const [recorded, ...updates] = outputs;
  // What follows an optimizer's own update changes what that left, or another variable.
  const own = ancestors(updates).filter(({ op, inputs }) => op.writes && gradientOf.has(inputs[0]));
  const draws = new Map(
    ancestors([seen!.outputs])
      .filter(({ op }) => op.name in NEUTRAL)
      .map((tensor) => [tensor.attributes, drawOf(tensor)]),
  );
  const lowered = lower(outputs);
  const order = launchOrder(lowered.outputs).filter((tensor) => tensor !== lowered.of(recorded));
  return {
    ...seen!,
    draws,
    order: [...draws.values(), ...order],
    loweredOf: lowered.of,
    loss: recorded.inputs[1],
    gradientOf,
    updates: new Map(own.map((update) => [update.inputs[0], update])),
  };
}

/** The numbers of which random ops make what they draw. */
const NEUTRAL: Record<string, number> = { dropout: 1, noise: 0 };

const drawOf = ({ op, attributes, shape, size, dtype }: Tensor): Tensor =>
  new Tensor(op, [constant(new Float32Array(size).fill(NEUTRAL[op.name]), shape)], attributes, shape, dtype);
