// The largest elements under windows. A NaN is the largest; of equal ones the first gets the gradient.

import { storeSome } from "./memory";
import { ownScratch, shareEnd, shareStart } from "./step";
import { Windows } from "./windows";

/** Of four channels under a window: the largest elements, and where they are, in bytes after x. */
let largest: v128 = i32x4.splat(0);
let places: v128 = i32x4.splat(0);

@inline
function findLargest(w: Windows, x: usize, image: i32, windowY: i32, windowX: i32, channel: i32): void {
  const row = w.channels << 2;
  let isFirst = true;
  for (let kernelY = 0; kernelY < w.kernelY; kernelY++) {
    const placeY = windowY * w.strideY - w.beforeY + kernelY * w.dilationY;
    if (<u32>placeY >= <u32>w.height) continue;
    for (let kernelX = 0; kernelX < w.kernelX; kernelX++) {
      const placeX = windowX * w.strideX - w.beforeX + kernelX * w.dilationX;
      if (<u32>placeX >= <u32>w.width) continue;
      const place = ((image * w.height + placeY) * w.width + placeX) * row + (channel << 2);
      const value = v128.load(x + place);
      if (isFirst) {
        largest = value;
        places = i32x4.splat(place);
        isFirst = false;
        continue;
      }
      const isNew = v128.and(f32x4.ne(value, value), f32x4.eq(largest, largest));
      const isLarger = v128.or(f32x4.gt(value, largest), isNew);
      largest = v128.bitselect(value, largest, isLarger);
      places = v128.bitselect(i32x4.splat(place), places, isLarger);
    }
  }
}

/** y, x, windows */
export function maxPool(instruction: usize): void {
  let y = load<u32>(instruction);
  const x = load<u32>(instruction, 4);
  const w = changetype<Windows>(instruction + 8);
  const lines = w.images * w.windowsY;
  const start = shareStart(lines);
  y += start * w.windowsX * (w.channels << 2);
  for (let line = start, end = shareEnd(lines); line < end; line++) {
    const image = line / w.windowsY;
    for (let windowX = 0; windowX < w.windowsX; windowX++) {
      for (let channel = 0; channel < w.channels; channel += 4) {
        findLargest(w, x, image, line - image * w.windowsY, windowX, channel);
        storeSome(y + (channel << 2), largest, w.channels - channel);
      }
      y += w.channels << 2;
    }
  }
}

/** dx, dy, x, windows. Threads share images. */
export function maxPoolGradient(instruction: usize): void {
  const dx = load<u32>(instruction);
  const dy = load<u32>(instruction, 4);
  const x = load<u32>(instruction, 8);
  const w = changetype<Windows>(instruction + 12);
  const size = w.height * w.width * (w.channels << 2);
  const found = ownScratch();
  for (let image = shareStart(w.images), end = shareEnd(w.images); image < end; image++) {
    memory.fill(dx + image * size, 0, size);
    let from = dy + image * w.windowsY * w.windowsX * (w.channels << 2);
    for (let windowY = 0; windowY < w.windowsY; windowY++) {
      for (let windowX = 0; windowX < w.windowsX; windowX++) {
        for (let channel = 0; channel < w.channels; channel += 4) {
          findLargest(w, x, image, windowY, windowX, channel);
          v128.store(found, places);
          for (let i = 0, some = min(4, w.channels - channel); i < some; i++) {
            const to = dx + load<u32>(found + (i << 2)) + (i << 2);
            store<f32>(to, load<f32>(to) + load<f32>(from + ((channel + i) << 2)));
          }
        }
        from += w.channels << 2;
      }
    }
  }
}
