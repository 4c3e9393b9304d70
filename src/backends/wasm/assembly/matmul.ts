// y[i, j] = Σₖ a[i, k] b[k, j] for a batch of matrices, and Σₖ b[k, j] where wanted.
//
// b is copied to panels of 8 columns, so that the kernel reads them in order; 6 rows of a are read where they lie. It
// keeps 6 x 8 results in 12 of the processor's 16 vector registers, walks over some k at a time (groups.ts), and adds the
// terms of a result in order of k. Panels at an edge repeat or run past it; what comes of that is dropped.
//
// A group of rows is finished before the next is begun, so that its results are still in the cache when the chain works
// on them. Rows of `a` are found through the epoch's order where they are a batch that lies in the data set; terms that are
// zeros in them are left out (zeros.ts). Patches of images some of whose elements are outside are packed to panels
// (patches.ts), and so is a where it lies across, some rows and terms at a time (taps.ts). Columns of b that aren't stored
// in rows are laid into rows first.
//
// Each thread makes some panels of b; then it takes rows of a, or, where that is shared more evenly, the columns whose
// panels it made. Of a batch of matrices, threads take whole matrices.

import { runChain } from "./chain";
import { multiplyData, multiplyGroup } from "./groups";
import { copy } from "./memory";
import { COLUMNS, packAcross, packAlong, repeatLast, ROWS, tabulate } from "./panels";
import { keepLargest } from "./pool";
import { Product } from "./product";
import { ownScratch, shareEnd, shareStart, threadCount } from "./step";
import { barrier } from "./threads";
import { layRows } from "./walks";
import { areFinite } from "./zeros";

export function product(instruction: usize): void {
  const p = changetype<Product>(instruction);
  const scratch = ownScratch();
  const tableB = scratch + p.tableB;
  if (p.batches == 1) {
    const unit = ROWS * p.largest;
    const units = ceilDivide(p.m, unit);
    const columns = ceilDivide(p.n, COLUMNS);
    const first = shareStart(columns);
    const end = shareEnd(columns);
    packB(p, p.b, tableB, p.panels, first, end);
    if (sharesColumns(ceilDivide(p.m, ROWS), columns)) {
      multiply(p, p.a, p.panels, 0, 0, p.m, first, end);
    } else {
      if (threadCount() > 1) barrier(threadCount());
      multiply(p, p.a, p.panels, 0, shareStart(units) * unit, min(shareEnd(units) * unit, p.m), 0, columns);
    }
    return;
  }
  const panels = scratch + p.panels;
  for (let batch = shareStart(p.batches), end = shareEnd(p.batches); batch < end; batch++) {
    const offsets = p.offsets + batch * 12;
    packB(p, p.b + load<i32>(offsets, 4), tableB, panels, 0, ceilDivide(p.n, COLUMNS));
    multiply(p, p.a + load<i32>(offsets), panels, load<i32>(offsets, 8), 0, p.m, 0, ceilDivide(p.n, COLUMNS));
  }
}

/**
 * True where threads are done earlier if they share the panels of b than those of a. A panel of a that is packed counts as a
 * tile, and so does one of b that comes from memory: threads that share b's panels pack all of a each, and others read all of b.
 */
function sharesColumns(rows: i32, columns: i32): bool {
  const threads = threadCount();
  const own = ceilDivide(columns, threads);
  return rows * (own + 1) + own < ceilDivide(rows, threads) * (columns + 1) + columns;
}

@inline
function ceilDivide(a: i32, b: i32): i32 {
  return (a + b - 1) / b;
}

/** Copies columns of b to panels [k][8], and adds up the columns where wanted. */
function packB(p: Product, b: usize, table: usize, panels: usize, first: i32, end: i32): void {
  if (!p.walkB) tabulate(table, b, p.rowsB, p.strideB, 0);
  for (let panel = first; panel < end; panel++) {
    const to = panels + panel * p.k * (COLUMNS * 4);
    if (p.walkB) {
      packLaidB(p, b, table, panel * COLUMNS, to);
    } else if (p.transposeB) {
      packAlong(table, panel * COLUMNS, p.n, 0, p.k, to, COLUMNS);
    } else {
      packAcross(table, panel * (COLUMNS * 4), p.k, to, COLUMNS);
    }
    if (p.skips) store<i32>(p.skips + (panel << 2), areFinite(to, p.k * COLUMNS));
    if (p.sums) addColumns(p, to, panel);
  }
}

/** Columns from `first` on, which are laid as rows along k, or row after row as they are in a panel. */
function packLaidB(p: Product, b: usize, table: usize, first: i32, to: usize): void {
  const columns = min(COLUMNS, p.n - first);
  if (!p.transposeB) return layRows(p.walkB, b, 0, 0, p.k, first, first + columns, to, COLUMNS * 4, false);
  const laid = ownScratch() + p.laidB;
  layRows(p.walkB, b, 0, first, columns, 0, p.k, laid, p.k << 2, true);
  tabulate(table, laid, columns, p.k << 2, 0);
  packAlong(table, 0, columns, 0, p.k, to, COLUMNS);
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

/**
 * Rows `first` to `end` of one product, columns of panels `left` to `right`, and what becomes of them; element 0 is the
 * result's number `start`.
 */
function multiply(
  p: Product, a: usize, panels: usize, start: i32, first: i32, end: i32, left: i32, right: i32,
): void {
  const tableA = ownScratch() + p.tableA;
  if (!p.walkA) {
    tabulate(tableA, a, p.rowsA, p.strideA, p.order);
    if (!p.transposeA) repeatLast(tableA, p.rowsA, 4);
  }
  const results = ownScratch() + p.results;
  const width = (right - left) * COLUMNS;
  const column = left * COLUMNS;
  const columns = min(right * COLUMNS, p.n) - column;
  let skips = p.skips != 0;
  for (let panel = left; skips && panel < right; panel++) skips = load<i32>(p.skips + (panel << 2)) != 0;
  for (let row = first; row < end; row += p.group) {
    const rows = min(p.group, end - row);
    if (skips) multiplyData(p, tableA, panels + column * p.k * 4, row, rows, width);
    else multiplyGroup(p, a, tableA, panels + column * p.k * 4, row, rows, width);
    if (p.largest > 1) keepLargest(results, width << 2, rows, p.largest);
    const kept = rows / p.largest;
    const number = row / p.largest;
    if (columns == p.strideY) {
      if (width != p.n) closeUp(results, width, p.n, kept);
      finish(p, results, start + number * p.n, kept * p.n);
    } else {
      let at = start + number * p.strideY + column;
      for (let i = 0; i < kept; i++, at += p.strideY) finish(p, results + i * (width << 2), at, columns);
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
