import { ArgumentError } from "../core/errors.js";
import { shown } from "../core/shown.js";
import { defineOp, type OpFunction } from "../graph/op.js";
import { isIdle, type Tensor } from "../graph/tensor.js";

const noiseOp: OpFunction<{ deviation: number; layer: number }> = defineOp("noise", {
  attributes: { deviation: true, layer: true },
  error: {},
  elementwise: true,
  shape: ([x]) => x.shape,
  gradient: (dy) => [dy],
});

/**
 * Adds to each element a random number of mean 0 and the given deviation, drawn anew in every step. The numbers come from
 * Philox, counter [element, step, stream, layer] under the run's seed; the CPU kernel says how close to a
 * normal distribution they are. They are the same bits on every backend.
 *
 * @param deviation - standard deviation, 0 or more
 * @param layer - number of the source in its model: each draws numbers of its own
 * @throws ArgumentError when the deviation is negative or not finite
 */
export function noise(x: Tensor, deviation: number, layer = 0): Tensor {
  if (!(Number.isFinite(deviation) && deviation >= 0)) {
    throw new ArgumentError(`noise: the deviation must be a finite number, 0 or more, got ${shown(deviation)}.`);
  }
  return isIdle(deviation) ? x : noiseOp(x, { deviation, layer });
}
