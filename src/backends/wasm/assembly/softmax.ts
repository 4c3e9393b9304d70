// softmax over rows of classes: e^x / Σ e^x, and its logarithm x - log Σ e^x. The row's maximum is subtracted before exp,
// which overflows at 88.7. Threads share the rows.

import { exp, log1 } from "./math";
import { storeSome } from "./memory";
import { maxOf, sumOf } from "./reduce";
import { ownScratch, shareEnd, shareStart } from "./step";

@unmanaged
class Softmax {
  y: usize;
  x: usize;
  rows: i32;
  classes: i32;
  /** Bytes into a thread's scratch: a row. */
  row: usize;
}

/** Writes e^(x - largest) of a row to `to`, in whole vectors, and gives their sum. */
export function exponentials(x: usize, classes: i32, largest: f32, to: usize): f32 {
  const shift = f32x4.splat(largest);
  for (let j = 0; j < classes << 2; j += 16) v128.store(to + j, exp(f32x4.sub(v128.load(x + j), shift)));
  return sumOf(to, classes);
}

export function softmax(instruction: usize): void {
  const s = changetype<Softmax>(instruction);
  const row = ownScratch() + s.row;
  for (let i = shareStart(s.rows), end = shareEnd(s.rows); i < end; i++) {
    const x = s.x + ((i * s.classes) << 2);
    const sum = f32x4.splat(exponentials(x, s.classes, maxOf(x, s.classes), row));
    const y = s.y + ((i * s.classes) << 2);
    for (let j = 0; j < s.classes; j += 4) {
      storeSome(y + (j << 2), f32x4.div(v128.load(row + (j << 2)), sum), s.classes - j);
    }
  }
}

export function logSoftmax(instruction: usize): void {
  const s = changetype<Softmax>(instruction);
  const row = ownScratch() + s.row;
  for (let i = shareStart(s.rows), end = shareEnd(s.rows); i < end; i++) {
    const x = s.x + ((i * s.classes) << 2);
    const normaliser = f32x4.splat(logSumExp(x, s.classes, row));
    const y = s.y + ((i * s.classes) << 2);
    for (let j = 0; j < s.classes; j += 4) {
      storeSome(y + (j << 2), f32x4.sub(v128.load(x + (j << 2)), normaliser), s.classes - j);
    }
  }
}

/** log Σ e^x of a row. @param row - room for it */
export function logSumExp(x: usize, classes: i32, row: usize): f32 {
  const largest = maxOf(x, classes);
  return largest + log1(exponentials(x, classes, largest, row));
}
