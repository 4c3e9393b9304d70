// Rows of a walk over memory (src/graph/walk.ts), laid side by side: patches of images, and others that don't lie that way.
//
//   walk    axes of rows, then size, stride and kind of each, innermost first; size, stride in bytes, offset and divisor of
//           both bounds; runs, then of each: length in elements, taps, offset in bytes, positions in both bounds, rest
//
// A row's place is an address and a position in each bound, and so is a run's; what is outside a bound is 0. The runs of
// src/backends/wasm/walks.ts: a run of several taps lies side by side, each tap one position further along the last bound.

import { batchRows, firstPlace } from "./step";

// Kinds of axes: a plain stride, positions in a bound, places of the batch.
const FIRST_BOUND = 1;
const LAST_BOUND = 2;
const ORDERED = 3;
/** The size of a bound that there is none of. */
export const OPEN: i32 = i32.MAX_VALUE;

/** The remainder that isn't negative. */
@inline
function remainder(value: i32, divisor: i32): i32 {
  const rest = value % divisor;
  return rest < 0 ? rest + divisor : rest;
}

/** A row's place before positions are divided. */
let place: usize = 0;
let placeY: i32 = 0;
let placeX: i32 = 0;

/** Adds a coordinate along an axis to the place. */
@inline
function go(entry: usize, coordinate: i32, order: usize): void {
  const kind = load<i32>(entry, 8);
  const stride = load<i32>(entry, 4);
  if (kind == FIRST_BOUND) placeY += coordinate * stride;
  else if (kind == LAST_BOUND) placeX += coordinate * stride;
  else if (kind == ORDERED) {
    place += load<i32>(order + ((firstPlace() + min<u32>(coordinate, batchRows() - 1)) << 2)) * stride;
  } else place += coordinate * stride;
}

// Coordinates that follow the present one along the three innermost axes; none along the batch's.
let left0: i32 = 0;
let left1: i32 = 0;
let left2: i32 = 0;

/** Goes to a row, from the one before it where that is its neighbour. Rows follow each other after the first one. */
@inline
function goToRow(walk: usize, base: usize, order: usize, row: i32, isFirst: bool): void {
  const axes = load<i32>(walk);
  const bounds = walk + 4 + axes * 12;
  const innermost = walk + 4;
  if (!isFirst && left0 > 0) {
    left0--;
    return go(innermost, 1, order);
  }
  if (!isFirst && left1 > 0) {
    left1--;
    left0 = goBack(innermost, order);
    return go(innermost + 12, 1, order);
  }
  if (!isFirst && left2 > 0) {
    left2--;
    left0 = goBack(innermost, order);
    left1 = goBack(innermost + 12, order);
    return go(innermost + 24, 1, order);
  }
  left0 = left1 = left2 = 0;
  place = base;
  placeY = -load<i32>(bounds, 8);
  placeX = -load<i32>(bounds, 24);
  let outside = row;
  for (let axis = 0, entry = innermost; axis < axes; axis++, entry += 12) {
    const size = load<i32>(entry);
    let coordinate = outside;
    if (axis < axes - 1) {
      outside /= size;
      coordinate -= outside * size;
    }
    go(entry, coordinate, order);
    if (load<i32>(entry, 8) == ORDERED) continue;
    const left = size - coordinate - 1;
    if (axis == 0) left0 = left;
    else if (axis == 1) left1 = left;
    else if (axis == 2) left2 = left;
  }
}

/** Goes from the end of an axis to its beginning. @returns the coordinates that follow that */
@inline
function goBack(entry: usize, order: usize): i32 {
  const others = load<i32>(entry) - 1;
  go(entry, -others, order);
  return others;
}

// A row's place after positions are divided.
let address: usize = 0;
let positionY: i32 = 0;
let positionX: i32 = 0;
let rests: i32 = 0;

@inline
function dividePlace(bounds: usize): void {
  const divideY = load<i32>(bounds, 12);
  const divideX = load<i32>(bounds, 28);
  positionY = placeY;
  positionX = placeX;
  rests = 0;
  if (divideY > 1 || divideX > 1) {
    const restY = remainder(placeY, divideY);
    const restX = remainder(placeX, divideX);
    positionY = (placeY - restY) / divideY;
    positionX = (placeX - restX) / divideX;
    rests = restY * divideX + restX;
  }
  address = place + positionY * load<i32>(bounds, 4) + positionX * load<i32>(bounds, 20);
}

/** Bytes of a row's place in a table: address, positions in both bounds, rest. */
export const PLACE_BYTES = 16;

/** Writes where the rows from `first` on begin. */
export function findRows(walk: usize, base: usize, order: usize, first: i32, count: i32, table: usize): void {
  const bounds = boundsOf(walk);
  const areDivided = load<i32>(bounds, 12) > 1 || load<i32>(bounds, 28) > 1;
  if (areDivided) return findDivided(walk, base, order, first, count, table);
  const innermost = walk + 4;
  const around0 = load<i32>(innermost) - 1;
  const around1 = load<i32>(innermost, 12) - 1;
  // The way to the next row along each axis: back to the beginning of those inside it, too.
  const along0 = stepAlong(innermost, bounds);
  const back0 = i32x4.mul(along0, i32x4.splat(around0));
  const step1 = stepAlong(innermost + 12, bounds);
  const along1 = i32x4.sub(step1, back0);
  const back1 = i32x4.add(i32x4.mul(step1, i32x4.splat(around1)), back0);
  const along2 = i32x4.sub(stepAlong(innermost + 24, bounds), back1);
  for (const end = first + count; first < end; ) {
    goToRow(walk, base, order, first, true);
    dividePlace(bounds);
    let at = i32x4.replace_lane(i32x4.replace_lane(i32x4.splat(address), 1, positionY), 2, positionX);
    at = i32x4.replace_lane(at, 3, 0);
    let following0 = left0;
    let following1 = left1;
    let following2 = left2;
    for (;;) {
      v128.store(table, at);
      table += PLACE_BYTES;
      if (++first == end) return;
      if (following0 > 0) {
        following0--;
        at = i32x4.add(at, along0);
      } else if (following1 > 0) {
        following1--;
        following0 = around0;
        at = i32x4.add(at, along1);
      } else if (following2 > 0) {
        following2--;
        following1 = around1;
        following0 = around0;
        at = i32x4.add(at, along2);
      } else break;
    }
  }
}

/** How far a coordinate along an axis takes a row, of walks without divisors: a place as findRows writes it. */
@inline
function stepAlong(entry: usize, bounds: usize): v128 {
  const stride = load<i32>(entry, 4);
  const kind = load<i32>(entry, 8);
  const isFirst = <i32>(kind == FIRST_BOUND);
  const isLast = <i32>(kind == LAST_BOUND);
  const bytes = isFirst ? load<i32>(bounds, 4) : isLast ? load<i32>(bounds, 20) : 1;
  const address = i32x4.replace_lane(i32x4.splat(0), 0, stride * bytes);
  return i32x4.replace_lane(i32x4.replace_lane(address, 1, stride * isFirst), 2, stride * isLast);
}

function findDivided(walk: usize, base: usize, order: usize, first: i32, count: i32, table: usize): void {
  const bounds = boundsOf(walk);
  for (let row = first; row < first + count; row++, table += PLACE_BYTES) {
    goToRow(walk, base, order, row, row == first);
    dividePlace(bounds);
    store<u32>(table, address);
    store<i32>(table, positionY, 4);
    store<i32>(table, positionX, 8);
    store<i32>(table, rests, 12);
  }
}

@inline
export function boundsOf(walk: usize): usize {
  return walk + 4 + load<i32>(walk) * 12;
}

/**
 * Writes elements `start` to `end` of the rows from `first` on to memory, `pitch` bytes from one row to the next.
 *
 * @param base - where the walk begins
 * @param order - the epoch's order, or 0
 * @param hasRoom - whether what follows a row may be written over: the next row, and three elements after the last
 */
export function layRows(
  walk: usize, base: usize, order: usize, first: i32, count: i32, start: i32, end: i32, to: usize, pitch: i32,
  hasRoom: bool,
): void {
  const bounds = boundsOf(walk);
  const height = load<i32>(bounds);
  const width = load<i32>(bounds, 16);
  const runs = load<i32>(bounds, 32);
  for (let row = first; row < first + count; row++, to += pitch) {
    goToRow(walk, base, order, row, row == first);
    dividePlace(bounds);
    layRuns(bounds + 36, runs, address, positionY, positionX, rests, height, width, start, end, to, hasRoom);
  }
}

@inline
function layRuns(
  run: usize, runs: i32, address: usize, y: i32, x: i32, rest: i32, height: i32, width: i32, start: i32, end: i32,
  to: usize, hasRoom: bool,
): void {
  let at = 0;
  for (; runs > 0 && at < end; runs--, run += RUN_BYTES) {
    const length = load<i32>(run);
    const next = at + length;
    if (next > start) {
      const begin = max(at, start);
      const some = min(next, end) - begin;
      const taps = load<i32>(run, 4);
      const from = address + load<i32>(run, 8);
      const left = x + load<i32>(run, 16);
      if (<u32>(y + load<i32>(run, 12)) >= <u32>height || load<i32>(run, 20) != rest) {
        zero(to, some, hasRoom);
      } else if (left >= 0 && left + taps <= width) {
        copyRun(to, from + ((begin - at) << 2), some, hasRoom);
      } else {
        layTaps(from, left, width, length / taps, begin - at, some, to, hasRoom);
      }
      to += some << 2;
    }
    at = next;
  }
}

/** Bytes of a run in a walk's table. */
export const RUN_BYTES = 24;

/** Some elements of a run, from number `begin` on, whose first tap has position `left`: those inside, and zeros. */
export function layTaps(
  from: usize, left: i32, width: i32, tap: i32, begin: i32, count: i32, to: usize, hasRoom: bool,
): void {
  for (let i = begin; i < begin + count; ) {
    const number = i / tap;
    const part = min((number + 1) * tap, begin + count) - i;
    const goal = to + ((i - begin) << 2);
    if (<u32>(left + number) < <u32>width) copyRun(goal, from + (i << 2), part, hasRoom);
    else zero(goal, part, hasRoom);
    i += part;
  }
}

@inline
function copyRun(to: usize, from: usize, count: i32, hasRoom: bool): void {
  for (; count >= 4; count -= 4, to += 16, from += 16) v128.store(to, v128.load(from));
  if (hasRoom && count > 0) v128.store(to, v128.load(from));
  else for (; count > 0; count--, to += 4, from += 4) store<f32>(to, load<f32>(from));
}

@inline
function zero(to: usize, count: i32, hasRoom: bool): void {
  for (; count >= 4; count -= 4, to += 16) v128.store(to, f32x4.splat(0));
  if (hasRoom && count > 0) v128.store(to, f32x4.splat(0));
  else for (; count > 0; count--, to += 4) store<f32>(to, 0);
}
