// The products of a group of rows, tile after tile of 6 x 8 results.

import { COLUMNS, packAcross, repeatLast, ROWS } from "./panels";
import { EXTENT_BYTES, IN_PLACE, isBounded, listTerms, packPatches } from "./patches";
import { Product } from "./product";
import { ownScratch } from "./step";
import { packTaps } from "./taps";
import { tile, tileInPlace } from "./tile";
import { findRows, PLACE_BYTES } from "./walks";
import { listAcross, listAll, listAlong, TERM_BYTES } from "./zeros";

/** Rows `row` to `row + rows` of a product, columns of some panels: added up in the scratch for results. */
export function multiplyGroup(
  p: Product, a: usize, tableA: usize, panels: usize, row: i32, rows: i32, columns: i32,
): void {
  const block = ownScratch() + p.block;
  const results = ownScratch() + p.results;
  const spare = ownScratch() + p.laidA;
  const terms = ownScratch() + p.terms;
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
      listTerms(p.walkA, k, k + depth, terms);
      if (extents) packPatches(p.walkA, tableA, rows, k, k + depth, block, spare, extents);
    } else if (p.walkA) {
      findRows(p.walkA, a, p.order, k, depth, tableA);
      packTaps(p.walkA, tableA, depth, row, rows, block, spare);
    } else if (p.transposeA) {
      for (let i = 0, to = block; i < rows; i += ROWS, to += panelA) {
        packAcross(tableA + (k << 2), (row + i) << 2, depth, to, ROWS);
      }
    } else {
      listAll(k, depth, terms);
    }
    for (let column = 0; column < width; column += COLUMNS * 4) {
      const panelB = panels + column * p.k + k * (COLUMNS * 4);
      const y = results + column;
      if (!p.transposeA) tileRows(places, pitch, terms, depth, block, panelB, y, rows, width, k > 0, extents);
      else for (let i = 0, panel = block; i < rows; i += ROWS, panel += panelA) {
        tile(panel, panelB, y + i * width, depth, width, k > 0);
      }
    }
  }
}

/** Tiles of rows that are read where they lie, or of panels of which each has terms of its own; the others are zeros. */
function tileRows(
  places: usize, pitch: i32, terms: usize, depth: i32, panel: usize, panelB: usize, y: usize, rows: i32, width: i32,
  add: bool, extents: usize,
): void {
  for (let i = 0; i < rows; i += ROWS, panel += depth * (ROWS * 4), y += ROWS * width) {
    const extent = extents + (i / ROWS) * EXTENT_BYTES;
    const first = extents ? load<i32>(extent) : IN_PLACE;
    if (first == IN_PLACE) {
      tileInPlace(places + i * pitch, pitch, terms, terms + depth * TERM_BYTES, panelB, y, width, add);
    } else {
      const count = load<i32>(extent, 4) - first;
      if (!add || count > 0) tile(panel + first * (ROWS * 4), panelB + first * (COLUMNS * 4), y, count, width, add);
    }
  }
}

/** The same of rows of data: each tile has those of its terms that aren't zeros in all of its rows. */
export function multiplyData(p: Product, tableA: usize, panels: usize, row: i32, rows: i32, columns: i32): void {
  const results = ownScratch() + p.results;
  const all = ownScratch() + p.terms;
  const kept = all + p.depth * TERM_BYTES;
  const places = kept + p.depth * TERM_BYTES;
  const width = columns << 2;
  for (let k = 0; k < p.k; k += p.depth) {
    const depth = min(p.depth, p.k - k);
    if (!p.transposeA) listAll(k, depth, all);
    for (let i = 0; i < rows; i += ROWS) {
      const at = (row + i) << 2;
      if (p.transposeA) for (let c = 0; c < ROWS * 4; c += 4) store<i32>(places + c, at + c);
      const found = p.transposeA ? listAcross(tableA + (k << 2), at, depth, kept) : listAlong(tableA + at, k, depth, kept);
      const list = found ? kept : all;
      const end = found || all + depth * TERM_BYTES;
      for (let column = 0; column < width; column += COLUMNS * 4) {
        const panelB = panels + column * p.k + k * (COLUMNS * 4);
        const y = results + column + i * width;
        tileInPlace(p.transposeA ? places : tableA + at, 4, list, end, panelB, y, width, k > 0);
      }
    }
  }
}
