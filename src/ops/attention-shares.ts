import { constant, type Tensor } from "../graph/tensor.js";
import { type Attention, attentionOp, sizesOf } from "./attention.js";
import { add, broadcastTo, mul, sub } from "./elementwise.js";
import { slice } from "./indexing.js";
import { reshape, transpose } from "./layout.js";
import { matmul } from "./matmul.js";
import { softmax } from "./softmax.js";

/** Added to scores that don't count: e to it is 0. */
const NONE = 1e30;

/**
 * The shares that each place gives to what it sees, which the op itself never keeps.
 *
 * @param y - what `attentionOp` gave
 * @returns [batch, heads, queries, keys], adding up to 1 over the keys, or to 0 where a query sees none
 */
export function attentionShares({ inputs, attributes }: Tensor): Tensor {
  const { heads, keyHeads, causal } = attributes as Attention;
  const [q, k, , mask] = inputs;
  const { batch, queries, keys, size, features, keysFrom } = sizesOf(q.shape, k.shape, attributes as Attention);
  const own = slice(q, [0, 0, 0], [batch, queries, features]);
  const ofKeys = slice(k, [0, 0, keysFrom], [batch, keys, keyHeads * size]);
  const repeated = broadcastTo(reshape(ofKeys, [batch, keys, keyHeads, 1, size]), [
    ...[batch, keys, keyHeads, heads / keyHeads, size],
  ]);
  const byHead = (x: Tensor, time: number) => transpose(reshape(x, [batch, time, heads, size]), [0, 2, 1, 3]);
  let scores = mul(matmul(byHead(own, queries), transpose(byHead(repeated, keys))), 1 / Math.sqrt(size));
  if (causal) scores = add(scores, laterPlaces(queries, keys));
  if (!mask) return softmax(scores);
  const seen = reshape(mask, [batch, 1, 1, keys]);
  // Where no key is seen, all scores are alike.
  return mul(softmax(add(scores, mul(sub(seen, 1), NONE))), seen);
}

/** Numbers that take later keys out of the scores: [queries, keys]. */
const laterPlaces = (queries: number, keys: number): Tensor =>
  constant(
    Float32Array.from({ length: queries * keys }, (_, i) => (i % keys > Math.floor(i / keys) ? -NONE : 0)),
    [queries, keys],
  );

/** The attention that a layer's output was made of last; undefined where there is none. */
export const attentionOf = (made: readonly Tensor[]): Tensor | undefined =>
  made.findLast(({ op }) => op === attentionOp.op);
