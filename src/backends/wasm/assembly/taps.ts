// Panels of a side whose elements lie across: of the rows of a walk (walks.ts) at many places, some elements each. So the
// gradient of a filter reads patches of images, one place of the images after the other.
//
//   tap     offset in bytes, positions in both bounds, rest: where an element is, from a row's place on

import { packFour, packTwo, ROWS } from "./panels";
import { findExtent, isInside } from "./patches";
import { boundsOf, PLACE_BYTES, RUN_BYTES } from "./walks";

const TAP_BYTES = 16;

/**
 * Panels [places][6] of elements `first` and following of the rows at some places; elements past the end repeat the last.
 *
 * @param places - of the rows, by findRows
 * @param elements - how many of each row
 * @param taps - memory for those of a panel
 */
export function packTaps(
  walk: usize, places: usize, count: i32, first: i32, elements: i32, to: usize, taps: usize,
): void {
  const bounds = boundsOf(walk);
  const height = load<i32>(bounds);
  const width = load<i32>(bounds, 16);
  const last = first + elements - 1;
  const end = places + count * PLACE_BYTES;
  findExtent(bounds, first, last + 1);
  let areInside = true;
  for (let place = places; place < end && areInside; place += PLACE_BYTES) areInside = isInside(place, height, width);
  for (let element = first; element <= last; element += ROWS, to += count * (ROWS * 4)) {
    findTaps(bounds, element, last, taps);
    findExtent(bounds, element, min(element + ROWS, last + 1));
    if (!(areInside && areSideBySide(taps))) packPanel(places, end, height, width, to, taps);
    else for (let place = places, y = to, offset = load<i32>(taps); place < end; place += PLACE_BYTES, y += ROWS * 4) {
      copySix(load<u32>(place) + offset, y);
    }
  }
}

/** Finds six elements of a row, one after the other, the last of them as often as needed. */
function findTaps(bounds: usize, element: i32, last: i32, taps: usize): void {
  let run = bounds + 36;
  let at = 0;
  for (const end = taps + ROWS * TAP_BYTES; taps < end; taps += TAP_BYTES) {
    while (at + load<i32>(run) <= element) {
      at += load<i32>(run);
      run += RUN_BYTES;
    }
    const within = element - at;
    const length = load<i32>(run) / load<i32>(run, 4); // of a tap
    store<i32>(taps, load<i32>(run, 8) + (within << 2));
    store<i32>(taps, load<i32>(run, 12), 4);
    store<i32>(taps, load<i32>(run, 16) + within / length, 8);
    store<i32>(taps, load<i32>(run, 20), 12);
    if (element < last) element++;
  }
}

/** Whether six elements lie side by side. */
function areSideBySide(taps: usize): bool {
  const first = load<i32>(taps);
  for (let i = 1; i < ROWS; i++) if (load<i32>(taps + i * TAP_BYTES) != first + (i << 2)) return false;
  return true;
}

@inline
function copySix(from: usize, to: usize): void {
  v128.store(to, v128.load(from));
  v128.store64_lane(to, v128.load64_zero(from, 16), 0, 16);
}

function packPanel(place: usize, end: usize, height: i32, width: i32, to: usize, taps: usize): void {
  const a = load<i32>(taps);
  const b = load<i32>(taps, 16);
  const c = load<i32>(taps, 32);
  const d = load<i32>(taps, 48);
  const e = load<i32>(taps, 64);
  const f = load<i32>(taps, 80);
  const isRun = areSideBySide(taps);
  while (place < end) {
    const from: usize = load<u32>(place);
    if (!isInside(place, height, width)) {
      packEdge(place, height, width, to, taps);
      place += PLACE_BYTES;
      to += ROWS * 4;
    } else if (isRun) {
      copySix(from + a, to);
      place += PLACE_BYTES;
      to += ROWS * 4;
    } else {
      // Places that are neighbours, one element after the other.
      let count = 1;
      for (place += PLACE_BYTES; place < end && load<u32>(place) == from + (count << 2); place += PLACE_BYTES) {
        if (!isInside(place, height, width)) break;
        count++;
      }
      packFour(from + a, from + b, from + c, from + d, count, to, ROWS);
      packTwo(from + e, from + f, count, to + 16, ROWS);
      to += count * (ROWS * 4);
    }
  }
}

/** The six elements of a place some of which are outside. */
function packEdge(place: usize, height: i32, width: i32, to: usize, taps: usize): void {
  for (const end = taps + ROWS * TAP_BYTES; taps < end; taps += TAP_BYTES, to += 4) {
    const y = load<i32>(place, 4) + load<i32>(taps, 4);
    const x = load<i32>(place, 8) + load<i32>(taps, 8);
    const exists = <u32>y < <u32>height && <u32>x < <u32>width && load<i32>(place, 12) == load<i32>(taps, 12);
    store<f32>(to, exists ? load<f32>(load<u32>(place) + load<i32>(taps)) : 0);
  }
}
