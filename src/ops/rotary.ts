import { ShapeError } from "../core/errors.js";
import { formatShape } from "../core/shape.js";
import { type Attributes, defineOp, type OpFunction } from "../graph/op.js";
import { constant, type Tensor } from "../graph/tensor.js";

/*
 * Positions as rotations: a query and a key that are rotated each by its place have a product that depends on the distance.
 */

export interface Rotation extends Attributes {
  /** Features of a head, an even number: feature i is turned together with i + size / 2. */
  size: number;
  /** Features that are rotated: the first ones, whole heads. Others stay. */
  rotated: number;
  /** Whether it is turned back. */
  inverse: boolean;
}

/** Inputs are x [batch, time, features] and waves [time, 2, size / 2]: of each place the cosines and the sines. */
export const rotateOp: OpFunction<Rotation> = defineOp("rotate", {
  attributes: { size: true, rotated: true, inverse: true },
  error: { terms: () => 2, summed: (x) => x },
  shape: ([x]) => x.shape,
  gradient: (dy, [, waves], _, attributes) => [
    rotateOp(dy, waves, { ...attributes, inverse: !attributes.inverse }),
    undefined,
  ],
});

/** Place of the wave that is this many positions long at last. */
const LONGEST_WAVE = 10000;

/**
 * Rotary positions (Su et al., 2021): of each head of `size` features, those numbered i and i + size / 2 are turned at place t
 * by the angle t / 10000^(2i / size), as in Llama.
 *
 * @param x - [batch, time, features]
 * @param size - features of a head
 * @param rotated - features that are rotated, the first ones; the others stay as they are
 * @returns x's shape
 * @throws ShapeError when heads have an odd number of features, or don't divide those that are rotated
 */
export function rotary(x: Tensor, size: number, rotated = x.shape[2]): Tensor {
  const [, time, features] = x.shape;
  if (x.shape.length !== 3 || size % 2 !== 0 || rotated % size !== 0 || rotated > features) {
    throw new ShapeError(
      `rotary: turns pairs of features of each head, so heads must have an even number of them and x be [batch, time, ` +
        `features]; got heads of ${size} and ${formatShape(x.shape)}. Take other heads.`,
    );
  }
  const half = size / 2;
  const waves = Float32Array.from({ length: time * size }, (_, i) => {
    const angle = Math.floor(i / size) / LONGEST_WAVE ** ((2 * (i % half)) / size);
    return i % size < half ? Math.cos(angle) : Math.sin(angle);
  });
  return rotateOp(x, constant(waves, [time, 2, half]), { size, rotated, inverse: false });
}
