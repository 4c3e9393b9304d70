import { ArgumentError, ShapeError } from "../core/errors.js";
import type { Scope } from "./layer.js";
import { withBatch } from "./window.js";

/** Time and features of sequences. @throws ShapeError when they are none */
export function sequenceOf(layer: string, name: string, shape: readonly number[]): [time: number, features: number] {
  if (shape.length === 3) return [shape[1], shape[2]];
  throw new ShapeError(
    `${layer} "${name}": input must be [batch, time, features], got ${withBatch(shape)}. Ids become features by embedding(), ` +
      "and [time] numbers by reshape([time, 1]).",
  );
}

/**
 * Refuses a pass over a part of sequences, in a layer whose results at a place follow from others, which it doesn't keep.
 *
 * @throws ArgumentError in such a pass, unless it is one over a single place each
 */
export function refuseParts(layer: string, { name, memory }: Scope): void {
  if (!memory || memory.at) return;
  throw new ArgumentError(
    `${layer} "${name}": sees a part of a sequence alone, where recurrent layers go on from what came before. Predict whole ` +
      "sequences, without stateful.",
  );
}
