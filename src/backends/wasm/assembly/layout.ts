// Kernels that move elements.

import { copy, storeSome } from "./memory";
import { batchRows, firstPlace, shareEnd, shareStart } from "./step";

/**
 * y[coordinates · stridesY] = x[coordinates · stridesX] over all coordinates: a transpose, slice, pad or concatenation by
 * its strides. Threads share the runs along the innermost axis.
 */
@unmanaged
class Move {
  y: usize;
  x: usize;
  /** Runs along the innermost axis. */
  runs: i32;
  axes: i32;
  /** Size and the two strides in bytes of each axis, innermost first. */
  size: i32;
  strideY: i32;
  strideX: i32;
}

export function move(instruction: usize): void {
  const m = changetype<Move>(instruction);
  for (let run = shareStart(m.runs), last = shareEnd(m.runs); run < last; run++) {
    let y = m.y;
    let x = m.x;
    let rest = run;
    for (let axis = 1, entry = instruction + 28; axis < m.axes; axis++, entry += 12) {
      const size = load<i32>(entry);
      const at = rest % size;
      rest /= size;
      y += at * load<i32>(entry, 4);
      x += at * load<i32>(entry, 8);
    }
    if (m.strideY == 4 && m.strideX == 4) {
      copy(y, x, m.size);
    } else {
      for (let i = 0; i < m.size; i++) {
        store<u32>(y, load<u32>(x));
        y += m.strideY;
        x += m.strideX;
      }
    }
  }
}

/** Zeros. */
@unmanaged
class Fill {
  y: usize;
  count: i32;
}

export function fill(instruction: usize): void {
  const f = changetype<Fill>(instruction);
  const start = shareStart(f.count);
  memory.fill(f.y + (start << 2), 0, (shareEnd(f.count) - start) << 2);
}

/**
 * y[i] = table[rows[i]], whole rows; a number past the end reads the last row. A batch is taken from a place in the
 * epoch's order on, and repeats its last row where it is short.
 */
@unmanaged
class TakeRows {
  y: usize;
  table: usize;
  rows: usize;
  /** Rows of y. */
  count: i32;
  /** Elements of a row. */
  size: i32;
  /** Rows of the table. */
  length: i32;
  /** Of the step's batch the row that is the first; -1 for rows by their own numbers. */
  start: i32;
}

export function takeRows(instruction: usize): void {
  const t = changetype<TakeRows>(instruction);
  const ofBatch = t.start >= 0;
  const rows = ofBatch ? t.rows + (firstPlace() << 2) : t.rows;
  const before: u32 = ofBatch ? t.start : 0;
  const last: u32 = ofBatch ? batchRows() - 1 : t.count;
  for (let i = shareStart(t.count), end = shareEnd(t.count); i < end; i++) {
    const row = min(load<u32>(rows + (min<u32>(before + i, last) << 2)), <u32>t.length - 1);
    copy(t.y + ((i * t.size) << 2), t.table + ((row * t.size) << 2), t.size);
  }
}

/** The same of a batch whose rows are bytes, whole words each: y = byte / 255. */
export function takeBytes(instruction: usize): void {
  const t = changetype<TakeRows>(instruction);
  const rows = t.rows + (firstPlace() << 2);
  const last = batchRows() - 1;
  const brightest = f32x4.splat(255);
  for (let i = shareStart(t.count), end = shareEnd(t.count); i < end; i++) {
    let from: usize = t.table + load<u32>(rows + (min<u32>(t.start + i, last) << 2)) * t.size;
    let to: usize = t.y + ((i * t.size) << 2);
    for (const stop = from + t.size; from < stop; from += 4, to += 16) {
      const four = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(from)));
      v128.store(to, f32x4.div(f32x4.convert_i32x4_u(four), brightest));
    }
  }
}

/** y[r] = Σ x[i] over all i with rows[i] = r, in order of i. The reverse of taking rows; threads share the rows of y. */
@unmanaged
class ScatterAdd {
  y: usize;
  x: usize;
  rows: usize;
  /** Rows of x, elements of a row, rows of y. */
  count: i32;
  size: i32;
  length: i32;
}

export function scatterAdd(instruction: usize): void {
  const s = changetype<ScatterAdd>(instruction);
  const start = shareStart(s.length);
  const end = shareEnd(s.length);
  memory.fill(s.y + ((start * s.size) << 2), 0, ((end - start) * s.size) << 2);
  let from = s.x;
  for (let i = 0; i < s.count; i++, from += s.size << 2) {
    const row = <i32>min(load<u32>(s.rows + (i << 2)), <u32>s.length - 1);
    if (row < start || row >= end) continue;
    const to = s.y + ((row * s.size) << 2);
    for (let j = 0, left = s.size; left > 0; j += 16, left -= 4) {
      storeSome(to + j, f32x4.add(v128.load(to + j), v128.load(from + j)), left);
    }
  }
}
