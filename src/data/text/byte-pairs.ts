import { ArgumentError, DataError } from "../../core/errors.js";
import { checkCount, optionsOf } from "../../core/options.js";
import { shown } from "../../core/shown.js";
import { Heap } from "./heap.js";
import { knownId } from "./known-id.js";
import { countPieces, piecesOf } from "./pieces.js";
import type { Tokenizer } from "./tokenizer.js";

/** Options of `bytePairs`. */
export interface BytePairsOptions {
  /** The most ids: 256 bytes, and one for each pair; 512. */
  size?: number;
}

/** Two ids that one stands for. */
export type Pair = readonly [first: number, second: number];

const BYTES = 256;
export const MOST_PAIRED = 65536;
/** Pieces whose ids are kept. */
const MOST_KEPT = 65536;

const keyOf = (first: number, second: number) => first * MOST_PAIRED + second;

/**
 * A tokenizer of byte pairs, learned from a text: it begins with the 256 bytes of UTF-8, and gives the pair of neighbours that
 * is commonest inside of words an id of its own, again and again (Sennrich et al., 2016). It has every text.
 *
 * @param text - the text that is learned from
 * @throws DataError when it is empty; ArgumentError when the size isn't a whole number from 256 to 65,536
 */
export function bytePairs(text: string, options: BytePairsOptions = {}): Tokenizer {
  const { size } = optionsOf("bytePairs", options, { size: 512 });
  if (typeof text !== "string" || text === "") {
    throw new DataError("bytePairs: needs the text that is learned from, of one or more characters.");
  }
  if (checkCount("bytePairs: size", size) < BYTES || size > MOST_PAIRED) {
    throw new ArgumentError(
      `bytePairs: size must be from ${BYTES}, the bytes alone, to ${MOST_PAIRED}, got ${shown(size)}.`,
    );
  }
  return learnedPairs([text], size);
}

/** The tokenizer of byte pairs that are learned from some texts. @param size - the most ids */
export const learnedPairs = (texts: readonly string[], size: number): Tokenizer =>
  ofPairs(learnPairs(texts, size - BYTES));

/** The pairs in the order in which they are learned; fewer where no other occurs twice. Of equally common ones the first ids come first. */
function learnPairs(texts: readonly string[], most: number): Pair[] {
  const encoder = new TextEncoder();
  const pieces = [...countPieces(texts)].map(([piece, count]) => ({ ids: [...encoder.encode(piece)], count }));
  const counts = new Map<number, number>();
  const places = new Map<number, Set<number>>();
  const change = (place: number, by: number) => {
    const { ids, count } = pieces[place];
    for (let i = 1; i < ids.length; i++) {
      const key = keyOf(ids[i - 1], ids[i]);
      counts.set(key, (counts.get(key) ?? 0) + by * count);
      changed.add(key);
      if (by < 0) continue; // where a pair was, it isn't looked for in vain more than once
      const own = places.get(key) ?? new Set();
      places.set(key, own.add(place));
    }
  };
  const changed = new Set<number>();
  const heap = new Heap<[count: number, key: number]>(([a, i], [b, j]) => b - a || i - j);
  const settle = () => {
    for (const key of changed) heap.push([counts.get(key)!, key]);
    changed.clear();
  };
  for (const place of pieces.keys()) change(place, 1);
  settle();
  const pairs: Pair[] = [];
  while (pairs.length < most) {
    const [count, key] = heap.pop() ?? [0, 0];
    if (count < 2) break;
    if (counts.get(key) !== count) continue; // it was put in again with its new count
    const pair: Pair = [Math.floor(key / MOST_PAIRED), key % MOST_PAIRED];
    for (const place of places.get(key)!) {
      change(place, -1);
      pieces[place].ids = join(pieces[place].ids, pair, BYTES + pairs.length);
      change(place, 1);
    }
    places.delete(key);
    settle();
    pairs.push(pair);
  }
  return pairs;
}

/** Ids in which one stands for every pair. */
function join(ids: readonly number[], [first, second]: Pair, id: number): number[] {
  const joined: number[] = [];
  for (let i = 0; i < ids.length; i++) {
    const isPair = ids[i] === first && ids[i + 1] === second;
    joined.push(isPair ? id : ids[i]);
    if (isPair) i++;
  }
  return joined;
}

/** The tokenizer of some pairs, in the order in which they were learned. */
export function ofPairs(pairs: readonly Pair[]): Tokenizer {
  const ranks = new Map(pairs.map(([first, second], rank) => [keyOf(first, second), rank]));
  const bytes: number[][] = Array.from({ length: BYTES }, (_, byte) => [byte]);
  for (const [first, second] of pairs) bytes.push([...bytes[first], ...bytes[second]]);
  const kept = new Map<string, readonly number[]>();
  const encoder = new TextEncoder();
  const idsOf = (piece: string): readonly number[] => {
    const known = kept.get(piece);
    if (known) return known;
    let ids = [...encoder.encode(piece)];
    for (;;) {
      const own = ids.slice(1).map((id, i) => ranks.get(keyOf(ids[i], id)) ?? Infinity);
      const rank = Math.min(...own);
      if (rank === Infinity) break;
      ids = join(ids, pairs[rank], BYTES + rank);
    }
    if (kept.size < MOST_KEPT) kept.set(piece, ids);
    return ids;
  };
  return {
    size: bytes.length,
    encode(text) {
      const ids: number[] = [];
      for (const piece of piecesOf(text)) ids.push(...idsOf(piece));
      return Uint32Array.from(ids);
    },
    decode: (given) =>
      new TextDecoder().decode(Uint8Array.from(Array.from(given, (id) => bytes[knownId(id, bytes.length)]).flat())),
    toJSON: () => ({ tokenizer: "bytePairs", pairs }),
  };
}

/** Whether each pair is of ids that stand before it. */
export const arePairs = (given: unknown): given is readonly Pair[] =>
  Array.isArray(given) &&
  given.length <= MOST_PAIRED - BYTES &&
  given.every(
    (pair, i) =>
      Array.isArray(pair) && pair.length === 2 && pair.every((id) => Number.isInteger(id) && id >= 0 && id < BYTES + i),
  );
