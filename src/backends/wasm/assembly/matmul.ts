// y[i, j] = Σₖ a[i, k] b[k, j] for a batch of matrices, and Σₖ b[k, j] where wanted.
//
// b is copied to panels of 8 columns, so that the kernel reads them in order; 6 rows of a are read where they lie. It
// keeps 6 x 8 results in 12 of the processor's 16 vector registers, walks over some k at a time, and adds the terms of a
// result in order of k. Panels at an edge repeat or run past it; what comes of that is dropped.
//
// A group of rows is finished before the next is begun, so that its results are still in the cache when the chain works
// on them. Rows of `a` are found through the epoch's order where they are a batch that lies in the data set. Patches of
// images some of whose elements are outside are packed to panels (patches.ts), and so is a where it lies across, some rows
// and terms at a time (taps.ts). Columns of b that aren't stored in rows are laid into rows first.
//
// Each thread makes some panels of b; then it takes rows of a, or, where that is shared more evenly, the columns whose
// panels it made. Of a batch of matrices, threads take whole matrices.

import { runChain } from "./chain";
import { copy } from "./memory";
import { COLUMNS, packAcross, packAlong, repeatLast, ROWS, tabulate } from "./panels";
import { EXTENT_BYTES, IN_PLACE, isBounded, listOffsets, packPatches } from "./patches";
import { packTaps } from "./taps";
import { keepLargest } from "./pool";
import { ownScratch, shareEnd, shareStart, threadCount } from "./step";
import { barrier } from "./threads";
import { tile, tileInPlace } from "./tile";
import { findRows, layRows, PLACE_BYTES } from "./walks";

@unmanaged
class Product {
  // Sides as they are stored, in rows of `stride` bytes; whether these are the left side's columns, the right side's columns.
  a: usize;
  rowsA: i32;
  strideA: i32;
  transposeA: i32;
  /** The walk by which a's rows are laid, or 0. */
  walkA: usize;
  /** The epoch's order by which a's rows are found; 0 where they follow each other. */
  order: usize;
  b: usize;
  rowsB: i32;
  strideB: i32;
  transposeB: i32;
  walkB: usize;
  m: i32;
  k: i32;
  n: i32;
  /** Terms at a time. */
  depth: i32;
  batches: i32;
  /** The offsets of each batch's matrices: bytes after a's and b's address, and the number of the first result. */
  offsets: usize;
  /** Results from one row to the next. */
  strideY: i32;
  /** Rows of a group, a multiple of those that are whole panels and whole windows. */
  group: i32;
  /** Rows of a window, of whose results the largest is kept; 1 where all are. */
  largest: i32;
  /** Panels of b: common to all threads, or bytes into a thread's scratch in a batch of matrices. */
  panels: usize;
  /** Bytes into a thread's scratch: tables of row addresses, a's panels, results of a group, laid rows, places of terms. */
  tableA: usize;
  tableB: usize;
  block: usize;
  results: usize;
  laidA: usize;
  laidB: usize;
  terms: usize;
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
  for (let row = first; row < end; row += p.group) {
    const rows = min(p.group, end - row);
    multiplyGroup(p, a, tableA, panels + column * p.k * 4, row, rows, width);
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

function multiplyGroup(
  p: Product, a: usize, tableA: usize, panels: usize, row: i32, rows: i32, columns: i32,
): void {
  const block = ownScratch() + p.block;
  const results = ownScratch() + p.results;
  const spare = ownScratch() + p.laidA;
  const offsets = ownScratch() + p.terms;
  const width = columns << 2;
  const isPatches = p.walkA != 0 && !p.transposeA;
  const pitch = isPatches ? PLACE_BYTES : 4;
  const places = isPatches ? tableA : tableA + row * pitch;
  const extents = isPatches && isBounded(p.walkA) ? tableA + p.group * PLACE_BYTES : 0;
  if (isPatches) {
    findRows(p.walkA, a, p.order, row, rows, tableA);
    repeatLast(tableA, rows, PLACE_BYTES);
  }
  for (let k = 0; k < p.k; k += p.depth) {
    const depth = min(p.depth, p.k - k);
    const panelA = depth * (ROWS * 4);
    if (isPatches) {
      listOffsets(p.walkA, k, k + depth, offsets);
      if (extents) packPatches(p.walkA, tableA, rows, k, k + depth, block, spare, extents);
    } else if (p.walkA) {
      findRows(p.walkA, a, p.order, k, depth, tableA);
      packTaps(p.walkA, tableA, depth, row, rows, block, spare);
    } else if (p.transposeA) {
      for (let i = 0, to = block; i < rows; i += ROWS, to += panelA) {
        packAcross(tableA + (k << 2), (row + i) << 2, depth, to, ROWS);
      }
    } else {
      for (let i = 0; i < depth; i++) store<i32>(offsets + (i << 2), (k + i) << 2);
    }
    for (let column = 0; column < width; column += COLUMNS * 4) {
      const panelB = panels + column * p.k + k * (COLUMNS * 4);
      const y = results + column;
      if (!p.transposeA) tileRows(places, pitch, offsets, depth, block, panelB, y, rows, width, k > 0, extents);
      else for (let i = 0, panel = block; i < rows; i += ROWS, panel += panelA) {
        tile(panel, panelB, y + i * width, depth, width, k > 0);
      }
    }
  }
}

/** Tiles of rows that are read where they lie, or of panels of which each has terms of its own; the others are zeros. */
function tileRows(
  places: usize, pitch: i32, offsets: usize, depth: i32, panel: usize, panelB: usize, y: usize, rows: i32, width: i32,
  add: bool, extents: usize,
): void {
  for (let i = 0; i < rows; i += ROWS, panel += depth * (ROWS * 4), y += ROWS * width) {
    const extent = extents + (i / ROWS) * EXTENT_BYTES;
    const first = extents ? load<i32>(extent) : IN_PLACE;
    if (first == IN_PLACE) {
      tileInPlace(places + i * pitch, pitch, offsets, offsets + (depth << 2), panelB, y, width, add);
    } else {
      const terms = load<i32>(extent, 4) - first;
      if (!add || terms > 0) tile(panel + first * (ROWS * 4), panelB + first * (COLUMNS * 4), y, terms, width, add);
    }
  }
}
