// Attention by heads, and its gradient, as products of panels: a block of queries at a time has its scores of all keys in
// the thread's scratch. Threads share heads; those of queries that share a head of keys are one thread's.

import { exp, log1, madd, total } from "./math";
import { storeSome } from "./memory";
import { COLUMNS, packAcross, packAlong, ROWS, tabulate } from "./panels";
import { maxOf, sumOf } from "./reduce";
import { ownScratch, shareEnd, shareStart } from "./step";
import { tile } from "./tile";

@unmanaged
class Attention {
  y: usize;
  /** 0 where there is none. */
  mask: usize;
  q: usize;
  k: usize;
  v: usize;
  /** Features from one place to the next. */
  qWidth: i32;
  kWidth: i32;
  vWidth: i32;
  batch: i32;
  queries: i32;
  keys: i32;
  heads: i32;
  keyHeads: i32;
  /** Features of a head. */
  size: i32;
  causal: i32;
  scale: f32;
  nothingSeen: f32;
  /** Queries of a block, a multiple of ROWS; floats from a query's scores to the next one's; `size` in whole panels. */
  block: i32;
  pitch: i32;
  wide: i32;
  /** Bytes into a thread's scratch. */
  table: i32;
  keysAlong: i32;
  keysAcross: i32;
  values: i32;
  queryPanels: i32;
  slopePanels: i32;
  scores: i32;
  changes: i32;
  panel: i32;
  results: i32;
  keySums: i32;
  valueSums: i32;
  /** Of a gradient: slopes of what is seen and floats of a place of them, what attention gave, floats of a place of y. */
  dy: usize;
  forward: usize;
  dyWidth: i32;
  yWidth: i32;
  /** Where keys' and values' slopes begin in a place of y, and whether those of queries, and of keys, are wanted. */
  keysFrom: i32;
  valuesFrom: i32;
  ofQueries: i32;
  ofKeys: i32;
}

@inline
function panels(count: i32, width: i32): i32 {
  return (count + width - 1) / width;
}

/** Rows of a head as panels of columns, each along the features. */
function packColumns(a: Attention, from: usize, width: i32, to: usize): void {
  const table = ownScratch() + a.table;
  tabulate(table, from, a.keys, width << 2, 0);
  for (let panel = 0; panel < panels(a.keys, COLUMNS); panel++) {
    packAlong(table, panel * COLUMNS, a.keys, 0, a.size, to + panel * a.size * (COLUMNS * 4), COLUMNS);
  }
}

/** Rows of a head as panels across the features. */
function packFeatures(a: Attention, from: usize, rows: i32, width: i32, to: usize): void {
  const table = ownScratch() + a.table;
  tabulate(table, from, rows, width << 2, 0);
  for (let column = 0; column < a.wide; column += COLUMNS) packAcross(table, column << 2, rows, to + column * rows * 4, COLUMNS);
}

/** Rows of queries as panels along the features. */
function packRows(a: Attention, from: usize, rows: i32, width: i32, to: usize): void {
  const table = ownScratch() + a.table;
  tabulate(table, from, rows, width << 2, 0);
  for (let row = 0; row < rows; row += ROWS) packAlong(table, row, rows, 0, a.size, to + row * a.size * 4, ROWS);
}

/** Products of a block's rows with the first keys, over the features: rows of `pitch` floats. */
function multiplyKeys(a: Attention, rowPanels: usize, columnPanels: usize, rows: i32, keys: i32, to: usize): void {
  for (let column = 0; column < keys; column += COLUMNS) {
    for (let row = 0; row < rows; row += ROWS) {
      tile(
        rowPanels + row * a.size * 4, columnPanels + column * a.size * 4, to + ((row * a.pitch + column) << 2), a.size,
        a.pitch << 2, false,
      );
    }
  }
}

/** Products of a block's scores with rows of the first keys: rows of `wide` floats. */
function multiplyScores(a: Attention, scores: usize, featurePanels: usize, rows: i32, keys: i32, to: usize): void {
  const table = ownScratch() + a.table;
  const panel = ownScratch() + a.panel;
  tabulate(table, scores, rows, a.pitch << 2, 0);
  for (let row = 0; row < rows; row += ROWS) {
    packAlong(table, row, rows, 0, keys, panel, ROWS);
    for (let column = 0; column < a.wide; column += COLUMNS) {
      tile(panel, featurePanels + column * a.keys * 4, to + ((row * a.wide + column) << 2), keys, a.wide << 2, false);
    }
  }
}

/** Keys that a query may see, the first ones. */
@inline
function seenBy(a: Attention, query: i32): i32 {
  return a.causal ? min(a.keys, query + 1) : a.keys;
}

export function attention(instruction: usize): void {
  const a = changetype<Attention>(instruction);
  const units = a.batch * a.heads;
  for (let unit = shareStart(units), end = shareEnd(units); unit < end; unit++) {
    const batch = unit / a.heads;
    forward(a, batch, unit - batch * a.heads);
  }
}

function forward(a: Attention, batch: i32, head: i32): void {
  const scratch = ownScratch();
  const keyHead = head / (a.heads / a.keyHeads);
  const keys = scratch + a.keysAlong;
  const values = scratch + a.values;
  const scores = scratch + a.scores;
  const results = scratch + a.results;
  packColumns(a, a.k + ((batch * a.keys * a.kWidth + keyHead * a.size) << 2), a.kWidth, keys);
  packFeatures(a, a.v + ((batch * a.keys * a.vWidth + keyHead * a.size) << 2), a.keys, a.vWidth, values);
  const width = a.heads * (a.size + 1);
  for (let first = 0; first < a.queries; first += a.block) {
    const rows = min(a.block, a.queries - first);
    const seen = seenBy(a, first + rows - 1);
    const q = a.q + (((batch * a.queries + first) * a.qWidth + head * a.size) << 2);
    packRows(a, q, rows, a.qWidth, scratch + a.queryPanels);
    multiplyKeys(a, scratch + a.queryPanels, keys, rows, seen, scores);
    const y = a.y + (((batch * a.queries + first) * width) << 2);
    for (let row = 0; row < rows; row++) {
      const normaliser = y + ((row * width + a.heads * a.size + head) << 2);
      store<f32>(normaliser, shares(a, batch, scores + row * (a.pitch << 2), seenBy(a, first + row), seen));
    }
    multiplyScores(a, scores, values, rows, seen, results);
    for (let row = 0; row < rows; row++) {
      const to = y + ((row * width + head * a.size) << 2);
      for (let c = 0; c < a.size; c += 4) {
        storeSome(to + (c << 2), v128.load(results + ((row * a.wide + c) << 2)), a.size - c);
      }
    }
  }
}

/**
 * Makes a query's scores the shares of what it sees, in place, and those of the keys that it doesn't see 0.
 *
 * @param own - keys that it may see; those of the block are `all`
 * @returns the log-sum-exp of its scores
 */
function shares(a: Attention, batch: i32, row: usize, own: i32, all: i32): f32 {
  hide(a, batch, row, own, -Infinity);
  const largest = maxOf(row, own);
  if (largest == -Infinity) {
    memory.fill(row, 0, all << 2);
    return a.nothingSeen;
  }
  const shift = f32x4.splat(largest);
  const scale = f32x4.splat(a.scale);
  for (let j = 0; j < own; j += 4) {
    const at = row + (j << 2);
    v128.store(at, exp(f32x4.mul(f32x4.sub(v128.load(at), shift), scale)));
  }
  memory.fill(row + (own << 2), 0, max(all - own, 0) << 2);
  const sum = sumOf(row, own);
  const whole = f32x4.splat(sum);
  for (let j = 0; j < own; j += 4) {
    const at = row + (j << 2);
    v128.store(at, f32x4.div(v128.load(at), whole));
  }
  return largest * a.scale + log1(sum);
}

/** Puts `value` in the place of keys' numbers that the mask hides. */
function hide(a: Attention, batch: i32, row: usize, own: i32, value: f32): void {
  if (!a.mask) return;
  const mask = a.mask + ((batch * a.keys) << 2);
  for (let j = 0; j < own; j++) {
    if (load<f32>(mask + (j << 2)) == 0) store<f32>(row + (j << 2), value);
  }
}

export function attentionGradient(instruction: usize): void {
  const a = changetype<Attention>(instruction);
  const units = a.batch * a.keyHeads;
  for (let unit = shareStart(units), end = shareEnd(units); unit < end; unit++) {
    const batch = unit / a.keyHeads;
    gradientOf(a, batch, unit - batch * a.keyHeads);
  }
}

function gradientOf(a: Attention, batch: i32, keyHead: i32): void {
  const scratch = ownScratch();
  const k = a.k + ((batch * a.keys * a.kWidth + keyHead * a.size) << 2);
  packColumns(a, k, a.kWidth, scratch + a.keysAlong);
  packColumns(a, a.v + ((batch * a.keys * a.vWidth + keyHead * a.size) << 2), a.vWidth, scratch + a.values);
  if (a.ofQueries) packFeatures(a, k, a.keys, a.kWidth, scratch + a.keysAcross);
  if (a.ofKeys) {
    const bytes = ((a.keys + ROWS) * a.wide) << 2;
    memory.fill(scratch + a.keySums, 0, bytes);
    memory.fill(scratch + a.valueSums, 0, bytes);
  }
  const group = a.heads / a.keyHeads;
  for (let head = keyHead * group; head < (keyHead + 1) * group; head++) {
    for (let first = 0; first < a.queries; first += a.block) {
      gradientOfBlock(a, batch, head, first, min(a.block, a.queries - first));
    }
  }
  if (!a.ofKeys) return;
  const to = a.y + ((batch * a.keys * a.yWidth + keyHead * a.size) << 2);
  putRows(a, scratch + a.keySums, a.keys, to + (a.keysFrom << 2));
  putRows(a, scratch + a.valueSums, a.keys, to + (a.valuesFrom << 2));
}

/** Copies a head's rows of `wide` floats to where they go in y. */
function putRows(a: Attention, from: usize, rows: i32, to: usize): void {
  for (let row = 0; row < rows; row++) {
    for (let c = 0; c < a.size; c += 4) storeSome(to + (c << 2), v128.load(from + (c << 2)), a.size - c);
    from += a.wide << 2;
    to += a.yWidth << 2;
  }
}

function gradientOfBlock(a: Attention, batch: i32, head: i32, first: i32, rows: i32): void {
  const scratch = ownScratch();
  const scores = scratch + a.scores;
  const changes = scratch + a.changes;
  const place = batch * a.queries + first;
  const q = a.q + ((place * a.qWidth + head * a.size) << 2);
  const dy = a.dy + ((place * a.dyWidth + head * a.size) << 2);
  const seen = seenBy(a, first + rows - 1);
  packRows(a, q, rows, a.qWidth, scratch + a.queryPanels);
  packRows(a, dy, rows, a.dyWidth, scratch + a.slopePanels);
  multiplyKeys(a, scratch + a.queryPanels, scratch + a.keysAlong, rows, seen, scores);
  multiplyKeys(a, scratch + a.slopePanels, scratch + a.values, rows, seen, changes);
  const width = a.heads * (a.size + 1);
  for (let row = 0; row < rows; row++) {
    const forward = a.forward + (((place + row) * width) << 2);
    const along = dot(dy + ((row * a.dyWidth) << 2), forward + ((head * a.size) << 2), a.size);
    const normaliser = load<f32>(forward + ((a.heads * a.size + head) << 2));
    const at = row * (a.pitch << 2);
    slopesOfScores(a, batch, scores + at, changes + at, normaliser, along, seenBy(a, first + row));
  }
  if (a.ofQueries) {
    const results = scratch + a.results;
    multiplyScores(a, changes, scratch + a.keysAcross, rows, seen, results);
    putRows(a, results, rows, a.y + ((place * a.yWidth + head * a.size) << 2));
  }
  if (a.ofKeys) {
    packFeatures(a, q, rows, a.qWidth, scratch + a.queryPanels);
    packFeatures(a, dy, rows, a.dyWidth, scratch + a.slopePanels);
    addRows(a, changes, scratch + a.queryPanels, rows, seen, scratch + a.keySums);
    addRows(a, scores, scratch + a.slopePanels, rows, seen, scratch + a.valueSums);
  }
}

/** Shares p of a query's keys in the place of its scores, and in that of their slopes those of the scores; 0 where unseen. */
function slopesOfScores(
  a: Attention, batch: i32, scores: usize, changes: usize, normaliser: f32, along: f32, own: i32,
): void {
  const scale = f32x4.splat(a.scale);
  const shift = f32x4.splat(-normaliser);
  const less = f32x4.splat(along);
  for (let j = 0; j < own << 2; j += 16) {
    const share = exp(madd(v128.load(scores + j), scale, shift));
    v128.store(scores + j, share);
    v128.store(changes + j, f32x4.mul(f32x4.mul(share, scale), f32x4.sub(v128.load(changes + j), less)));
  }
  const rest = (a.pitch - own) << 2;
  memory.fill(scores + (own << 2), 0, rest);
  memory.fill(changes + (own << 2), 0, rest);
  hide(a, batch, scores, own, 0);
  hide(a, batch, changes, own, 0);
}

/** Adds the products of a block's scores, column by column, with rows: to the first keys' sums. */
function addRows(a: Attention, scores: usize, featurePanels: usize, rows: i32, keys: i32, sums: usize): void {
  const table = ownScratch() + a.table;
  const panel = ownScratch() + a.panel;
  tabulate(table, scores, rows, a.pitch << 2, 0);
  for (let key = 0; key < keys; key += ROWS) {
    packAcross(table, key << 2, rows, panel, ROWS);
    for (let column = 0; column < a.wide; column += COLUMNS) {
      tile(panel, featurePanels + column * rows * 4, sums + ((key * a.wide + column) << 2), rows, a.wide << 2, true);
    }
  }
}

/** Σ x y of two rows of features. */
function dot(x: usize, y: usize, size: i32): f32 {
  let sums = f32x4.splat(0);
  let i = 0;
  for (; i <= size - 4; i += 4) sums = madd(v128.load(x + (i << 2)), v128.load(y + (i << 2)), sums);
  let sum = total(sums);
  for (; i < size; i++) sum += load<f32>(x + (i << 2)) * load<f32>(y + (i << 2));
  return sum;
}
