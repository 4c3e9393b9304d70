// Rows of a walk (walks.ts), patches of images above all: read where they lie, or packed to panels where not all of their
// elements exist.
//
// Runs that are outside an image are read from zeros, and those that are partly outside are laid first. At both ends of a
// panel, terms that are zeros in all of its rows are left out: of images with a border, those of taps above and below it.

import { COLUMNS, packFour, packTwo, ROWS } from "./panels";
import { boundsOf, layTaps, OPEN, PLACE_BYTES, RUN_BYTES } from "./walks";
import { TERM_BYTES } from "./zeros";

/** Room after laid elements, which are written in whole vectors. */
const ROOM = 16;

// The positions that runs of elements `start` to `end` have along both bounds, and their rest, -1 where they differ.
let firstY: i32 = 0;
let lastY: i32 = 0;
let firstX: i32 = 0;
let endX: i32 = 0;
let commonRest: i32 = 0;

/** Finds the positions of the runs that have elements `start` to `end` of a row. */
export function findExtent(bounds: usize, start: i32, end: i32): void {
  firstY = i32.MAX_VALUE;
  lastY = i32.MIN_VALUE;
  firstX = i32.MAX_VALUE;
  endX = i32.MIN_VALUE;
  let isFirst = true;
  let run = bounds + 36;
  for (let runs = load<i32>(bounds, 32), at = 0; runs > 0 && at < end; runs--, run += RUN_BYTES) {
    at += load<i32>(run);
    if (at <= start) continue;
    const y = load<i32>(run, 12);
    const x = load<i32>(run, 16);
    firstY = min(firstY, y);
    lastY = max(lastY, y);
    firstX = min(firstX, x);
    endX = max(endX, x + load<i32>(run, 4));
    commonRest = isFirst || commonRest == load<i32>(run, 20) ? load<i32>(run, 20) : -1;
    isFirst = false;
  }
}

/** Whether all elements of a row exist, of the runs whose extent was found. */
@inline
export function isInside(place: usize, height: i32, width: i32): bool {
  const y = load<i32>(place, 4);
  const x = load<i32>(place, 8);
  return load<i32>(place, 12) == commonRest && y + firstY >= 0 && y + lastY < height && x + firstX >= 0 && x + endX <= width;
}

/** Bytes of a panel's extent: the first and the end of its terms, counted from where the panel begins. */
export const EXTENT_BYTES = 8;
/** The first term of a panel that isn't packed, since all of its terms exist: they are read where they lie. */
export const IN_PLACE = -1;

/** Whether some elements of a walk may not exist. */
export function isBounded(walk: usize): bool {
  const bounds = boundsOf(walk);
  return load<i32>(bounds) != OPEN || load<i32>(bounds, 16) != OPEN;
}

/** Lists elements `start` to `end` of a row as terms (zeros.ts). */
export function listTerms(walk: usize, start: i32, end: i32, to: usize): void {
  const bounds = boundsOf(walk);
  let run = bounds + 36;
  for (let at = 0; at < end; run += RUN_BYTES) {
    const next = at + load<i32>(run);
    const first = load<i32>(run, 8) - (at << 2);
    for (let i = max(at, start); i < min(next, end); i++, to += TERM_BYTES) {
      store<i32>(to, first + (i << 2));
      store<i32>(to, (i - start) * (COLUMNS * 4), 4);
    }
    at = next;
  }
}

/**
 * Panels [k][6] of elements `start` to `end` of some rows, where not all of them exist.
 *
 * @param places - of the rows, by findRows, whole panels
 * @param spare - memory of seven times as many elements, with room for a vector after each time
 * @param extents - of each panel the terms that aren't all zeros; written
 */
export function packPatches(
  walk: usize, places: usize, rows: i32, start: i32, end: i32, to: usize, spare: usize, extents: usize,
): void {
  const bounds = boundsOf(walk);
  const height = load<i32>(bounds);
  const width = load<i32>(bounds, 16);
  const depth = end - start;
  findExtent(bounds, start, end);
  memory.fill(spare, 0, depth << 2);
  for (const last = places + rows * PLACE_BYTES; places < last; places += ROWS * PLACE_BYTES, to += depth * (ROWS * 4)) {
    const a = places;
    const b = a + PLACE_BYTES;
    const c = b + PLACE_BYTES;
    const d = c + PLACE_BYTES;
    const e = d + PLACE_BYTES;
    const f = e + PLACE_BYTES;
    const inside = isInside(a, height, width) && isInside(b, height, width) && isInside(c, height, width) &&
      isInside(d, height, width) && isInside(e, height, width) && isInside(f, height, width);
    if (inside) {
      store<i32>(extents, IN_PLACE);
    } else {
      findKept(bounds, a, b, c, d, e, f, start, end);
      packPartly(bounds, a, b, c, d, e, f, keptStart, keptEnd, to + (keptStart - start) * (ROWS * 4), spare);
      store<i32>(extents, keptStart - start);
      store<i32>(extents, keptEnd - start, 4);
    }
    extents += EXTENT_BYTES;
  }
}

// Of the elements `start` to `end` of six rows, those from the first to the last that exist in any of them.
let keptStart: i32 = 0;
let keptEnd: i32 = 0;

function findKept(
  bounds: usize, a: usize, b: usize, c: usize, d: usize, e: usize, f: usize, start: i32, end: i32,
): void {
  const height = load<i32>(bounds);
  const width = load<i32>(bounds, 16);
  keptStart = end;
  keptEnd = end;
  let run = bounds + 36;
  for (let runs = load<i32>(bounds, 32), at = 0; runs > 0 && at < end; runs--, run += RUN_BYTES) {
    const next = at + load<i32>(run);
    const exists = next > start && (reaches(a, run, height, width) || reaches(b, run, height, width) ||
      reaches(c, run, height, width) || reaches(d, run, height, width) || reaches(e, run, height, width) ||
      reaches(f, run, height, width));
    if (exists) {
      if (keptStart == end) keptStart = max(at, start);
      keptEnd = min(next, end);
    }
    at = next;
  }
}

/** Whether elements of a row's run exist. */
@inline
function reaches(place: usize, run: usize, height: i32, width: i32): bool {
  const left = load<i32>(place, 8) + load<i32>(run, 16);
  return <u32>(load<i32>(place, 4) + load<i32>(run, 12)) < <u32>height && load<i32>(place, 12) == load<i32>(run, 20) &&
    left + load<i32>(run, 4) > 0 && left < width;
}

/** A panel of rows some of whose elements are outside. */
function packPartly(
  bounds: usize, a: usize, b: usize, c: usize, d: usize, e: usize, f: usize, start: i32, end: i32, to: usize,
  spare: usize,
): void {
  const height = load<i32>(bounds);
  const width = load<i32>(bounds, 16);
  const pitch = ((end - start) << 2) + ROOM;
  let run = bounds + 36;
  for (let runs = load<i32>(bounds, 32), at = 0; runs > 0 && at < end; runs--, run += RUN_BYTES) {
    const next = at + load<i32>(run);
    if (next > start) {
      const begin = max(at, start);
      const count = min(next, end) - begin;
      const first = elementsOf(height, width, a, run, begin - at, count, spare, spare + pitch);
      const second = elementsOf(height, width, b, run, begin - at, count, spare, spare + 2 * pitch);
      const third = elementsOf(height, width, c, run, begin - at, count, spare, spare + 3 * pitch);
      const fourth = elementsOf(height, width, d, run, begin - at, count, spare, spare + 4 * pitch);
      packFour(first, second, third, fourth, count, to, ROWS);
      const fifth = elementsOf(height, width, e, run, begin - at, count, spare, spare + 5 * pitch);
      const sixth = elementsOf(height, width, f, run, begin - at, count, spare, spare + 6 * pitch);
      packTwo(fifth, sixth, count, to + 16, ROWS);
      to += count * (ROWS * 4);
    }
    at = next;
  }
}

/** Where some elements of a row's run are: in their place, among zeros, or laid to memory of their own. */
@inline
function elementsOf(
  height: i32, width: i32, place: usize, run: usize, begin: i32, count: i32, zeros: usize, own: usize,
): usize {
  if (!reaches(place, run, height, width)) return zeros;
  const taps = load<i32>(run, 4);
  const left = load<i32>(place, 8) + load<i32>(run, 16);
  const from = load<u32>(place) + load<i32>(run, 8);
  if (left >= 0 && left + taps <= width) return from + (begin << 2);
  layTaps(from, left, width, load<i32>(run) / taps, begin, count, own, true);
  return own;
}
