import type { Tensor } from "../../src/graph/tensor.js";
import {
  type Attention,
  attention,
  attentionBias,
  attentionGradient,
  attentionOp,
  packedAttention,
} from "../../src/ops/attention.js";
import { add } from "../../src/ops/elementwise.js";
import { rotary } from "../../src/ops/rotary.js";
import type { Case } from "./case.js";
import { maskOf } from "./cases-sequences.js";
import { normal } from "./data.js";

/* Ops that transformers are made of. */

interface AttentionCase {
  /** Batch, queries, keys, features of a head. */
  shape: [batch: number, queries: number, keys: number, size: number];
  heads: number;
  keyHeads?: number;
  packed?: "all" | "keys";
  causal?: boolean;
  masked?: boolean;
}

/** Every option; one of each size; a block of queries, a tile of keys and a panel, one less and one more; widths of heads. */
const attentionShapes: AttentionCase[] = [
  { shape: [1, 1, 1, 1], heads: 1 },
  { shape: [2, 3, 4, 3], heads: 2, masked: true },
  { shape: [3, 5, 5, 4], heads: 2, packed: "all", causal: true, masked: true },
  { shape: [2, 4, 4, 5], heads: 4, keyHeads: 2, packed: "all", causal: true },
  { shape: [2, 3, 7, 2], heads: 3, keyHeads: 1, packed: "keys" },
  { shape: [1, 6, 4, 2], heads: 2, causal: true },
  { shape: [2, 15, 17, 8], heads: 1, packed: "keys", masked: true },
  { shape: [1, 63, 16, 4], heads: 1 },
  { shape: [1, 64, 64, 2], heads: 1, packed: "all", causal: true },
  { shape: [1, 65, 65, 3], heads: 2, packed: "all", causal: true },
  { shape: [1, 7, 6, 9], heads: 2, keyHeads: 2, packed: "keys", causal: true },
  { shape: [1, 2, 9, 64], heads: 1 },
  { shape: [1, 3, 3, 65], heads: 2, packed: "all" },
  { shape: [1, 2, 2, 128], heads: 1, packed: "all", causal: true },
];

const attentionTitle = ({ shape, heads, keyHeads = heads, packed, causal, masked }: AttentionCase) =>
  `[${shape}], ${heads} heads over ${keyHeads}${packed ? `, ${packed} packed` : ""}${causal ? ", causal" : ""}${masked ? ", masked" : ""}`;

function attentionInputs({ shape: [batch, queries, keys, size], heads, keyHeads = heads, packed }: AttentionCase) {
  if (packed === "all") return [normal(batch, queries, (heads + 2 * keyHeads) * size)];
  const q = normal(batch, queries, heads * size);
  if (packed === "keys") return [q, normal(batch, keys, 2 * keyHeads * size)];
  return [q, normal(batch, keys, keyHeads * size), normal(batch, keys, keyHeads * size)];
}

function traced(inputs: readonly Tensor[], { shape, heads, keyHeads, packed, causal, masked }: AttentionCase): Tensor {
  const options = { heads, keyHeads, causal, mask: masked ? maskOf(shape[0], shape[2]) : undefined };
  const [q, k, v] = inputs;
  if (packed === "all") return packedAttention([q], options);
  return packed === "keys" ? packedAttention([q, k], options) : attention(q, k, v, options);
}

export const transformerCases: Record<string, Case[]> = {
  attention: attentionShapes.map(
    (given): Case => ({
      name: attentionTitle(given),
      trace: (...inputs) => traced(inputs, given),
      inputs: attentionInputs(given),
    }),
  ),
  attentionGradient: attentionShapes.map((given): Case => {
    const {
      shape: [batch, queries, keys, size],
      heads,
      keyHeads = heads,
      packed = "none",
      causal = false,
    } = given;
    const mask = given.masked ? [maskOf(batch, keys)] : [];
    const attributes: Attention = {
      heads,
      keyHeads,
      causal,
      masked: given.masked === true,
      packed,
      terms: size + keys,
    };
    return {
      name: attentionTitle(given),
      trace: (dy, ...inputs) => {
        const [q, k = q, v = k] = inputs;
        const y = attentionOp(q, k, v, ...mask, attributes);
        const of = packed === "all" ? "all" : queries % 2 === 0 ? "queries" : "keys";
        return attentionGradient(dy, q, k, v, y, ...mask, { ...attributes, of });
      },
      inputs: [normal(batch, queries, heads * size + (keys % 2) * heads), ...attentionInputs(given)],
    };
  }),
  rotate: [
    { name: "one pair", trace: (x) => rotary(x, 2), inputs: [normal(1, 3, 2)] },
    { name: "heads of 6, of which two of three", trace: (x) => rotary(x, 6, 12), inputs: [normal(2, 5, 18)] },
    { name: "heads of 8 beside other features", trace: (x) => rotary(x, 8, 16), inputs: [normal(3, 4, 17)] },
  ],
  attentionBias: [
    {
      name: "of [q | k | v]",
      trace: (x, bias) => packedAttention([add(x, attentionBias(bias, { from: 4, to: 6 }))], { heads: 2, keyHeads: 1 }),
      inputs: [normal(2, 3, 8), normal(8)],
    },
  ],
};
