import { ShapeError } from "../core/errors.js";
import { formatShape } from "../core/shape.js";
import { defineOp, type OpFunction } from "../graph/op.js";
import type { Tensor } from "../graph/tensor.js";

/** Attributes of `drawClasses`. */
export interface ClassDraws {
  [key: string]: unknown;
  /** Classes that are drawn, each by itself: one may come several times. */
  samples: number;
  /** Number of the source of random numbers: each draws numbers of its own. */
  source: number;
}

const drawClassesOp: OpFunction<ClassDraws> = defineOp<ClassDraws>("drawClasses", {
  attributes: { samples: true, source: true },
  error: {},
  shape: ([limits], { samples }) => {
    if (limits.shape.length !== 1 || limits.dtype !== "u32") {
      throw new ShapeError(
        `drawClasses: needs a limit for each class, [classes] of u32, got ${formatShape(limits.shape)} of ${limits.dtype}.`,
      );
    }
    return [samples];
  },
  dtype: () => "u32",
});

/**
 * Classes drawn at random, anew in every step: y[i] is the first class whose limit is above word i, or the last class. The
 * words come from Philox, counter [i / 4, step, stream, source] under the run's seed: the same classes on every backend.
 *
 * @param limits - [classes] u32, ascending: the share of words up to and with each class, times 2^32
 * @returns [samples] u32
 * @throws ShapeError when limits aren't one axis of u32
 */
export const drawClasses = (limits: Tensor, draws: ClassDraws): Tensor => drawClassesOp(limits, draws);
