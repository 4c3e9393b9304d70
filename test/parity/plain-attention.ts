import { constant, type Tensor } from "../../src/graph/tensor.js";
import type { AttentionOptions } from "../../src/ops/attention.js";
import { add, broadcastTo, mul, sub } from "../../src/ops/elementwise.js";
import { reshape, transpose } from "../../src/ops/layout.js";
import { matmul } from "../../src/ops/matmul.js";
import { softmax } from "../../src/ops/softmax.js";

/** Added to scores that don't count: e to it is 0. */
const NONE = 1e30;

/** Attention written with other ops, whose scores are matrices of their own: the twin of the op. */
export function plainAttention(q: Tensor, k: Tensor, v: Tensor, options: AttentionOptions): Tensor {
  const { heads, keyHeads = heads, causal = false, mask } = options;
  const [batch, queries, features] = q.shape;
  const keys = k.shape[1];
  const size = features / heads;
  const byHead = (x: Tensor) => transpose(reshape(x, [batch, x.shape[1], heads, size]), [0, 2, 1, 3]);
  /** Heads of keys as often as queries have them. */
  const repeated = (x: Tensor) => {
    const each = broadcastTo(reshape(x, [batch, keys, keyHeads, 1, size]), [
      batch,
      keys,
      keyHeads,
      heads / keyHeads,
      size,
    ]);
    return byHead(reshape(each, [batch, keys, features]));
  };
  let scores = mul(matmul(byHead(q), transpose(repeated(k))), 1 / Math.sqrt(size));
  if (causal) scores = add(scores, laterPlaces(queries, keys));
  if (mask) scores = add(scores, reshape(mul(sub(mask, 1), NONE), [batch, 1, 1, keys]));
  // Where no key is seen, all scores are alike.
  const shares = mask ? mul(softmax(scores), reshape(mask, [batch, 1, 1, keys])) : softmax(scores);
  return reshape(transpose(matmul(shares, repeated(v)), [0, 2, 1, 3]), [batch, queries, features]);
}

/** Numbers that take later keys out of the scores: [queries, keys]. */
const laterPlaces = (queries: number, keys: number): Tensor =>
  constant(
    Float32Array.from({ length: queries * keys }, (_, i) => (i % keys > Math.floor(i / keys) ? -NONE : 0)),
    [queries, keys],
  );
