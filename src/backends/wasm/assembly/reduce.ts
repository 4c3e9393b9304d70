// Sums and maxima of the middle of [outer, length, inner]. The order in which a result's terms are combined depends on
// their number alone, not on which thread does it.

import { storeSome } from "./memory";
import { total } from "./math";
import { shareEnd, shareStart } from "./step";

@unmanaged
class Reduce {
  y: usize;
  x: usize;
  outer: i32;
  length: i32;
  inner: i32;
}

export function sum(instruction: usize): void {
  reduce(false, instruction);
}

/** A NaN among the elements is the largest. */
export function max(instruction: usize): void {
  reduce(true, instruction);
}

/** Columns of a block: as many elements as a cache line has. */
const BLOCK = 16;

// `largest` is a constant wherever this is taken in.
@inline
function reduce(largest: bool, instruction: usize): void {
  const r = changetype<Reduce>(instruction);
  if (r.inner == 1) {
    for (let row = shareStart(r.outer), end = shareEnd(r.outer); row < end; row++) {
      const x = r.x + ((row * r.length) << 2);
      store<f32>(r.y + (row << 2), largest ? maxOf(x, r.length) : sumOf(x, r.length));
    }
    return;
  }
  const across = (r.inner + BLOCK - 1) / BLOCK;
  const blocks = r.outer * across;
  for (let block = shareStart(blocks), end = shareEnd(blocks); block < end; block++) {
    const row = block / across;
    const column = (block % across) * BLOCK;
    const x = r.x + ((row * r.length * r.inner + column) << 2);
    const y = r.y + ((row * r.inner + column) << 2);
    for (let i = 0, left = min(BLOCK, r.inner - column); left > 0; i += 16, left -= 4) {
      storeSome(y + i, down(largest, x + i, r.length, r.inner << 2), left);
    }
  }
}

@inline
function combine(largest: bool, a: v128, b: v128): v128 {
  return largest ? f32x4.max(a, b) : f32x4.add(a, b);
}

/** Four columns, element by element. */
@inline
function down(largest: bool, x: usize, length: i32, stride: i32): v128 {
  let sofar = v128.load(x);
  for (let at = 1; at < length; at++) {
    x += stride;
    sofar = combine(largest, sofar, v128.load(x));
  }
  return sofar;
}

/** Σ x of a row: eight partial sums, then what is left. */
export function sumOf(x: usize, count: i32): f32 {
  let left = f32x4.splat(0);
  let right = f32x4.splat(0);
  for (; count >= 8; count -= 8, x += 32) {
    left = f32x4.add(left, v128.load(x));
    right = f32x4.add(right, v128.load(x, 16));
  }
  let result = total(f32x4.add(left, right));
  for (; count > 0; count--, x += 4) result += load<f32>(x);
  return result;
}

/** The largest of a row, or NaN where there is one. */
export function maxOf(x: usize, count: i32): f32 {
  let largest = f32x4.splat(-Infinity);
  for (; count >= 4; count -= 4, x += 16) largest = f32x4.max(largest, v128.load(x));
  let result = f32.max(
    f32.max(f32x4.extract_lane(largest, 0), f32x4.extract_lane(largest, 1)),
    f32.max(f32x4.extract_lane(largest, 2), f32x4.extract_lane(largest, 3)),
  );
  for (; count > 0; count--, x += 4) result = f32.max(result, load<f32>(x));
  return result;
}
