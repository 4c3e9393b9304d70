import { ShapeError } from "../core/errors.js";
import { formatShape } from "../core/shape.js";
import { constant, type Tensor } from "../graph/tensor.js";
import { add, mul, sub } from "./elementwise.js";
import { reshape, transpose } from "./layout.js";
import { matmul } from "./matmul.js";
import { softmax } from "./softmax.js";

/** Added to scores that don't count: e to it is 0. */
const NONE = 1e30;

/** How `attention` looks. */
export interface AttentionOptions {
  /** Parts that the features are cut into, each with scores of its own. */
  heads: number;
  /** Whether a place sees no later ones; false. */
  causal?: boolean;
  /** [batch, keys] f32: keys where it is 0 aren't seen. */
  mask?: Tensor;
}

/**
 * Scaled dot-product attention by heads: softmax(q kᵀ / √d) v, with d the features of a head (Vaswani et al., 2017).
 *
 * @param q - [batch, queries, features]
 * @param k - [batch, keys, features]
 * @param v - [batch, keys, features]
 * @returns [batch, queries, features]
 * @throws ShapeError when shapes don't fit, or heads don't divide the features
 */
export function attention(q: Tensor, k: Tensor, v: Tensor, { heads, causal = false, mask }: AttentionOptions): Tensor {
  const [batch, queries, features] = q.shape;
  const keys = k.shape[1];
  const size = features / heads;
  const wanted = formatShape([batch, keys, features]);
  const fits = formatShape(k.shape) === wanted && formatShape(v.shape) === wanted;
  if (!Number.isInteger(size) || !fits || (mask && formatShape(mask.shape) !== formatShape([batch, keys]))) {
    throw new ShapeError(
      `attention: q ${formatShape(q.shape)}, k ${formatShape(k.shape)}, v ${formatShape(v.shape)}` +
        `${mask ? ` and mask ${formatShape(mask.shape)}` : ""} don't fit ${heads} heads: k and v must be ${wanted}, a mask ` +
        `[${batch}, ${keys}], and the heads divide the features.`,
    );
  }
  const byHead = (x: Tensor) => transpose(reshape(x, [batch, x.shape[1], heads, size]), [0, 2, 1, 3]);
  let scores = mul(matmul(byHead(q), transpose(byHead(k))), 1 / Math.sqrt(size));
  if (causal) scores = add(scores, laterPlaces(queries, keys));
  if (mask) scores = add(scores, reshape(mul(sub(mask, 1), NONE), [batch, 1, 1, keys]));
  const seen = matmul(softmax(scores), byHead(v));
  return reshape(transpose(seen, [0, 2, 1, 3]), [batch, queries, features]);
}

/** Numbers that take later keys out of the scores: [queries, keys]. */
const laterPlaces = (queries: number, keys: number): Tensor =>
  constant(
    Float32Array.from({ length: queries * keys }, (_, i) => (i % keys > Math.floor(i / keys) ? -NONE : 0)),
    [queries, keys],
  );
