// The largest elements under windows. A NaN is the largest; of equal ones the first gets the gradient.

import { runChain } from "./chain";
import { storeSome } from "./memory";
import { ownScratch, shareEnd, shareStart } from "./step";
import { Windows } from "./windows";

// The taps of a window that are inside the image: their first place in the image, how many they are, and how far apart in
// bytes.
let first: usize = 0;
let down: i32 = 0;
let across: i32 = 0;
let stepDown: usize = 0;
let stepAcross: usize = 0;

/** The tap of a side from which on a window that begins at `from` is inside. */
@inline
function firstInside(from: i32, dilation: i32): i32 {
  return from >= 0 ? 0 : (dilation - 1 - from) / dilation;
}

/** The tap of a side from which on it is outside again. */
@inline
function endInside(from: i32, dilation: i32, count: i32, size: i32): i32 {
  return min(count, (size - 1 - from) / dilation + 1);
}

/** Finds the taps that are inside, of a window of an image that begins `image` bytes after the first. */
@inline
function findTaps(w: Windows, image: usize, windowY: i32, windowX: i32): void {
  const y = windowY * w.strideY - w.beforeY;
  const x = windowX * w.strideX - w.beforeX;
  const pixel = w.channels << 2;
  stepDown = w.dilationY * w.width * pixel;
  stepAcross = w.dilationX * pixel;
  down = w.kernelY;
  across = w.kernelX;
  const isInside = y >= 0 && x >= 0 && y + (down - 1) * w.dilationY < w.height && x + (across - 1) * w.dilationX < w.width;
  if (isInside) {
    first = image + (y * w.width + x) * pixel;
    return;
  }
  const kernelY = firstInside(y, w.dilationY);
  const kernelX = firstInside(x, w.dilationX);
  down = endInside(y, w.dilationY, w.kernelY, w.height) - kernelY;
  across = endInside(x, w.dilationX, w.kernelX, w.width) - kernelX;
  first = image + ((y + kernelY * w.dilationY) * w.width + x + kernelX * w.dilationX) * pixel;
}

/** A mask of the elements that are larger, or the first that are NaN. */
@inline
function isLarger(value: v128, sofar: v128): v128 {
  return v128.or(f32x4.gt(value, sofar), v128.and(f32x4.ne(value, value), f32x4.eq(sofar, sofar)));
}

// Locals hold what is found on the way: a global is memory.

/** @param x - the first tap's element */
@inline
function largestOf(x: usize): v128 {
  const columns = across;
  const next = stepAcross;
  let found = v128.load(x);
  let numbers = f32x4.eq(found, found);
  for (let i = down, line = x; i > 0; i--, line += stepDown) {
    for (let j = columns, from = line; j > 0; j--, from += next) {
      const value = v128.load(from);
      found = f32x4.pmax(found, value);
      numbers = v128.and(numbers, f32x4.eq(value, value));
    }
  }
  return i32x4.all_true(numbers) ? found : largestOrNaN(x);
}

/** The same where some elements may be NaN, which are the largest. */
function largestOrNaN(x: usize): v128 {
  let found = v128.load(x);
  for (let i = down; i > 0; i--, x += stepDown) {
    for (let j = across, from = x; j > 0; j--, from += stepAcross) {
      const value = v128.load(from);
      found = v128.bitselect(value, found, isLarger(value, found));
    }
  }
  return found;
}

/** The numbers of the taps with the largest elements. @param x - the first tap's element */
@inline
function tapsOf(x: usize): v128 {
  const columns = across;
  const next = stepAcross;
  let largest = v128.load(x);
  let found = i32x4.splat(0);
  for (let i = down, tap = 0; i > 0; i--, x += stepDown) {
    for (let j = columns, from = x; j > 0; j--, tap++, from += next) {
      const value = v128.load(from);
      const is = isLarger(value, largest);
      largest = v128.bitselect(value, largest, is);
      found = v128.bitselect(i32x4.splat(tap), found, is);
    }
  }
  return found;
}

/**
 * Of rows that are windows of some rows each, puts the largest of each window side by side with the others.
 *
 * @param pitch - bytes from row to row, of two vectors each or a multiple
 */
export function keepLargest(rows: usize, pitch: i32, count: i32, window: i32): void {
  let to = rows;
  for (const end = rows + count * pitch; rows < end; rows += window * pitch) {
    for (let column = rows; column < rows + pitch; column += 32, to += 32) {
      let left = v128.load(column);
      let right = v128.load(column, 16);
      let sum = f32x4.add(left, right);
      let from = column + pitch;
      for (let i = 1; i < window; i++, from += pitch) {
        const nextLeft = v128.load(from);
        const nextRight = v128.load(from, 16);
        left = f32x4.pmax(left, nextLeft);
        right = f32x4.pmax(right, nextRight);
        sum = f32x4.add(sum, f32x4.add(nextLeft, nextRight));
      }
      // A NaN makes the sum one, as infinities may.
      if (!i32x4.all_true(f32x4.eq(sum, sum))) {
        stepDown = pitch;
        stepAcross = 0;
        down = window;
        across = 1;
        left = largestOrNaN(column);
        right = largestOrNaN(column + 16);
      }
      v128.store(to, left);
      v128.store(to, right, 16);
    }
  }
}

/** y, x, windows */
export function maxPool(instruction: usize): void {
  let y = load<u32>(instruction);
  const x = load<u32>(instruction, 4);
  const w = changetype<Windows>(instruction + 8);
  const lines = w.images * w.windowsY;
  const pixel = w.channels << 2;
  const start = shareStart(lines);
  y += start * w.windowsX * pixel;
  for (let line = start, end = shareEnd(lines); line < end; line++) {
    const image = line / w.windowsY;
    for (let windowX = 0; windowX < w.windowsX; windowX++, y += pixel) {
      findTaps(w, x + image * w.height * w.width * pixel, line - image * w.windowsY, windowX);
      for (let channel = 0; channel < w.channels; channel += 4) {
        storeSome(y + (channel << 2), largestOf(first + (channel << 2)), w.channels - channel);
      }
    }
  }
}

/**
 * The gradient's images, strip by strip: rows that windows one beside the other lie in, or whole images where windows lie
 * over each other. What is chained to a strip is worked off while it is in the cache.
 */
@unmanaged
class PoolGradient {
  /** Where the result goes, or 0: then a strip goes to a thread's scratch, so many bytes into it. */
  y: usize;
  strip: i32;
  /** Chain of the results, or 0. */
  chain: usize;
  dy: usize;
  x: usize;
}

/** Then: windows. Threads share images. */
export function maxPoolGradient(instruction: usize): void {
  const p = changetype<PoolGradient>(instruction);
  const w = changetype<Windows>(instruction + offsetof<PoolGradient>());
  const pixel = w.channels << 2;
  const line = w.width * pixel;
  const size = w.height * line;
  const areApart = w.strideY > (w.kernelY - 1) * w.dilationY;
  for (let image = shareStart(w.images), end = shareEnd(w.images); image < end; image++) {
    const x = p.x + image * size;
    let dy = p.dy + image * w.windowsY * w.windowsX * pixel;
    for (let windowY = 0, top = 0; top < w.height; ) {
      const windows = areApart ? 1 : w.windowsY;
      const isLast = windowY + windows >= w.windowsY;
      const bottom = isLast ? w.height : max(top, min((windowY + 1) * w.strideY - w.beforeY, w.height));
      const start = image * size + top * line;
      const dx = p.y ? p.y + start : ownScratch() + p.strip;
      memory.fill(dx, 0, (bottom - top) * line);
      for (const next = windowY + windows; windowY < next; windowY++) {
        for (let windowX = 0; windowX < w.windowsX; windowX++, dy += pixel) {
          findTaps(w, x, windowY, windowX);
          for (let channel = 0; channel < w.channels; channel += 4) {
            const at = first + (channel << 2);
            addToLargest(dx - (x + top * line) + at, at, v128.load(dy + (channel << 2)), w.channels - channel);
          }
        }
      }
      if (p.chain) runChain(p.chain, dx, start >> 2, ((bottom - top) * line) >> 2);
      top = bottom;
    }
  }
}

/** Adds four channels' gradient where each has its first largest element. @param dx, x - the first tap's element */
@inline
function addToLargest(dx: usize, x: usize, dy: v128, channels: i32): void {
  const columns = across;
  const next = stepAcross;
  const skip = stepDown - columns * next;
  const largest = largestOf(x);
  let left = f32x4.eq(largest, largest);
  if (!i32x4.all_true(left)) return addToTaps(dx, dy, tapsOf(x), channels);
  for (let i = down; i > 0; i--, x += skip, dx += skip) {
    for (let j = columns; j > 0; j--, x += next, dx += next) {
      const is = v128.and(f32x4.eq(v128.load(x), largest), left);
      left = v128.andnot(left, is);
      const sum = f32x4.add(v128.load(dx), v128.and(dy, is));
      if (channels >= 4) v128.store(dx, sum);
      else storeSome(dx, sum, channels);
    }
  }
}

/** The same by the numbers of the taps. @param dx - the first tap's element */
function addToTaps(dx: usize, dy: v128, taps: v128, channels: i32): void {
  for (let i = down, tap = 0; i > 0; i--, dx += stepDown) {
    for (let j = across, to = dx; j > 0; j--, tap++, to += stepAcross) {
      const own = v128.and(dy, i32x4.eq(taps, i32x4.splat(tap)));
      storeSome(to, f32x4.add(v128.load(to), own), channels);
    }
  }
}
