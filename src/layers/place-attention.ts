import { constant, type Tensor } from "../graph/tensor.js";
import { attention } from "../ops/attention.js";
import { add, broadcastTo, mul, sub } from "../ops/elementwise.js";
import { gather, slice } from "../ops/indexing.js";
import { reshape } from "../ops/layout.js";
import type { Place, SequenceMemory } from "./layer.js";

/*
 * Attention where places are worked one at a time: keys and values of those before are kept.
 */

/** Attention of a place to all places so far: its keys and values are put beside those that were kept. @param packed - [batch, 1, q | k | v] */
export function placeSeen(
  packed: Tensor,
  memory: SequenceMemory,
  at: Place,
  name: string,
  given: { heads: number; keyHeads?: number },
): Tensor {
  const { heads, keyHeads = heads } = given;
  const [batch, , width] = packed.shape;
  const size = width / (heads + 2 * keyHeads);
  const { time, place } = at;
  const here = reshape(gather(identity(time), place), [time, 1]);
  const kept = (local: string, start: number) => {
    const own = slice(packed, [0, 0, start], [batch, 1, keyHeads * size]);
    const before = memory.take(`${name}.${local}`, [batch, time, keyHeads * size]);
    const after = add(before, mul(here, sub(own, before)));
    memory.keep(`${name}.${local}`, after);
    return after;
  };
  const q = slice(packed, [0, 0, 0], [batch, 1, heads * size]);
  const [keys, values] = [kept("keys", heads * size), kept("values", (heads + keyHeads) * size)];
  return attention(q, keys, values, { heads, keyHeads, mask: seenPlaces(at, batch) });
}

const identity = (size: number) =>
  constant(
    Float32Array.from({ length: size * size }, (_, i) => Number(i % (size + 1) === 0)),
    [size, size],
  );

/** 1 for the places up to the one at hand: [batch, time]. */
function seenPlaces({ time, place }: Place, batch: number): Tensor {
  const upTo = Float32Array.from({ length: time * time }, (_, i) => Number(i % time <= Math.floor(i / time)));
  return broadcastTo(gather(constant(upTo, [time, time]), place), [batch, time]);
}
