import { launchOrder, ownerOf } from "../../compile/order.js";
import { type Attributes, ancestors, constant, Tensor } from "../../graph/tensor.js";
import { type DataShapes, type Recipe, trainingGraph } from "../graphs.js";

/** The graph of a training step, and which of its tensors is what. */
export interface Trace {
  /** Every tensor that needs working, in an order in which that can be done. */
  order: Tensor[];
  /** What the loss sees: the model's outputs. */
  outputs: Tensor;
  /** Losses of the rows, before weights and mean. */
  rowLosses: Tensor;
  loss: Tensor;
  /** The loss's gradient for each tensor between it and the parameters. */
  gradientOf: ReadonlyMap<Tensor, Tensor>;
  /** The optimizer's in-place updates by the parameters that they change. */
  updates: ReadonlyMap<Tensor, Tensor>;
  /** Of each dropout, by the attributes that its gradient shares: 0, or what an element that stays is multiplied with. */
  masks: ReadonlyMap<Attributes, Tensor>;
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
  const { outputs } = trainingGraph({ ...recipe, loss, metrics: [] }, shapes, gradientOf);
  const [recorded, ...updates] = outputs;
  const masks = new Map(
    ancestors([seen!.outputs])
      .filter(({ op }) => op.name === "dropout")
      .map((tensor) => [tensor.attributes, maskOf(tensor)]),
  );
  return {
    ...seen!,
    masks,
    order: [...masks.values(), ...launchOrder(outputs).filter((tensor) => tensor !== recorded)],
    loss: recorded.inputs[1],
    gradientOf,
    updates: new Map(updates.map((update) => [ownerOf(update), optimizersOwn(update)])),
  };
}

/** The first in-place change of a parameter, where another comes after it. */
const optimizersOwn = (update: Tensor): Tensor =>
  update.inputs[0].op.writes ? optimizersOwn(update.inputs[0]) : update;

/** What dropout makes of ones. */
const maskOf = ({ op, attributes, shape, size, dtype }: Tensor): Tensor =>
  new Tensor(op, [constant(new Float32Array(size).fill(1), shape)], attributes, shape, dtype);

/** The tensor whose elements these are: what is only laid out anew has them in the same order. */
export const baseOf = (tensor: Tensor): Tensor => (tensor.op.view ? baseOf(tensor.inputs[0]) : tensor);
