// Convolutions of each channel on its own, and their gradients: what is added up is a product of two rows of channels.

import { madd } from "./math";
import { storeSome } from "./memory";
import { shareEnd, shareStart } from "./step";
import { windowAt, Windows } from "./windows";

/** y += a b, of rows of channels. */
@inline
function multiplyAdd(y: usize, a: usize, b: usize, count: i32): void {
  for (; count > 0; count -= 4, y += 16, a += 16, b += 16) {
    storeSome(y, madd(v128.load(a), v128.load(b), v128.load(y)), count);
  }
}

/** y, x, w, windows */
export function depthwise(instruction: usize): void {
  const y = load<u32>(instruction);
  const x = load<u32>(instruction, 4);
  const weight = load<u32>(instruction, 8);
  const w = changetype<Windows>(instruction + 12);
  const row = w.channels << 2;
  const lines = w.images * w.windowsY;
  for (let line = shareStart(lines), end = shareEnd(lines); line < end; line++) {
    const image = line / w.windowsY;
    const top = (line - image * w.windowsY) * w.strideY - w.beforeY;
    let to = y + line * w.windowsX * row;
    memory.fill(to, 0, w.windowsX * row);
    for (let windowX = 0; windowX < w.windowsX; windowX++, to += row) {
      const left = windowX * w.strideX - w.beforeX;
      for (let kernelY = 0; kernelY < w.kernelY; kernelY++) {
        const placeY = top + kernelY * w.dilationY;
        if (<u32>placeY >= <u32>w.height) continue;
        const line = x + (image * w.height + placeY) * w.width * row;
        for (let kernelX = 0; kernelX < w.kernelX; kernelX++) {
          const placeX = left + kernelX * w.dilationX;
          if (<u32>placeX >= <u32>w.width) continue;
          multiplyAdd(to, line + placeX * row, weight + (kernelY * w.kernelX + kernelX) * row, w.channels);
        }
      }
    }
  }
}

/** dx, dy, w, windows */
export function depthwiseInputGradient(instruction: usize): void {
  const dx = load<u32>(instruction);
  const dy = load<u32>(instruction, 4);
  const weight = load<u32>(instruction, 8);
  const w = changetype<Windows>(instruction + 12);
  const row = w.channels << 2;
  const lines = w.images * w.height;
  for (let line = shareStart(lines), end = shareEnd(lines); line < end; line++) {
    const image = line / w.height;
    const padded = line - image * w.height + w.beforeY;
    const to = dx + line * w.width * row;
    memory.fill(to, 0, w.width * row);
    for (let kernelY = 0; kernelY < w.kernelY; kernelY++) {
      const windowY = windowAt(padded - kernelY * w.dilationY, w.strideY, w.windowsY);
      if (windowY < 0) continue;
      const windows = dy + (image * w.windowsY + windowY) * w.windowsX * row;
      for (let x = 0; x < w.width; x++) {
        for (let kernelX = 0; kernelX < w.kernelX; kernelX++) {
          const windowX = windowAt(x + w.beforeX - kernelX * w.dilationX, w.strideX, w.windowsX);
          if (windowX < 0) continue;
          multiplyAdd(to + x * row, windows + windowX * row, weight + (kernelY * w.kernelX + kernelX) * row, w.channels);
        }
      }
    }
  }
}

/** dw, dy, x, windows. Threads share the kernel's elements. */
export function depthwiseWeightGradient(instruction: usize): void {
  const dw = load<u32>(instruction);
  const dy = load<u32>(instruction, 4);
  const x = load<u32>(instruction, 8);
  const w = changetype<Windows>(instruction + 12);
  const row = w.channels << 2;
  const taps = w.kernelY * w.kernelX;
  for (let tap = shareStart(taps), end = shareEnd(taps); tap < end; tap++) {
    const kernelY = tap / w.kernelX;
    const kernelX = tap - kernelY * w.kernelX;
    const to = dw + tap * row;
    memory.fill(to, 0, row);
    for (let line = 0; line < w.images * w.windowsY; line++) {
      const image = line / w.windowsY;
      const placeY = (line - image * w.windowsY) * w.strideY - w.beforeY + kernelY * w.dilationY;
      if (<u32>placeY >= <u32>w.height) continue;
      const pixels = x + (image * w.height + placeY) * w.width * row;
      for (let windowX = 0; windowX < w.windowsX; windowX++) {
        const placeX = windowX * w.strideX - w.beforeX + kernelX * w.dilationX;
        if (<u32>placeX >= <u32>w.width) continue;
        multiplyAdd(to, dy + (line * w.windowsX + windowX) * row, pixels + placeX * row, w.channels);
      }
    }
  }
}
