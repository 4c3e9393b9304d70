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
  for (let i = start; i < start + count; i++) {
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
