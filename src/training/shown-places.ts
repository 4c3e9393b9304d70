import { referenceKernels } from "../backends/reference.js";
import { launchOrder } from "../compile/order.js";
import { emptyStep } from "../compile/read-step.js";
import { lower } from "../compile/rewrite.js";
import type { Values } from "../core/dtype.js";
import { sizeOf } from "../core/shape.js";
import { ancestors, isVariable, type Tensor, variable } from "../graph/tensor.js";
import { maskOf } from "../layers/index.js";
import type { Targets } from "../losses/index.js";
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

/** Masks of rows by their features: [rows, time]. */
export type Shown = (features: Float32Array<ArrayBuffer>) => Float32Array<ArrayBuffer>;

/**
 * The mask of what is made of a model's inputs, where there is one that follows from them alone: one that parameters have a part in
 * isn't known before a training.
 *
 * @param of - chooses a tensor of the trace, by the outputs
 */
export async function shownOf(model: Model, of: (outputs: readonly Tensor[]) => Tensor): Promise<Shown | undefined> {
  const inputs = featureVariables(model).map(({ name, shape, dtype }) => variable(name, [BATCH, ...shape], dtype));
  const made = model.trace(inputs, { training: false }, (name, shape) => variable(name, shape));
  const mask = maskOf(of(made));
  if (!mask || ancestors([mask]).some((each) => isVariable(each) && !inputs.includes(each))) return undefined;
  const lowered = lower([mask]);
  const order = launchOrder(lowered.outputs);
  const kernels = await referenceKernels();
  return (features) => {
    const width = sizeOf(model.input);
    const rows = features.length / width;
    const shown = new Float32Array((rows * mask.size) / BATCH);
    for (let row = 0; row < rows; row += BATCH) {
      const part = new Float32Array(BATCH * width);
      part.set(features.subarray(row * width, (row + BATCH) * width));
      const given = new Map<string, Values>(Object.entries(featureValues(model, part)));
      const values = workWith(kernels, order, given, emptyStep(), lowered.of)(mask);
      const from = (row * mask.size) / BATCH;
      shown.set(values.subarray(0, shown.length - from), from);
    }
    return shown;
  };
}

/** Models whose outputs were looked at. */
const known = new WeakMap<Model, Promise<(Shown | undefined)[]>>();

/** Finds the masks of a model's outputs, and lets its heads weigh their targets with them. */
export async function findShown(model: Model, heads: readonly Head[]): Promise<void> {
  const found =
    known.get(model) ??
    Promise.all(
      model.outputs.map(({ shape }, i) => (shape.length > 1 ? shownOf(model, (outputs) => outputs[i]) : undefined)),
    );
  known.set(model, found);
  for (const [i, shown] of (await found).entries()) {
    const head = heads[i];
    if (shown) head.weigh = (targets, features) => weighed(head, targets, shown, features);
  }
}

/** Targets of places of a sequence with weights of 0 where the mask is; as they are where the loss is one of whole rows. */
function weighed({ loss }: Head, targets: Targets, shown: Shown, features: Float32Array<ArrayBuffer>): Targets {
  const { values, weights } = targets;
  if (!(values instanceof Uint32Array ? (loss.elements ?? loss.tokens) : loss.elements)) return targets;
  const mask = shown(features);
  const each = values.length / mask.length;
  if (!Number.isInteger(each)) return targets;
  const own = weights && values.length / weights.length;
  return {
    ...targets,
    weights: Float32Array.from(values, (_, i) => mask[Math.floor(i / each)] * (own ? weights[Math.floor(i / own)] : 1)),
  };
}
