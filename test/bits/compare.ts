import type { Numbers } from "./train.js";

/**
 * The first number that isn't the same in both, to the bit: NaN is equal to the same NaN, 0 differs from -0.
 *
 * @returns what differs, the place counted from 0, and how; undefined where nothing does
 */
export function firstDifference(mine: Numbers, other: Numbers): string | undefined {
  for (const name of new Set([...Object.keys(mine), ...Object.keys(other)])) {
    if (!mine[name] || !other[name]) return `${name}: only in ${mine[name] ? "this" : "the other"} checkout`;
    const [a, b] = [mine[name], other[name]];
    if (a.length !== b.length) return `${name}: ${a.length} numbers, in the other checkout ${b.length}`;
    const [bits, otherBits] = [bitsOf(a), bitsOf(b)];
    const place = bits.findIndex((word, i) => word !== otherBits[i]);
    if (place < 0) continue;
    const i = Math.floor(place / (bits.length / a.length));
    const count = Array.from(a).filter((value, j) => !Object.is(value, b[j])).length;
    return `${name} ${i}: ${a[i]}, in the other checkout ${b[i]}; ${count} of ${a.length} differ`;
  }
  return undefined;
}

const bitsOf = ({ buffer, byteOffset, byteLength }: Float32Array | Float64Array) =>
  new Uint32Array(buffer, byteOffset, byteLength / 4);
