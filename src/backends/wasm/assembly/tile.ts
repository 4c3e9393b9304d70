// The inner loop of products: of panels, and of rows that are read where they lie.

import { madd } from "./math";
import { COLUMNS, ROWS } from "./panels";
import { TERM_BYTES } from "./zeros";

/** 6 x 8 results, rows `stride` bytes apart: added to what is there, or begun. */
export function tile(a: usize, b: usize, y: usize, depth: i32, stride: usize, add: bool): void {
  const y1 = y + stride;
  const y2 = y1 + stride;
  const y3 = y2 + stride;
  const y4 = y3 + stride;
  const y5 = y4 + stride;
  const zero = f32x4.splat(0);
  let a0 = zero, a1 = zero, b0 = zero, b1 = zero, c0 = zero, c1 = zero;
  let d0 = zero, d1 = zero, e0 = zero, e1 = zero, f0 = zero, f1 = zero;
  if (add) {
    a0 = v128.load(y), a1 = v128.load(y, 16), b0 = v128.load(y1), b1 = v128.load(y1, 16);
    c0 = v128.load(y2), c1 = v128.load(y2, 16), d0 = v128.load(y3), d1 = v128.load(y3, 16);
    e0 = v128.load(y4), e1 = v128.load(y4, 16), f0 = v128.load(y5), f1 = v128.load(y5, 16);
  }
  for (const end = b + depth * (COLUMNS * 4); b < end; b += COLUMNS * 4, a += ROWS * 4) {
    const left = v128.load(b);
    const right = v128.load(b, 16);
    let x = v128.load32_splat(a);
    a0 = madd(x, left, a0);
    a1 = madd(x, right, a1);
    x = v128.load32_splat(a, 4);
    b0 = madd(x, left, b0);
    b1 = madd(x, right, b1);
    x = v128.load32_splat(a, 8);
    c0 = madd(x, left, c0);
    c1 = madd(x, right, c1);
    x = v128.load32_splat(a, 12);
    d0 = madd(x, left, d0);
    d1 = madd(x, right, d1);
    x = v128.load32_splat(a, 16);
    e0 = madd(x, left, e0);
    e1 = madd(x, right, e1);
    x = v128.load32_splat(a, 20);
    f0 = madd(x, left, f0);
    f1 = madd(x, right, f1);
  }
  v128.store(y, a0), v128.store(y, a1, 16), v128.store(y1, b0), v128.store(y1, b1, 16);
  v128.store(y2, c0), v128.store(y2, c1, 16), v128.store(y3, d0), v128.store(y3, d1, 16);
  v128.store(y4, e0), v128.store(y4, e1, 16), v128.store(y5, f0), v128.store(y5, f1, 16);
}

/**
 * The same, of rows that are read where they lie.
 *
 * @param rows - the addresses of six rows, `pitch` bytes apart
 * @param listed - the terms (zeros.ts), up to `end`
 */
export function tileInPlace(
  rows: usize, pitch: usize, listed: usize, end: usize, b: usize, y: usize, stride: usize, add: bool,
): void {
  const row0 = load<u32>(rows);
  const row1 = load<u32>((rows += pitch));
  const row2 = load<u32>((rows += pitch));
  const row3 = load<u32>((rows += pitch));
  const row4 = load<u32>((rows += pitch));
  const row5 = load<u32>((rows += pitch));
  const y1 = y + stride;
  const y2 = y1 + stride;
  const y3 = y2 + stride;
  const y4 = y3 + stride;
  const y5 = y4 + stride;
  const zero = f32x4.splat(0);
  let a0 = zero, a1 = zero, b0 = zero, b1 = zero, c0 = zero, c1 = zero;
  let d0 = zero, d1 = zero, e0 = zero, e1 = zero, f0 = zero, f1 = zero;
  if (add) {
    a0 = v128.load(y), a1 = v128.load(y, 16), b0 = v128.load(y1), b1 = v128.load(y1, 16);
    c0 = v128.load(y2), c1 = v128.load(y2, 16), d0 = v128.load(y3), d1 = v128.load(y3, 16);
    e0 = v128.load(y4), e1 = v128.load(y4, 16), f0 = v128.load(y5), f1 = v128.load(y5, 16);
  }
  // One loop over all terms: of two, one in the other, V8 keeps some of the sums in memory.
  for (; listed < end; listed += TERM_BYTES) {
    const term = load<u32>(listed);
    const place = b + load<u32>(listed, 4);
    const left = v128.load(place);
    const right = v128.load(place, 16);
    let x = v128.load32_splat(row0 + term);
    a0 = madd(x, left, a0);
    a1 = madd(x, right, a1);
    x = v128.load32_splat(row1 + term);
    b0 = madd(x, left, b0);
    b1 = madd(x, right, b1);
    x = v128.load32_splat(row2 + term);
    c0 = madd(x, left, c0);
    c1 = madd(x, right, c1);
    x = v128.load32_splat(row3 + term);
    d0 = madd(x, left, d0);
    d1 = madd(x, right, d1);
    x = v128.load32_splat(row4 + term);
    e0 = madd(x, left, e0);
    e1 = madd(x, right, e1);
    x = v128.load32_splat(row5 + term);
    f0 = madd(x, left, f0);
    f1 = madd(x, right, f1);
  }
  v128.store(y, a0), v128.store(y, a1, 16), v128.store(y1, b0), v128.store(y1, b1, 16);
  v128.store(y2, c0), v128.store(y2, c1, 16), v128.store(y3, d0), v128.store(y3, d1, 16);
  v128.store(y4, e0), v128.store(y4, e1, 16), v128.store(y5, f0), v128.store(y5, f1, 16);
}
