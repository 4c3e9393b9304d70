import { ArgumentError } from "../core/errors.js";
import { checkCount } from "../core/options.js";

/** Each part of a batch adds its launches to the step's. Fusing them takes a second for 64 parts, 20 for 256. */
const MOST_PARTS = 64;

/**
 * Rows of a batch that go through the network at a time, where so many were asked for.
 *
 * @throws ArgumentError when that isn't a positive integer, or makes too many parts
 */
export function microBatchOf(size: number | undefined, batch: number): number {
  if (size === undefined) return batch;
  checkCount("microBatchSize", size);
  if (batch > MOST_PARTS * size) {
    throw new ArgumentError(
      `microBatchSize: a batch of ${batch} rows makes ${Math.ceil(batch / size)} micro-batches of ${size}; at most ${MOST_PARTS} ` +
        "are possible. Make them larger.",
    );
  }
  return Math.min(size, batch);
}
