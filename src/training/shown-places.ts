import { referenceKernels } from "../backends/reference.js";
import { launchOrder } from "../compile/order.js";
import { emptyStep } from "../compile/read-step.js";
import { lower } from "../compile/rewrite.js";
import type { Values } from "../core/dtype.js";
import { sizeOf } from "../core/shape.js";
import { ancestors, constant, isVariable, type Tensor, variable } from "../graph/tensor.js";
import { type Layer, maskOf } from "../layers/index.js";
import type { Targets } from "../losses/index.js";
import { areByPlace } from "../losses/places.js";
import type { Model } from "../model/model.js";
import { workWith } from "./explain/work.js";
import { featureValues, featureVariables } from "./features.js";
import type { Head } from "./heads.js";

/*
 * Masks of sequences as the losses of their places take them: worked out from the features before a training, so that a mean
 * over the places that there are is exact in short batches and micro-batches.
 */

/** Rows whose masks are worked out at a time. */
const BATCH = 256;

/** A layer's call in a trace: the tensors that it made have ids from `first` to before `end`. */
export interface TracedCall {
  name: string;
  layer: Layer;
  depth: number;
  output: Tensor;
  first: number;
  end: number;
}

/** The forward pass of a model, over some rows. */
export interface MaskTrace {
  inputs: readonly Tensor[];
  outputs: readonly Tensor[];
  /** Inner ones before those that they are in. */
  calls: readonly TracedCall[];
}

/** Traces a model as a training, or an evaluation, does. */
export function traceOf(model: Model, training: boolean): MaskTrace {
  const inputs = featureVariables(model).map(({ name, shape, dtype }) => variable(name, [BATCH, ...shape], dtype));
  const calls: TracedCall[] = [];
  const around = (name: string, layer: Layer, depth: number, work: () => Tensor) => {
    const first = constant(0).id;
    const output = work();
    calls.push({ name, layer, depth, output, first, end: constant(0).id });
    return output;
  };
  const outputs = model.trace(inputs, { training, around }, (name, shape) => variable(name, shape));
  return { inputs, outputs, calls };
}

/** Masks of rows by their features: [rows, time]. */
export type Shown = (features: Float32Array<ArrayBuffer>) => Float32Array<ArrayBuffer>;

/**
 * A function that works out a mask of a trace, where it follows from the inputs alone: one that parameters have a part in isn't known before
 * a training.
 */
export async function shownOf(model: Model, { inputs }: MaskTrace, mask: Tensor): Promise<Shown | undefined> {
  if (ancestors([mask]).some((each) => isVariable(each) && !inputs.includes(each))) return undefined;
  const lowered = lower([mask]);
  const order = launchOrder(lowered.outputs);
  const kernels = await referenceKernels();
  const width = sizeOf(model.input);
  const time = mask.size / BATCH;
  return (features) => {
    const rows = features.length / width;
    const shown = new Float32Array(rows * time);
    for (let row = 0; row < rows; row += BATCH) {
      const part = new Float32Array(BATCH * width);
      part.set(features.subarray(row * width, (row + BATCH) * width));
      const given = new Map<string, Values>(Object.entries(featureValues(model, part)));
      const values = workWith(kernels, order, given, emptyStep(), lowered.of)(mask);
      shown.set(values.subarray(0, (rows - row) * time), row * time);
    }
    return shown;
  };
}

/** Masks of models' outputs. */
const known = new WeakMap<Model, Promise<(Shown | undefined)[]>>();

/** Lets the heads of outputs that are sequences weigh their targets with the masks of the outputs. */
export async function findShown(model: Model, heads: readonly Head[]): Promise<void> {
  const found = known.get(model) ?? masksOfOutputs(model);
  known.set(model, found);
  for (const [i, shown] of (await found).entries()) {
    const head = heads[i];
    if (shown && head.loss.elements) head.weigh ??= (targets, features) => weighed(targets, shown(features));
  }
}

function masksOfOutputs(model: Model): Promise<(Shown | undefined)[]> {
  const trace = traceOf(model, false);
  return Promise.all(
    model.outputs.map(({ shape }, i) => {
      const mask = shape.length > 1 ? maskOf(trace.outputs[i]) : undefined;
      return mask && shownOf(model, trace, mask);
    }),
  );
}

/** Targets of the places of sequences with weights of 0 where the mask is; as they are where they are others. */
function weighed(targets: Targets, mask: Float32Array): Targets {
  const { values, weights, shape } = targets;
  const count = areByPlace(targets) ? shape[0] * shape[1] : values.length;
  const each = count / mask.length;
  if (!Number.isInteger(each)) return targets;
  const own = weights && count / weights.length;
  return {
    ...targets,
    weights: Float32Array.from(
      { length: count },
      (_, i) => mask[Math.floor(i / each)] * (own ? weights[Math.floor(i / own)] : 1),
    ),
  };
}
