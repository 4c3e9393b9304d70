// y[i, j] = Σₖ a[i, k] b[k, j] for a batch of matrices, and Σₖ b[k, j] where wanted.
//
// Both sides are copied to panels: 6 rows of a side by side, 8 columns of b, so that the kernel reads them in order. It
// keeps 6 x 8 results in 12 of the processor's 16 vector registers, walks over 256 k at a time, and adds the terms of a
// result in order of k. Panels at an edge repeat or run past it; what comes of that is dropped.
//
// A group of rows is finished before the next is begun, so that its results are still in the cache when the chain works
// on them. Rows of `a` are found through the epoch's order where they are a batch that lies in the data set.
//
// Each thread makes some panels of b; then it takes rows of a, or, where that is shared more evenly, the columns whose
// panels it made. Of a batch of matrices, threads take whole matrices.

import { runChain } from "./chain";
import { madd } from "./math";
import { copy } from "./memory";
import { batchRows, firstPlace, ownScratch, shareEnd, shareStart, threadCount } from "./step";
import { barrier } from "./threads";

const ROWS = 6;
const COLUMNS = 8;
/** Terms at a time: panels of both sides stay in the first-level cache. DEPTH of src/backends/wasm/matmul.ts. */
const DEPTH = 256;

@unmanaged
class Product {
  // Sides as they are stored, in rows of `stride` bytes; whether these are the left side's columns, the right side's columns.
  a: usize;
  rowsA: i32;
  strideA: i32;
  transposeA: i32;
  /** The epoch's order by which a's rows are found; 0 where they follow each other. */
  order: usize;
  b: usize;
  rowsB: i32;
  strideB: i32;
  transposeB: i32;
  m: i32;
  k: i32;
  n: i32;
  batches: i32;
  /** Where each batch's matrices begin: bytes after a's and b's address, two words each. */
  offsets: usize;
  /** Rows of a group, a multiple of ROWS. */
  group: i32;
  /** Panels of b: common to all threads, or bytes into a thread's scratch in a batch of matrices. */
  panels: usize;
  /** Bytes into a thread's scratch: tables of row addresses, a's panels, results of a group. */
  tableA: usize;
  tableB: usize;
  block: usize;
  results: usize;
  /** Chain of the results, or 0 and where they go. */
  chain: usize;
  output: usize;
  /** Chain of the column sums, or 0. */
  sums: usize;
}

export function product(instruction: usize): void {
  const p = changetype<Product>(instruction);
  const scratch = ownScratch();
  const tableB = scratch + p.tableB;
  if (p.batches == 1) {
    tabulate(tableB, p.b, p.rowsB, p.strideB, 0);
    const rows = ceilDivide(p.m, ROWS);
    const columns = ceilDivide(p.n, COLUMNS);
    const first = shareStart(columns);
    const end = shareEnd(columns);
    packB(p, tableB, p.panels, first, end);
    if (sharesColumns(rows, columns)) {
      multiply(p, p.a, p.panels, 0, 0, p.m, first, end);
    } else {
      if (threadCount() > 1) barrier(threadCount());
      multiply(p, p.a, p.panels, 0, shareStart(rows) * ROWS, min(shareEnd(rows) * ROWS, p.m), 0, columns);
    }
    return;
  }
  const panels = scratch + p.panels;
  for (let batch = shareStart(p.batches), end = shareEnd(p.batches); batch < end; batch++) {
    const offsets = p.offsets + (batch << 3);
    tabulate(tableB, p.b + load<i32>(offsets, 4), p.rowsB, p.strideB, 0);
    packB(p, tableB, panels, 0, ceilDivide(p.n, COLUMNS));
    multiply(p, p.a + load<i32>(offsets), panels, batch * p.m * p.n, 0, p.m, 0, ceilDivide(p.n, COLUMNS));
  }
}

/** Whether the work is shared more evenly by panels of b than by those of a. */
function sharesColumns(rows: i32, columns: i32): bool {
  const threads = threadCount();
  return rows * ceilDivide(columns, threads) < ceilDivide(rows, threads) * columns;
}

@inline
function ceilDivide(a: i32, b: i32): i32 {
  return (a + b - 1) / b;
}

/** Addresses of the stored rows. */
function tabulate(table: usize, address: usize, rows: i32, stride: i32, order: usize): void {
  const last = batchRows() - 1;
  const places = order + (firstPlace() << 2);
  for (let i = 0; i < rows; i++) {
    const row = order ? load<u32>(places + (min<u32>(i, last) << 2)) : i;
    store<u32>(table + (i << 2), address + row * stride);
  }
}

/** Copies columns of b to panels [k][8], and adds up the columns where wanted. */
function packB(p: Product, table: usize, panels: usize, first: i32, end: i32): void {
  for (let panel = first; panel < end; panel++) {
    const to = panels + panel * p.k * (COLUMNS * 4);
    if (p.transposeB) {
      packAlong(table, panel * COLUMNS, p.n, 0, p.k, to, COLUMNS);
    } else {
      packAcross(table, panel * (COLUMNS * 4), p.k, to, COLUMNS);
    }
    if (p.sums) addColumns(p, to, panel);
  }
}

function addColumns(p: Product, panel: usize, number: i32): void {
  let left = f32x4.splat(0);
  let right = f32x4.splat(0);
  for (const end = panel + p.k * (COLUMNS * 4); panel < end; panel += COLUMNS * 4) {
    left = f32x4.add(left, v128.load(panel));
    right = f32x4.add(right, v128.load(panel, 16));
  }
  const sums = ownScratch() + p.results;
  v128.store(sums, left);
  v128.store(sums, right, 16);
  runChain(p.sums, sums, number * COLUMNS, min(COLUMNS, p.n - number * COLUMNS));
}

/** Panel [k][width] of elements that lie side by side in each of k rows, `offset` bytes into it. */
@inline
function packAcross(table: usize, offset: i32, k: i32, to: usize, width: i32): void {
  for (const end = table + (k << 2); table < end; table += 4) {
    const from: usize = load<u32>(table) + offset;
    v128.store(to, v128.load(from));
    if (width == 8) v128.store(to, v128.load(from, 16), 16);
    else v128.store64_lane(to, v128.load64_zero(from, 16), 0, 16);
    to += width << 2;
  }
}

/** Panel [k][width] of rows `first` and following, each k elements in a row from number `start`. */
@inline
function packAlong(table: usize, first: i32, rows: i32, start: i32, k: i32, to: usize, width: i32): void {
  let row = 0;
  for (; row + 4 <= width; row += 4) {
    let a = rowAddress(table, first + row, rows, start);
    let b = rowAddress(table, first + row + 1, rows, start);
    let c = rowAddress(table, first + row + 2, rows, start);
    let d = rowAddress(table, first + row + 3, rows, start);
    let y = to + (row << 2);
    let left = k;
    for (; left >= 4; left -= 4) {
      const ab = i8x16.shuffle(v128.load(a), v128.load(b), 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
      const ab2 = i8x16.shuffle(v128.load(a), v128.load(b), 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
      const cd = i8x16.shuffle(v128.load(c), v128.load(d), 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
      const cd2 = i8x16.shuffle(v128.load(c), v128.load(d), 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
      v128.store(y, i8x16.shuffle(ab, cd, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23));
      y += width << 2;
      v128.store(y, i8x16.shuffle(ab, cd, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31));
      y += width << 2;
      v128.store(y, i8x16.shuffle(ab2, cd2, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23));
      y += width << 2;
      v128.store(y, i8x16.shuffle(ab2, cd2, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31));
      y += width << 2;
      a += 16;
      b += 16;
      c += 16;
      d += 16;
    }
    for (; left > 0; left--) {
      store<f32>(y, load<f32>(a));
      store<f32>(y, load<f32>(b), 4);
      store<f32>(y, load<f32>(c), 8);
      store<f32>(y, load<f32>(d), 12);
      y += width << 2;
      a += 4;
      b += 4;
      c += 4;
      d += 4;
    }
  }
  for (; row < width; row += 2) {
    let a = rowAddress(table, first + row, rows, start);
    let b = rowAddress(table, first + row + 1, rows, start);
    for (let y = to + (row << 2), end = to + k * (width << 2); y < end; y += width << 2) {
      store<f32>(y, load<f32>(a));
      store<f32>(y, load<f32>(b), 4);
      a += 4;
      b += 4;
    }
  }
}

/** Rows past the end repeat the last. */
@inline
function rowAddress(table: usize, row: i32, rows: i32, start: i32): usize {
  return load<u32>(table + (min(row, rows - 1) << 2)) + (start << 2);
}

/**
 * Rows `first` to `end` of one product, columns of panels `left` to `right`, and what becomes of them; element 0 is the
 * result's number `start`.
 */
function multiply(
  p: Product, a: usize, panels: usize, start: i32, first: i32, end: i32, left: i32, right: i32,
): void {
  const tableA = ownScratch() + p.tableA;
  tabulate(tableA, a, p.rowsA, p.strideA, p.order);
  const results = ownScratch() + p.results;
  const width = (right - left) * COLUMNS;
  const column = left * COLUMNS;
  const columns = min(right * COLUMNS, p.n) - column;
  for (let row = first; row < end; row += p.group) {
    const rows = min(p.group, end - row);
    multiplyGroup(p, tableA, panels + column * p.k * 4, row, rows, width);
    if (columns == p.n) {
      if (width != p.n) closeUp(results, width, p.n, rows);
      finish(p, results, start + row * p.n, rows * p.n);
    } else {
      for (let i = 0; i < rows; i++) finish(p, results + i * (width << 2), start + (row + i) * p.n + column, columns);
    }
  }
}

/** Works off the chain on results that follow each other, or writes them where they go. */
@inline
function finish(p: Product, results: usize, start: i32, count: i32): void {
  if (p.chain) runChain(p.chain, results, start, count);
  else copy(p.output + (start << 2), results, count);
}

/** Moves rows together that were `width` apart; each goes to or before where it was. */
function closeUp(results: usize, width: i32, n: i32, rows: i32): void {
  for (let row = 1; row < rows; row++) {
    let from = results + row * (width << 2);
    const end = from + (n << 2);
    for (let to = results + row * (n << 2); from < end; from += 16, to += 16) v128.store(to, v128.load(from));
  }
}

function multiplyGroup(p: Product, tableA: usize, panels: usize, row: i32, rows: i32, columns: i32): void {
  const block = ownScratch() + p.block;
  const results = ownScratch() + p.results;
  const width = columns << 2;
  for (let k = 0; k < p.k; k += DEPTH) {
    const depth = min(DEPTH, p.k - k);
    const panelA = depth * (ROWS * 4);
    for (let i = 0, to = block; i < rows; i += ROWS, to += panelA) {
      if (p.transposeA) packAcross(tableA + (k << 2), (row + i) << 2, depth, to, ROWS);
      else packAlong(tableA, row + i, p.m, k, depth, to, ROWS);
    }
    for (let column = 0; column < width; column += COLUMNS * 4) {
      const panelB = panels + column * p.k + k * (COLUMNS * 4);
      for (let i = 0, panel = block; i < rows; i += ROWS, panel += panelA) {
        tile(panel, panelB, results + i * width + column, depth, width, k > 0);
      }
    }
  }
}

/** 6 x 8 results, rows `stride` bytes apart: added to what is there, or begun. */
export function tile(a: usize, b: usize, y: usize, depth: i32, stride: usize, add: bool): void {
  const y1 = y + stride;
  const y2 = y1 + stride;
  const y3 = y2 + stride;
  const y4 = y3 + stride;
  const y5 = y4 + stride;
  const zero = f32x4.splat(0);
  let a0 = zero, a1 = zero, b0 = zero, b1 = zero, c0 = zero, c1 = zero;
  let d0 = zero, d1 = zero, e0 = zero, e1 = zero, f0 = zero, f1 = zero;
  if (add) {
    a0 = v128.load(y), a1 = v128.load(y, 16), b0 = v128.load(y1), b1 = v128.load(y1, 16);
    c0 = v128.load(y2), c1 = v128.load(y2, 16), d0 = v128.load(y3), d1 = v128.load(y3, 16);
    e0 = v128.load(y4), e1 = v128.load(y4, 16), f0 = v128.load(y5), f1 = v128.load(y5, 16);
  }
  for (const end = b + depth * (COLUMNS * 4); b < end; b += COLUMNS * 4, a += ROWS * 4) {
    const left = v128.load(b);
    const right = v128.load(b, 16);
    let x = v128.load32_splat(a);
    a0 = madd(x, left, a0);
    a1 = madd(x, right, a1);
    x = v128.load32_splat(a, 4);
    b0 = madd(x, left, b0);
    b1 = madd(x, right, b1);
    x = v128.load32_splat(a, 8);
    c0 = madd(x, left, c0);
    c1 = madd(x, right, c1);
    x = v128.load32_splat(a, 12);
    d0 = madd(x, left, d0);
    d1 = madd(x, right, d1);
    x = v128.load32_splat(a, 16);
    e0 = madd(x, left, e0);
    e1 = madd(x, right, e1);
    x = v128.load32_splat(a, 20);
    f0 = madd(x, left, f0);
    f1 = madd(x, right, f1);
  }
  v128.store(y, a0), v128.store(y, a1, 16), v128.store(y1, b0), v128.store(y1, b1, 16);
  v128.store(y2, c0), v128.store(y2, c1, 16), v128.store(y3, d0), v128.store(y3, d1, 16);
  v128.store(y4, e0), v128.store(y4, e1, 16), v128.store(y5, f0), v128.store(y5, f1, 16);
}
