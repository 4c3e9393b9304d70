// Philox4x32-10 (Salmon, Moraes, Dror, Shaw, SC 2011), the same bits as src/core/random.ts, and the ops that draw from it.

import { ownScratch, seedHigh, seedLow, stepNumber } from "./step";

@inline
function high(product: u64): u32 {
  return <u32>(product >> 32);
}

/** One block: four words for a 128-bit counter and a 64-bit key, written to `out`. */
export function philox(c0: u32, c1: u32, c2: u32, c3: u32, k0: u32, k1: u32, out: usize): void {
  for (let round = 0; round < 10; round++) {
    const left = <u64>c0 * 0xd2511f53;
    const right = <u64>c2 * 0xcd9e8d57;
    c0 = high(right) ^ c1 ^ k0;
    c1 = <u32>right;
    c2 = high(left) ^ c3 ^ k1;
    c3 = <u32>left;
    k0 += 0x9e3779b9;
    k1 += 0xbb67ae85;
  }
  store<u32>(out, c0);
  store<u32>(out, c1, 4);
  store<u32>(out, c2, 8);
  store<u32>(out, c3, 12);
}

/** Elements whose words `dropoutOf16` draws at once. */
const VECTORS = 16;

@inline
function lowWords(left: v128, right: v128): v128 {
  return v128.shuffle<i32>(left, right, 0, 2, 4, 6);
}

@inline
function highWords(left: v128, right: v128): v128 {
  return v128.shuffle<i32>(left, right, 1, 3, 5, 7);
}

@inline
function keep(y: usize, x: v128, words: v128, threshold: v128, scale: v128): void {
  v128.store(y, v128.and(f32x4.mul(x, scale), i32x4.ge_u(words, threshold)));
}

/** Dropout of 16 elements, by the words of four blocks from `block` on: a lane each. @param stepX - 16, or 0 where x is the same for all */
function dropoutOf16(
  y: usize, x: usize, stepX: usize, block: u32, stream: u32, layer: u32, threshold: u32, scale: f32,
): void {
  let c0 = i32x4.add(i32x4.splat(block), i32x4(0, 1, 2, 3));
  let c1 = i32x4.splat(stepNumber());
  let c2 = i32x4.splat(stream);
  let c3 = i32x4.splat(layer);
  let k0 = seedLow();
  let k1 = seedHigh();
  const first = i32x4.splat(0xd2511f53);
  const second = i32x4.splat(0xcd9e8d57);
  for (let round = 0; round < 10; round++) {
    const left = i64x2.extmul_low_i32x4_u(c0, first);
    const leftEnd = i64x2.extmul_high_i32x4_u(c0, first);
    const right = i64x2.extmul_low_i32x4_u(c2, second);
    const rightEnd = i64x2.extmul_high_i32x4_u(c2, second);
    c0 = v128.xor(v128.xor(highWords(right, rightEnd), c1), i32x4.splat(k0));
    c1 = lowWords(right, rightEnd);
    c2 = v128.xor(v128.xor(highWords(left, leftEnd), c3), i32x4.splat(k1));
    c3 = lowWords(left, leftEnd);
    k0 += 0x9e3779b9;
    k1 += 0xbb67ae85;
  }
  const least = i32x4.splat(threshold);
  const factor = f32x4.splat(scale);
  const upper = v128.shuffle<i32>(c0, c1, 0, 4, 1, 5);
  const upperEnd = v128.shuffle<i32>(c2, c3, 0, 4, 1, 5);
  const lower = v128.shuffle<i32>(c0, c1, 2, 6, 3, 7);
  const lowerEnd = v128.shuffle<i32>(c2, c3, 2, 6, 3, 7);
  keep(y, elements(x, stepX), v128.shuffle<i32>(upper, upperEnd, 0, 1, 4, 5), least, factor);
  keep(y + 16, elements(x + stepX, stepX), v128.shuffle<i32>(upper, upperEnd, 2, 3, 6, 7), least, factor);
  keep(y + 32, elements(x + 2 * stepX, stepX), v128.shuffle<i32>(lower, lowerEnd, 0, 1, 4, 5), least, factor);
  keep(y + 48, elements(x + 3 * stepX, stepX), v128.shuffle<i32>(lower, lowerEnd, 2, 3, 6, 7), least, factor);
}

@inline
function elements(x: usize, step: usize): v128 {
  return step ? v128.load(x) : v128.load32_splat(x);
}

/**
 * y[i] = x[i] scale where the 32 bits of element i are at or above the threshold, else 0.
 *
 * @param start - number of the first element: word `start mod 4` of block `start / 4`
 * @param stepX - bytes from one element of x to the next
 * @param block - 16 bytes to work in
 */
export function dropout(
  y: usize, x: usize, stepX: usize, start: u32, count: u32, stream: u32, layer: u32, threshold: u32, scale: f32, block: usize,
): void {
  const end = start + count;
  let i = start;
  if ((i & 3) == 0) {
    for (; i + VECTORS <= end; i += VECTORS) {
      dropoutOf16(y, x, stepX << 2, i >> 2, stream, layer, threshold, scale);
      y += VECTORS << 2;
      x += VECTORS * stepX;
    }
  }
  for (; i < end; i++) {
    if (i == start || (i & 3) == 0) philox(i >> 2, stepNumber(), stream, layer, seedLow(), seedHigh(), block);
    const kept = load<u32>(block + ((i & 3) << 2)) >= threshold;
    store<f32>(y, kept ? load<f32>(x) * scale : 0);
    y += 4;
    x += stepX;
  }
}

/** y[i] = x[i] + scale n, where n is `normalOf` of src/backends/cpu/noise.ts for the block of element i. */
export function noise(
  y: usize, x: usize, stepX: usize, start: u32, count: u32, stream: u32, layer: u32, scale: f32, block: usize,
): void {
  for (let i = start; i < start + count; i++) {
    philox(i, stepNumber(), stream, layer, seedLow(), seedHigh(), block);
    const heads = popcnt(load<u32>(block)) + popcnt(load<u32>(block, 4)) + popcnt(load<u32>(block, 8));
    const last = load<u32>(block, 12);
    const between = <f32>(<i32>(last & 0xffff) - <i32>(last >> 16)) / 65536;
    store<f32>(y, load<f32>(x) + scale * (<f32>heads - 48 + between));
    y += 4;
    x += stepX;
  }
}

/** y[i] = the first class whose limit is above word i of the step's, or the last class. */
@unmanaged
class DrawClasses {
  y: usize;
  limits: usize;
  samples: i32;
  classes: i32;
  stream: u32;
  source: u32;
  /** 16 bytes of scratch to work in. */
  block: usize;
}

export function drawClasses(instruction: usize): void {
  const d = changetype<DrawClasses>(instruction);
  const block = ownScratch() + d.block;
  for (let i = 0; i < d.samples; i++) {
    if ((i & 3) == 0) philox(i >> 2, stepNumber(), d.stream, d.source, seedLow(), seedHigh(), block);
    const word = load<u32>(block + ((i & 3) << 2));
    let first = 0;
    let last = d.classes - 1;
    while (first < last) {
      const middle = (first + last) >> 1;
      if (word < load<u32>(d.limits + (middle << 2))) last = middle;
      else first = middle + 1;
    }
    store<u32>(d.y + (i << 2), first);
  }
}
