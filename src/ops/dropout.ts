import { ArgumentError } from "../core/errors.js";
import { shown } from "../core/shown.js";
import { defineOp, type OpFunction } from "../graph/op.js";
import { isIdle, type Tensor } from "../graph/tensor.js";

const dropoutOp: OpFunction<{ rate: number; layer: number }> = defineOp("dropout", {
  attributes: { rate: true, layer: true },
  error: {},
  elementwise: true,
  shape: ([x]) => x.shape,
  // The mask is a function of (seed, step, layer, element): drawn again here instead of being kept.
  gradient: (dy, _, __, attributes) => [dropoutOp(dy, attributes)],
});

/**
 * Zeroes each element with probability `rate` and scales the others by 1 / (1 - rate), so that the mean is kept
 * (Srivastava et al., 2014). The mask comes from Philox, counter [element / 4, step, stream, layer] under the run's
 * seed: the same bits on every backend.
 *
 * @param rate - in [0, 1)
 * @param layer - number of the dropout in its model: each draws numbers of its own
 * @throws ArgumentError when the rate is outside [0, 1)
 */
export function dropout(x: Tensor, rate: number, layer = 0): Tensor {
  if (!(rate >= 0 && rate < 1)) throw new ArgumentError(`dropout: the rate must be in [0, 1), got ${shown(rate)}.`);
  return isIdle(rate) ? x : dropoutOp(x, { rate, layer });
}
