// Kernels over the windows of images [images, height, width, channels]: patches, and what patches add up to.

import { shareEnd, shareStart } from "./step";
import { layRows } from "./walks";

/** Rows of a walk, written one after the other. */
@unmanaged
class Lay {
  y: usize;
  x: usize;
  walk: usize;
  rows: i32;
  /** Elements of a row. */
  size: i32;
}

export function lay(instruction: usize): void {
  const l = changetype<Lay>(instruction);
  const start = shareStart(l.rows);
  const pitch = l.size << 2;
  layRows(l.walk, l.x, 0, start, shareEnd(l.rows) - start, 0, l.size, l.y + start * pitch, pitch, false);
}

/** The windows of a kernel on images: ends what an instruction says of them. */
@unmanaged
export class Windows {
  images: i32;
  height: i32;
  width: i32;
  channels: i32;
  windowsY: i32;
  windowsX: i32;
  kernelY: i32;
  kernelX: i32;
  strideY: i32;
  strideX: i32;
  dilationY: i32;
  dilationX: i32;
  beforeY: i32;
  beforeX: i32;
}

/** The window that begins `from` elements into a padded image; -1 where none does. */
@inline
export function windowAt(from: i32, stride: i32, count: i32): i32 {
  if (from < 0) return -1;
  const window = stride == 1 ? from : from / stride;
  return window < count && window * stride == from ? window : -1;
}

/** y, patches, windows. Each element of an image is made by one thread, its terms in the kernel's order. */
export function fold(instruction: usize): void {
  const y = load<u32>(instruction);
  const patches = load<u32>(instruction, 4);
  const w = changetype<Windows>(instruction + 8);
  const channels = w.channels;
  const lines = w.images * w.height;
  for (let line = shareStart(lines), end = shareEnd(lines); line < end; line++) {
    const image = line / w.height;
    const padded = line - image * w.height + w.beforeY;
    const to = y + line * w.width * (channels << 2);
    memory.fill(to, 0, w.width * (channels << 2));
    for (let kernelY = 0; kernelY < w.kernelY; kernelY++) {
      const windowY = windowAt(padded - kernelY * w.dilationY, w.strideY, w.windowsY);
      if (windowY < 0) continue;
      const first = (image * w.windowsY + windowY) * w.windowsX;
      for (let x = 0; x < w.width; x++) {
        for (let kernelX = 0; kernelX < w.kernelX; kernelX++) {
          const windowX = windowAt(x + w.beforeX - kernelX * w.dilationX, w.strideX, w.windowsX);
          if (windowX < 0) continue;
          const tap = ((first + windowX) * w.kernelY + kernelY) * w.kernelX + kernelX;
          addTo(to + x * (channels << 2), patches + tap * (channels << 2), channels);
        }
      }
    }
  }
}

/** y += x */
@inline
export function addTo(y: usize, x: usize, count: i32): void {
  for (; count >= 4; count -= 4, y += 16, x += 16) v128.store(y, f32x4.add(v128.load(y), v128.load(x)));
  for (; count > 0; count--, y += 4, x += 4) store<f32>(y, load<f32>(y) + load<f32>(x));
}
