import { type Attention, type AttentionGradient, NOTHING_SEEN, sizesOf } from "../../ops/attention.js";
import type { CpuKernel } from "./kernel.js";

type Floats = Parameters<CpuKernel>[2];

/** Places of a launch's features and scores. */
function placesOf(q: readonly number[], k: readonly number[], v: readonly number[], attributes: Attention) {
  const sizes = sizesOf(q, k, attributes);
  const { queries, keys, size, keysFrom, valuesFrom } = sizes;
  const group = attributes.heads / attributes.keyHeads;
  return {
    ...sizes,
    group,
    query: (batch: number, i: number, head: number) => (batch * queries + i) * q[2] + head * size,
    key: (batch: number, j: number, keyHead: number) => (batch * keys + j) * k[2] + keysFrom + keyHead * size,
    value: (batch: number, j: number, keyHead: number) => (batch * keys + j) * v[2] + valuesFrom + keyHead * size,
    /** Keys that a query may see: the first ones. */
    end: (i: number) => (attributes.causal ? Math.min(keys, i + 1) : keys),
  };
}

function dot(a: ArrayLike<number>, at: number, b: ArrayLike<number>, from: number, size: number): number {
  let sum = 0;
  for (let c = 0; c < size; c++) sum += a[at + c] * b[from + c];
  return sum;
}

/** Calls `each` for every batch, head and query. */
function eachQuery(
  batch: number,
  heads: number,
  queries: number,
  each: (b: number, head: number, i: number) => void,
): void {
  for (let b = 0; b < batch; b++) {
    for (let head = 0; head < heads; head++) for (let i = 0; i < queries; i++) each(b, head, i);
  }
}

export const attention: CpuKernel = ({ inputs, attributes }, [q, k, v, mask], y) => {
  const { heads } = attributes as Attention;
  const [{ shape: ofQ }, { shape: ofK }, { shape: ofV }] = inputs;
  const at = placesOf(ofQ, ofK, ofV, attributes as Attention);
  const { batch, queries, keys, size, features, group } = at;
  const scale = 1 / Math.sqrt(size);
  const scores = new Float64Array(keys);
  const seen = new Float64Array(size);
  return () =>
    eachQuery(batch, heads, queries, (b, head, i) => {
      const keyHead = Math.floor(head / group);
      const end = at.end(i);
      let largest = Number.NEGATIVE_INFINITY;
      for (let j = 0; j < end; j++) {
        const isSeen = mask?.[b * keys + j] !== 0;
        scores[j] = isSeen
          ? scale * dot(q, at.query(b, i, head), k, at.key(b, j, keyHead), size)
          : Number.NEGATIVE_INFINITY;
        largest = Math.max(largest, scores[j]);
      }
      let sum = 0;
      seen.fill(0);
      for (let j = 0; j < end; j++) {
        if (scores[j] === Number.NEGATIVE_INFINITY) continue;
        const share = Math.exp(scores[j] - largest);
        sum += share;
        const value = at.value(b, j, keyHead);
        for (let c = 0; c < size; c++) seen[c] += share * v[value + c];
      }
      const own = (b * queries + i) * (features + heads);
      for (let c = 0; c < size; c++) y[own + head * size + c] = sum === 0 ? 0 : seen[c] / sum;
      y[own + features + head] = sum === 0 ? NOTHING_SEEN : largest + Math.log(sum);
    });
};

export const attentionGradient: CpuKernel = ({ inputs, attributes }, [dy, q, k, v, y, mask], result) => {
  const { heads, of } = attributes as AttentionGradient;
  const [ofSlopes, ofQ, ofK, ofV] = inputs.map(({ shape }) => shape);
  const at = placesOf(ofQ, ofK, ofV, attributes as Attention);
  const { batch, queries, keys, size, features, group } = at;
  const scale = 1 / Math.sqrt(size);
  const sums = new Float64Array(result.length);
  const width = result.length / (batch * (of === "keys" ? keys : queries));
  const keysFrom = of === "all" ? features : 0;
  const valuesFrom = keysFrom + (heads / group) * size;
  return () => {
    sums.fill(0);
    eachQuery(batch, heads, queries, (b, head, i) => {
      const keyHead = Math.floor(head / group);
      const query = at.query(b, i, head);
      const own = (b * queries + i) * (features + heads);
      const slope = (b * queries + i) * ofSlopes[2] + head * size;
      const along = dot(dy, slope, y, own + head * size, size);
      for (let j = 0; j < at.end(i); j++) {
        if (mask && mask[b * keys + j] === 0) continue;
        const key = at.key(b, j, keyHead);
        const share = Math.exp(scale * dot(q, query, k, key, size) - y[own + features + head]);
        const change = scale * share * (dot(dy, slope, v, at.value(b, j, keyHead), size) - along);
        if (of !== "keys") addTimes(sums, (b * queries + i) * width + head * size, change, k, key, size);
        if (of === "queries") continue;
        const place = (b * keys + j) * width + keyHead * size;
        addTimes(sums, place + keysFrom, change, q, query, size);
        addTimes(sums, place + valuesFrom, share, dy, slope, size);
      }
    });
    result.set(sums);
  };
};

function addTimes(sums: Float64Array, at: number, factor: number, x: Floats, from: number, size: number): void {
  for (let c = 0; c < size; c++) sums[at + c] += factor * x[from + c];
}
