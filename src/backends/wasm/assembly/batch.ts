// Kernels that tie a step to its place in the epoch. Row numbers of a batch are taken by takeRows of layout.ts.

import { copy } from "./memory";
import { batchRows, firstPlace, shareEnd, shareStart, stepIndex } from "./step";

@inline
export function isFinite32(x: f32): bool {
  return (reinterpret<u32>(x) & 0x7f800000) != 0x7f800000;
}

/** Writes a number, and whether it is finite, to its slot of the step's row in the results [steps, slots, 2]. */
export function record(results: usize, slots: i32, slot: i32, value: f32): void {
  const to = results + ((stepIndex() * slots + slot) << 3);
  store<f32>(to, value);
  store<f32>(to, isFinite32(value) ? 0 : 1, 4);
}

/** 1 for each row of the batch from `start` on that exists, 0 for those past the end. */
@unmanaged
class RowWeights {
  y: usize;
  count: i32;
  start: i32;
}

export function rowWeights(instruction: usize): void {
  const w = changetype<RowWeights>(instruction);
  const rows = batchRows();
  for (let i = 0; i < w.count; i++) store<f32>(w.y + (i << 2), <u32>(w.start + i) < rows ? 1 : 0);
}

/** all[first + i] = x[i] for the rows of the batch that exist. */
@unmanaged
class Collect {
  all: usize;
  x: usize;
  size: i32;
}

export function collect(instruction: usize): void {
  const c = changetype<Collect>(instruction);
  copy(c.all + ((firstPlace() * c.size) << 2), c.x, batchRows() * c.size);
}

/** The number of elements that are NaN or infinite. Counts up to 2^24 are exact. */
@unmanaged
class CountNonFinite {
  y: usize;
  x: usize;
  count: i32;
}

export function countNonFinite(instruction: usize): void {
  const c = changetype<CountNonFinite>(instruction);
  let found = 0;
  for (let x = c.x, end = c.x + (c.count << 2); x < end; x += 4) found += isFinite32(load<f32>(x)) ? 0 : 1;
  store<f32>(c.y, <f32>found);
}

/** 1 where a row's largest logit is its label's, else 0; the first of equal ones counts. */
@unmanaged
class Correct {
  y: usize;
  logits: usize;
  labels: usize;
  rows: i32;
  classes: i32;
}

export function correct(instruction: usize): void {
  const c = changetype<Correct>(instruction);
  for (let row = shareStart(c.rows), end = shareEnd(c.rows); row < end; row++) {
    const best = indexOfLargest(c.logits + ((row * c.classes) << 2), c.classes);
    store<f32>(c.y + (row << 2), best == load<i32>(c.labels + (row << 2)) ? 1 : 0);
  }
}

/** The first of the largest. */
export function indexOfLargest(x: usize, count: i32): i32 {
  let best = 0;
  let largest = load<f32>(x);
  for (let j = 1; j < count; j++) {
    const value = load<f32>(x + (j << 2));
    if (value > largest) {
      largest = value;
      best = j;
    }
  }
  return best;
}
