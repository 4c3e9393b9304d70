// Normalisation of groups of [outer, length, inner, tail], and its gradient. Where there is a tail, a group is runs of it;
// else four groups that lie side by side are worked on at a time. A group's terms are added in an order of their own, and by
// one thread.

import { total } from "./math";
import { storeSome } from "./memory";
import { batchRows, shareEnd, shareStart } from "./step";

@unmanaged
class Normalise {
  y: usize;
  x: usize;
  /** 0 where y is what is normalised. */
  dy: usize;
  outer: i32;
  length: i32;
  inner: i32;
  tail: i32;
  epsilon: f32;
  centred: i32;
  /** Of groups over a batch: elements in each row, 0 for others; and the number of the first row. */
  perRow: i32;
  start: i32;
  /** Running statistics that are moved towards the batch's, or 0. */
  mean: usize;
  variance: usize;
  momentum: f32;
}

export function normalise(instruction: usize): void {
  const n = changetype<Normalise>(instruction);
  if (n.tail > 1) {
    const groups = n.outer * n.inner;
    for (let group = shareStart(groups), end = shareEnd(groups); group < end; group++) {
      const outer = group / n.inner;
      alongTail(n, ((outer * n.length * n.inner + group - outer * n.inner) * n.tail) << 2);
    }
    return;
  }
  const blocks = (n.inner + 3) >> 2;
  const all = n.outer * blocks;
  for (let block = shareStart(all), end = shareEnd(all); block < end; block++) {
    const outer = block / blocks;
    const column = (block - outer * blocks) << 2;
    acrossInner(n, (outer * n.length * n.inner + column) << 2, n.inner - column);
  }
}

/** Four groups side by side, `some` of which there are. */
function acrossInner(n: Normalise, start: i32, some: i32): void {
  const stride = n.inner << 2;
  // Rows that don't exist in a short batch aren't counted.
  const rows = max(<i32>batchRows() - n.start, 0);
  const counted = n.perRow ? min(rows * n.perRow, n.length) : n.length;
  const all = n.length * stride;
  const bytes = counted * stride;
  const share = f32x4.splat(<f32>1 / <f32>max(counted, 1));
  let centre = f32x4.splat(0);
  if (n.centred) {
    for (let i = 0; i < bytes; i += stride) centre = f32x4.add(centre, v128.load(n.x + start + i));
    centre = f32x4.mul(centre, share);
  }
  let squares = f32x4.splat(0);
  for (let i = 0; i < bytes; i += stride) {
    const distance = f32x4.sub(v128.load(n.x + start + i), centre);
    squares = f32x4.add(squares, f32x4.mul(distance, distance));
  }
  const variance = f32x4.mul(squares, share);
  const scale = f32x4.div(f32x4.splat(1), f32x4.sqrt(f32x4.add(variance, f32x4.splat(n.epsilon))));
  if (n.mean && counted > 0) {
    const unbiased = f32x4.splat(<f32>counted / <f32>max(counted - 1, 1));
    moveTo(n.mean + start, centre, n.momentum, some);
    moveTo(n.variance + start, f32x4.mul(variance, unbiased), n.momentum, some);
  }
  if (!n.dy) {
    for (let i = 0; i < all; i += stride) {
      const at = start + i;
      storeSome(n.y + at, f32x4.mul(f32x4.sub(v128.load(n.x + at), centre), scale), some);
    }
    return;
  }
  let offset = f32x4.splat(0);
  let slope = f32x4.splat(0);
  for (let i = 0; i < bytes; i += stride) {
    const dy = v128.load(n.dy + start + i);
    const normalised = f32x4.mul(f32x4.sub(v128.load(n.x + start + i), centre), scale);
    offset = f32x4.add(offset, dy);
    slope = f32x4.add(slope, f32x4.mul(dy, normalised));
  }
  offset = n.centred ? f32x4.mul(offset, share) : f32x4.splat(0);
  slope = f32x4.mul(slope, share);
  for (let i = 0; i < bytes; i += stride) {
    const at = start + i;
    const normalised = f32x4.mul(f32x4.sub(v128.load(n.x + at), centre), scale);
    const rest = f32x4.sub(f32x4.sub(v128.load(n.dy + at), offset), f32x4.mul(normalised, slope));
    storeSome(n.y + at, f32x4.mul(rest, scale), some);
  }
  for (let i = bytes; i < all; i += stride) storeSome(n.y + start + i, f32x4.splat(0), some);
}

/** Moves running statistics towards those of a batch. */
@inline
function moveTo(at: usize, goal: v128, momentum: f32, some: i32): void {
  const before = v128.load(at);
  storeSome(at, f32x4.add(before, f32x4.mul(f32x4.splat(momentum), f32x4.sub(goal, before))), some);
}

/** Zeroes the lanes of a vector from `count` on. */
@inline
function first(x: v128, count: i32): v128 {
  return count >= 4 ? x : v128.and(x, i32x4.gt_s(i32x4.splat(count), i32x4(0, 1, 2, 3)));
}

/** One group, whose elements are runs of the tail. */
function alongTail(n: Normalise, start: i32): void {
  const stride = (n.inner * n.tail) << 2;
  const bytes = n.length * stride;
  const share = <f32>1 / <f32>(n.length * n.tail);
  let centre: f32 = 0;
  if (n.centred) {
    let sum = f32x4.splat(0);
    for (let i = start, end = start + bytes; i < end; i += stride) {
      for (let t = 0; t < n.tail; t += 4) sum = f32x4.add(sum, first(v128.load(n.x + i + (t << 2)), n.tail - t));
    }
    centre = total(sum) * share;
  }
  const centres = f32x4.splat(centre);
  let squares = f32x4.splat(0);
  for (let i = start, end = start + bytes; i < end; i += stride) {
    for (let t = 0; t < n.tail; t += 4) {
      const distance = first(f32x4.sub(v128.load(n.x + i + (t << 2)), centres), n.tail - t);
      squares = f32x4.add(squares, f32x4.mul(distance, distance));
    }
  }
  const scale = f32x4.splat(<f32>1 / sqrt<f32>(total(squares) * share + n.epsilon));
  if (!n.dy) {
    for (let i = start, end = start + bytes; i < end; i += stride) {
      for (let t = 0; t < n.tail; t += 4) {
        const at = i + (t << 2);
        storeSome(n.y + at, f32x4.mul(f32x4.sub(v128.load(n.x + at), centres), scale), n.tail - t);
      }
    }
    return;
  }
  let sums = f32x4.splat(0);
  let products = f32x4.splat(0);
  for (let i = start, end = start + bytes; i < end; i += stride) {
    for (let t = 0; t < n.tail; t += 4) {
      const at = i + (t << 2);
      const dy = first(v128.load(n.dy + at), n.tail - t);
      const normalised = first(f32x4.mul(f32x4.sub(v128.load(n.x + at), centres), scale), n.tail - t);
      sums = f32x4.add(sums, dy);
      products = f32x4.add(products, f32x4.mul(dy, normalised));
    }
  }
  const offset = f32x4.splat(n.centred ? total(sums) * share : 0);
  const slope = f32x4.splat(total(products) * share);
  for (let i = start, end = start + bytes; i < end; i += stride) {
    for (let t = 0; t < n.tail; t += 4) {
      const at = i + (t << 2);
      const normalised = f32x4.mul(f32x4.sub(v128.load(n.x + at), centres), scale);
      const rest = f32x4.sub(f32x4.sub(v128.load(n.dy + at), offset), f32x4.mul(normalised, slope));
      storeSome(n.y + at, f32x4.mul(rest, scale), n.tail - t);
    }
  }
}
