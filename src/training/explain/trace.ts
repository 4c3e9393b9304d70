import { launchOrder } from "../../compile/order.js";
import { lower } from "../../compile/rewrite.js";
import type { Attributes } from "../../graph/op.js";
import { ancestors, constant, Tensor } from "../../graph/tensor.js";
import { storageOf, writtenInputs } from "../../graph/views.js";
import type { DataShapes } from "../data-shapes.js";
import { type HeadStep, type TrainingSpec, trainingGraph } from "../graphs.js";
import type { Head } from "../heads.js";

/** A layer's state, what changes it, and which of that one's inputs it is. */
export interface StateChange {
  state: Tensor;
  by: Tensor;
  input: number;
}

/** The graph of a training step, and which of its tensors is what. */
export interface Trace {
  /** Every tensor that has a kernel, in an order in which they can be worked. */
  order: Tensor[];
  /** The tensor of `order` that stands for one of the graph: composites are worked by what they are made of. */
  loweredOf(tensor: Tensor): Tensor;
  /** For each of the model's outputs what the loss takes, the losses of the rows, and their mean. */
  heads: readonly (HeadStep & Pick<Head, "name">)[];
  /** The loss that is minimised. */
  loss: Tensor;
  /** The loss's gradient for each tensor between it and the parameters. */
  gradientOf: ReadonlyMap<Tensor, Tensor>;
  /** The optimizer's in-place updates by the parameters that they change. */
  updates: ReadonlyMap<Tensor, Tensor>;
  /** Changes of layers' states, in order. */
  changes: readonly StateChange[];
  /**
   * Numbers drawn at random, by the attributes of the ops that use them: of dropout 0, or what an element that stays is
   * multiplied with; of noise what is added.
   */
  draws: ReadonlyMap<Attributes, Tensor>;
}

/** Traces the step that training itself runs; metrics are left out. */
export function traceStep(spec: TrainingSpec, shapes: DataShapes): Trace {
  const gradientOf = new Map<Tensor, Tensor>();
  const heads = spec.heads.map((head) => ({ ...head, metrics: [] }));
  const graph = trainingGraph({ ...spec, heads }, shapes, gradientOf);
  const { loss, updates, roots, effects } = graph;
  const outputs = graph.heads.map((head) => head.outputs);
  // Wrappers' updates (max norm, averages) follow the optimizer's own: they change its result, or another variable.
  const own = ancestors(updates).filter(({ op, inputs }) => op.writes && gradientOf.has(inputs[0]));
  const draws = new Map(
    ancestors(outputs)
      .filter(({ op }) => op.name in NEUTRAL)
      .map((tensor) => [tensor.attributes, drawOf(tensor)]),
  );
  const lowered = lower([...roots, loss]);
  const records = roots.slice(0, -updates.length - effects.length).map(lowered.of);
  const order = launchOrder(lowered.outputs).filter((tensor) => !records.includes(tensor));
  const changes = ancestors([...outputs, ...effects]).flatMap((by) =>
    writtenInputs(by).map((input) => ({ by, input, state: storageOf(by.inputs[input]) })),
  );
  return {
    changes,
    heads: graph.heads.map((head, i) => ({ ...head, name: heads[i].name })),
    draws,
    order: [...draws.values(), ...order],
    loweredOf: lowered.of,
    loss,
    gradientOf,
    updates: new Map(own.map((update) => [update.inputs[0], update])),
  };
}

/** The numbers of which random ops make what they draw. */
const NEUTRAL: Record<string, number> = { dropout: 1, noise: 0 };

const drawOf = ({ op, attributes, shape, size, dtype }: Tensor): Tensor =>
  new Tensor(op, [constant(new Float32Array(size).fill(NEUTRAL[op.name]), shape)], attributes, shape, dtype);
