import type { Dataset } from "../data/dataset.js";
import { asNumbers } from "./as-numbers.js";
import { type Buckets, bucketsOf } from "./buckets.js";
import type { EncodedRows } from "./encode.js";
import type { FitOptions } from "./fit-options.js";
import type { TrainingSpec } from "./graphs.js";
import { microBatchOf } from "./micro-batch.js";

/** Rows as options of `fit` want them that few trainings have: augmented, in micro-batches, in buckets by length. */
export async function prepareRows(
  spec: TrainingSpec,
  encoded: EncodedRows,
  data: Dataset,
  { augment, microBatchSize, buckets }: FitOptions,
): Promise<{ source: EncodedRows; buckets?: Buckets }> {
  let source = encoded;
  if (augment) {
    source = asNumbers(spec, source);
    source.data = { ...source.data, features: new Float32Array(data.features.length) };
    source.changing = ["features"];
  }
  if (microBatchSize !== undefined) {
    source.shapes.microBatch = microBatchOf(microBatchSize, source.shapes.batch);
  }
  return { source, ...(buckets && { buckets: await bucketsOf(spec, source, buckets) }) };
}
