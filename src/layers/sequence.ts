import { ShapeError } from "../core/errors.js";
import { withBatch } from "./window.js";

/** Time and features of sequences. @throws ShapeError when they are none */
export function sequenceOf(layer: string, name: string, shape: readonly number[]): [time: number, features: number] {
  if (shape.length === 3) return [shape[1], shape[2]];
  throw new ShapeError(
    `${layer} "${name}": input must be [batch, time, features], got ${withBatch(shape)}. Ids become features by embedding(), ` +
      "and [time] numbers by reshape([time, 1]).",
  );
}
