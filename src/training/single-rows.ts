import { ArgumentError } from "../core/errors.js";
import { ancestors } from "../graph/tensor.js";
import type { Model } from "../model/model.js";
import { batchNormalise } from "../ops/normalise.js";
import { traceOf } from "./shown-places.js";

/*
 * Batches of one row, of which a norm over the batch leaves nothing: a number less its mean is 0.
 */

/** Rows that are trained on, and how they are cut into batches. */
interface Cut {
  rows: number;
  batch: number;
  microBatch?: number;
}

/** Names of the layers that normalise a single number of each row over the batch. */
function normsOf(model: Model): string[] {
  const { outputs, calls } = traceOf(model, true);
  const ops = ancestors(outputs).filter(({ op, attributes }) => op === batchNormalise.op && attributes.perRow === 1);
  return ops.map(({ id, label }) => calls.find(({ first, end }) => first < id && id < end)?.name ?? label);
}

const textOf = (norms: readonly string[], parts: string) =>
  `batchNorm "${norms[0]}" has ${parts} of one row, of which it leaves 0 whatever comes in: it needs two numbers of a feature or more.`;

/**
 * A sentence on a last batch of one row, where a model has norms over the batch.
 *
 * @throws ArgumentError when all batches, or micro-batches in all of them, are such
 */
export function checkSingleRows(model: Model, { rows, batch, microBatch = batch }: Cut): string | undefined {
  const isSingle = (count: number) => count > 0 && (count % microBatch || microBatch) === 1;
  const last = rows % batch;
  if (!isSingle(batch) && !isSingle(last)) return undefined;
  const norms = normsOf(model);
  if (norms.length === 0) return undefined;
  if (!isSingle(batch)) {
    return `${textOf(norms, "a batch")} It is the last one of each epoch: take another batchSize, or one row fewer.`;
  }
  throw new ArgumentError(
    `fit: ${textOf(norms, microBatch === batch ? "batches" : "micro-batches")} Take a larger batch, layerNorm(), or ` +
      "batchNorm({ frozen: true }).",
  );
}
