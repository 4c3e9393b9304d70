import { ShapeError } from "../core/errors.js";
import { formatShape } from "../core/shape.js";
import { type Attributes, defineOp, type OpFunction } from "../graph/op.js";
import { constant, type Tensor } from "../graph/tensor.js";
import { mul } from "./elementwise.js";
import { padOp, slice } from "./indexing.js";

/*
 * Attention as one op: scores stay where they are worked out, in blocks of queries and keys, and the gradient works them out
 * again from what is kept of each query, the log-sum-exp of its scores.
 */

export interface Attention extends Attributes {
  /** Heads of the queries, which cut the features into equal parts. */
  heads: number;
  /** Heads of keys and values: each serves as many heads of the queries that follow each other. */
  keyHeads: number;
  /** Whether a place sees no later ones. */
  causal: boolean;
  /** Whether the last input is a mask [batch, keys]: keys where it is 0 aren't seen. */
  masked: boolean;
  /** Inputs that are one tensor: all three, [q | k | v] along the last axis; keys and values, [k | v]; or none. */
  packed: "all" | "keys" | "none";
  /** Products that are added up for an element: of its scores, and over what is seen. */
  terms: number;
}

export interface AttentionGradient extends Attention {
  /** The inputs it is of: all, [dq | dk | dv]; queries; or keys and values, [dk | dv]. */
  of: "all" | "queries" | "keys";
}

/** Log-sum-exp that is kept of a query that sees no key: e to what a score has less is 0. */
export const NOTHING_SEEN = 1e30;

/** Sizes of attention, and the first feature of keys and values in their tensors. */
export function sizesOf(q: readonly number[], k: readonly number[], { heads, keyHeads, packed }: Attention) {
  const size = q[2] / (packed === "all" ? heads + 2 * keyHeads : heads);
  const keysFrom = packed === "all" ? heads * size : 0;
  const valuesFrom = packed === "none" ? 0 : keysFrom + keyHeads * size;
  return { batch: q[0], queries: q[1], keys: k[1], size, features: heads * size, keysFrom, valuesFrom };
}

const ATTRIBUTES = { heads: true, keyHeads: true, causal: true, masked: true, packed: true, terms: true } as const;

/** y of [batch, queries, features + heads]: what each place sees, and the log-sum-exp of its scores by head. */
export const attentionOp: OpFunction<Attention> = defineOp("attention", {
  attributes: ATTRIBUTES,
  error: {
    functions: ["exponential", "logSumExp", "division"],
    terms: (_, { terms }) => terms,
    summed: (q, k, v) => v * Math.max(1, q * k),
  },
  shape: ([q, k], attributes) => {
    const { batch, queries, features } = sizesOf(q.shape, k.shape, attributes);
    return [batch, queries, features + attributes.heads];
  },
  gradient: (dy, [q, k, v, ...mask], y, attributes) => {
    const slopes = slopesOf(dy, y.shape[2] - attributes.heads);
    const part = (of: AttentionGradient["of"]) => attentionGradient(slopes, q, k, v, y, ...mask, { ...attributes, of });
    const none = mask.map(() => undefined);
    if (attributes.packed === "all") return [part("all"), undefined, undefined, ...none];
    const keys = part("keys");
    if (attributes.packed === "keys") return [part("queries"), keys, undefined, ...none];
    const [batch, time, width] = k.shape;
    const half = (start: number) => slice(keys, [0, 0, start], [batch, time, width]);
    return [part("queries"), half(0), half(width), ...none];
  },
});

/** Slopes of what is seen, where those of the rest are the zeros beside them. */
function slopesOf(dy: Tensor, features: number): Tensor {
  const [inner] = dy.inputs;
  const { start } = dy.attributes as { start?: readonly number[] };
  return dy.op === padOp.op && inner.shape[2] === features && start!.every((place) => place === 0) ? inner : dy;
}

/** Gradients of attention for its inputs, by the slopes of what is seen, q, k, v and y. */
export const attentionGradient: OpFunction<AttentionGradient> = defineOp("attentionGradient", {
  attributes: { ...ATTRIBUTES, of: true },
  error: {
    functions: ["exponential", "logSumExp", "division"],
    terms: (_, { terms }) => 2 * terms,
    summed: (dy, q, k, v) => dy * Math.max(1, v) * Math.max(1, q, k) * Math.max(1, q * k),
  },
  shape: ([, q, k], { of, packed }) => {
    if (of !== "keys" || packed === "keys") return of === "keys" ? k.shape : q.shape;
    return [...k.shape.slice(0, 2), 2 * k.shape[2]];
  },
});

/**
 * A bias of [q | k | v], or [k | v], as it is, for a product before attention. Its keys' part moves all scores of a query
 * alike, which softmax takes out again: the slope of that part is exactly 0, not what rounding leaves of it.
 */
export const attentionBias: OpFunction<{ from: number; to: number }> = defineOp("attentionBias", {
  attributes: { from: true, to: true },
  view: true,
  shape: ([bias]) => bias.shape,
  gradient: (dy, [{ size }], _, { from, to }) => [
    mul(
      dy,
      constant(
        Float32Array.from({ length: size }, (_, i) => Number(i < from || i >= to)),
        [size],
      ),
    ),
  ],
});

/** Options of `attention`. */
export interface AttentionOptions {
  /** Parts that the features are cut into, each with scores of its own. */
  heads: number;
  /** Heads of keys and values, each for `heads / keyHeads` of the queries' heads (Ainslie et al., 2023); as many as heads. */
  keyHeads?: number;
  /** Whether a place sees no later ones; false. */
  causal?: boolean;
  /** [batch, keys] f32: keys where it is 0 aren't seen. A query that sees none gets zeros. */
  mask?: Tensor;
}

/**
 * Scaled dot-product attention by heads: softmax(q kᵀ / √d) v, with d the features of a head (Vaswani et al., 2017).
 *
 * @param q - [batch, queries, features]
 * @param k - [batch, keys, keyHeads d], that is [batch, keys, features] unless keys have fewer heads
 * @param v - likewise
 * @returns [batch, queries, features]
 * @throws ShapeError when shapes don't fit, heads don't divide the features, or heads of keys don't divide those of queries
 */
export const attention = (q: Tensor, k: Tensor, v: Tensor, options: AttentionOptions): Tensor =>
  attentionOver([q, k, v], "none", options);

/**
 * Attention over tensors that hold several of queries, keys and values side by side.
 *
 * @param tensors - `[q | k | v]` of [batch, time, features + 2 keyHeads d] alone, or q and `[k | v]`
 * @returns [batch, queries, features]
 * @throws ShapeError as `attention`
 */
export const packedAttention = (tensors: readonly [Tensor] | readonly [Tensor, Tensor], options: AttentionOptions) => {
  const [q, k = q] = tensors;
  return attentionOver([q, k, k], tensors.length === 1 ? "all" : "keys", options);
};

function attentionOver(
  inputs: readonly [q: Tensor, k: Tensor, v: Tensor],
  packed: Attention["packed"],
  { heads, keyHeads = heads, causal = false, mask }: AttentionOptions,
): Tensor {
  const attributes: Attention = { heads, keyHeads, causal, masked: mask !== undefined, packed, terms: 0 };
  const [q, k, v] = inputs;
  const { batch, queries, keys, size, features } = sizesOf(q.shape, k.shape, attributes);
  const width = { all: features + 2 * keyHeads * size, keys: 2 * keyHeads * size, none: keyHeads * size }[packed];
  const wanted = formatShape([batch, keys, width]);
  const fits = q.shape.length === 3 && formatShape(k.shape) === wanted && formatShape(v.shape) === wanted;
  const isWhole = Number.isInteger(size) && Number.isInteger(heads / keyHeads);
  if (!isWhole || !fits || (mask && formatShape(mask.shape) !== formatShape([batch, keys]))) {
    throw new ShapeError(
      `attention: q ${formatShape(q.shape)}, k ${formatShape(k.shape)}, v ${formatShape(v.shape)}` +
        `${mask ? ` and mask ${formatShape(mask.shape)}` : ""} don't fit ${heads} heads, ${keyHeads} of keys: k and v must be ` +
        `${wanted}, a mask [${batch}, ${keys}], heads divide the features, and those of keys divide the heads.`,
    );
  }
  const y = attentionOp(...inputs, ...(mask ? [mask] : []), { ...attributes, terms: size + keys });
  return slice(y, [0, 0, 0], [batch, queries, features]);
}
