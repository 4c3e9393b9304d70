// Terms of a product whose elements of `a` are zeros in all six rows of a tile. They add nothing to a sum, since 0 b is 0
// unless b is infinite or NaN, so that products of data leave them out: of MNIST's images two thirds.
//
// A list of terms has, for each, how many bytes its element lies into a row of `a`, and into a panel of b. There is room for
// one more at its end: a term is written first, and kept or not.

import { COLUMNS } from "./panels";

/** Bytes of a listed term. */
export const TERM_BYTES = 8;
/** Bytes from one term to the next in a panel of b. */
const PITCH: i32 = COLUMNS * 4;

/** Whether all of some numbers are finite, of which there are a multiple of 8. */
export function areFinite(from: usize, count: i32): bool {
  // Of infinity and NaN all bits of the exponent are set, which are the highest but for the sign.
  let left = i32x4.splat(0);
  let right = left;
  for (const end = from + (count << 2); from < end; from += 32) {
    left = i32x4.max_u(left, i32x4.shl(v128.load(from), 1));
    right = i32x4.max_u(right, i32x4.shl(v128.load(from, 16), 1));
  }
  return !v128.any_true(i32x4.ge_u(i32x4.max_u(left, right), i32x4.splat(0xff000000)));
}

/** Lists `depth` terms, of which the first is number `start` of a row. */
export function listAll(start: i32, depth: i32, to: usize): void {
  for (let i = 0; i < depth; i++, to += TERM_BYTES) {
    store<i32>(to, (start + i) << 2);
    store<i32>(to, i * PITCH, 4);
  }
}

/** Elements of `depth` from one look at four of them to the next. */
const LOOKS = 32;

/**
 * Lists the terms of six rows in which one isn't 0.
 *
 * @returns the end of the list; 0 where a look at some elements of the first row found no zeros
 */
export function listAlong(rows: usize, start: i32, depth: i32, to: usize): usize {
  const a = load<u32>(rows) + (start << 2);
  const b = load<u32>(rows, 4) + (start << 2);
  const c = load<u32>(rows, 8) + (start << 2);
  const d = load<u32>(rows, 12) + (start << 2);
  const e = load<u32>(rows, 16) + (start << 2);
  const f = load<u32>(rows, 20) + (start << 2);
  let i = 0;
  while (i + 4 <= depth && i32x4.all_true(f32x4.ne(v128.load(a + (i << 2)), f32x4.splat(0)))) i += LOOKS;
  if (i + 4 > depth) return 0;
  for (i = 0; i < depth; i += 4) {
    const at = i << 2;
    const left = v128.or(v128.or(v128.load(a + at), v128.load(b + at)), v128.load(c + at));
    const right = v128.or(v128.or(v128.load(d + at), v128.load(e + at)), v128.load(f + at));
    // The sign is shifted out: -0 is a zero, too.
    const kept = i32x4.bitmask(i32x4.ne(i32x4.shl(v128.or(left, right), 1), i32x4.splat(0)));
    for (let j = 0; j < 4; j++) {
      store<i32>(to, (start + i + j) << 2);
      store<i32>(to, (i + j) * PITCH, 4);
      to += ((kept >> j) & i32(i + j < depth)) * TERM_BYTES;
    }
  }
  return to;
}

/** The same of six columns from `offset` bytes on, whose terms are rows: how far into memory they begin. */
export function listAcross(rows: usize, offset: i32, depth: i32, to: usize): usize {
  for (let place = 0, end = depth * PITCH; place < end; place += PITCH, rows += 4) {
    const row = load<u32>(rows);
    const any = v128.or(v128.load(row + offset), v128.load64_zero(row + offset, 16));
    store<i32>(to, row);
    store<i32>(to, place, 4);
    to += i32(v128.any_true(i32x4.shl(any, 1))) * TERM_BYTES;
  }
  return to;
}
