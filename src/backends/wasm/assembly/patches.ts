// Panels of the rows of a walk (walks.ts), packed from where their elements lie: patches of images, above all.
//
// Runs that are outside an image are read from zeros, and those that are partly outside are laid first. At both ends of a
// panel, terms that are zeros in all of its rows are left out: of images with a border, those of taps above and below it.

import { packFour, packTwo, ROWS } from "./panels";
import { boundsOf, layTaps, PLACE_BYTES, RUN_BYTES } from "./walks";

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

/**
 * Panels [k][6] of elements `start` to `end` of some rows; rows past the end repeat the last.
 *
 * @param places - of the rows, by findRows
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
  const last = places + (rows - 1) * PLACE_BYTES;
  for (let place = places; place <= last; place += ROWS * PLACE_BYTES, to += depth * (ROWS * 4)) {
    const b = min(place + PLACE_BYTES, last);
    const c = min(place + 2 * PLACE_BYTES, last);
    const d = min(place + 3 * PLACE_BYTES, last);
    const e = min(place + 4 * PLACE_BYTES, last);
    const f = min(place + 5 * PLACE_BYTES, last);
    const inside = isInside(place, height, width) && isInside(b, height, width) && isInside(c, height, width) &&
      isInside(d, height, width) && isInside(e, height, width) && isInside(f, height, width);
    if (inside) {
      keptStart = start;
      keptEnd = end;
      packInside(bounds, place, b, c, d, e, f, start, end, to);
    } else {
      findKept(bounds, place, b, c, d, e, f, start, end);
      packPartly(bounds, place, b, c, d, e, f, keptStart, keptEnd, to + (keptStart - start) * (ROWS * 4), spare);
    }
    store<i32>(extents, keptStart - start);
    store<i32>(extents, keptEnd - start, 4);
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

/** A panel of rows whose elements all exist. */
@inline
function packInside(
  bounds: usize, first: usize, second: usize, third: usize, fourth: usize, fifth: usize, sixth: usize, start: i32,
  end: i32, to: usize,
): void {
  const a = load<u32>(first);
  const b = load<u32>(second);
  const c = load<u32>(third);
  const d = load<u32>(fourth);
  const e = load<u32>(fifth);
  const f = load<u32>(sixth);
  const arePairs = b == a + 4 && d == c + 4 && f == e + 4;
  const areNeighbours = arePairs && c == a + 8 && e == a + 16;
  let run = bounds + 36;
  for (let runs = load<i32>(bounds, 32), at = 0; runs > 0 && at < end; runs--, run += RUN_BYTES) {
    const next = at + load<i32>(run);
    if (next > start) {
      const begin = max(at, start);
      const count = min(next, end) - begin;
      const offset = load<i32>(run, 8) + ((begin - at) << 2);
      if (areNeighbours) {
        packNeighbours(a + offset, count, to);
      } else if (arePairs) {
        packPairs(a + offset, c + offset, e + offset, count, to);
      } else {
        packFour(a + offset, b + offset, c + offset, d + offset, count, to, ROWS);
        packTwo(e + offset, f + offset, count, to + 16, ROWS);
      }
      to += count * (ROWS * 4);
    }
    at = next;
  }
}

/** Rows that begin one element after the other. */
@inline
function packNeighbours(from: usize, count: i32, to: usize): void {
  for (; count > 0; count--, from += 4, to += ROWS * 4) {
    v128.store(to, v128.load(from));
    v128.store64_lane(to, v128.load64_zero(from, 16), 0, 16);
  }
}

/** Rows that are neighbours two by two. */
@inline
function packPairs(first: usize, second: usize, third: usize, count: i32, to: usize): void {
  for (; count > 0; count--, first += 4, second += 4, third += 4, to += ROWS * 4) {
    store<u64>(to, load<u64>(first));
    store<u64>(to, load<u64>(second), 8);
    store<u64>(to, load<u64>(third), 16);
  }
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
