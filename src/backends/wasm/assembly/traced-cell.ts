// Cells of the user's own: functions of numbers over a row's units at a place. Their operands are copied into slots of a chain.
//
//   program   functions, outputs, the slot of each output; then the functions, as those of a chain

import { BLOCK, runOps, slotAddress } from "./chain";
import { copy } from "./memory";

/** Copies `count` elements of each part of a row into slots from `slot` on, or zeros where `from` is 0. */
function put(slot: i32, from: usize, parts: i32, stride: i32, count: i32): i32 {
  for (; parts > 0; parts--, slot++) {
    if (from) {
      copy(slotAddress(slot), from, count);
      from += stride;
    } else memory.fill(slotAddress(slot), 0, BLOCK << 2);
  }
  return slot;
}

/** Copies the outputs from `slots` on to the parts of a row. @returns the end of their slots */
function take(slots: usize, to: usize, parts: i32, stride: i32, count: i32): usize {
  for (; parts > 0; parts--, slots += 4, to += stride) copy(to, slotAddress(load<i32>(slots)), count);
  return slots;
}

/**
 * Works off a row's units: the states after a place, to `to`; or, where `slopes` isn't 0, the slopes of z, to `to`, and of the
 * hidden sums, to `sums`, and in the place of the states' slopes those of the states before.
 *
 * @param before - what is kept of the place before, 0 where its states are zeros
 */
export function tracedRow(
  program: usize, units: i32, gates: i32, states: i32, z: usize, hidden: usize, before: usize, slopes: usize, to: usize,
  sums: usize,
): void {
  const stride = units << 2;
  const outputs = program + 8;
  const calls = outputs + (load<i32>(program, 4) << 2);
  for (let at = 0; at < stride; at += BLOCK << 2) {
    const count = min((stride - at) >> 2, BLOCK);
    let slot = put(0, z + at, gates, stride, count);
    slot = put(slot, hidden + at, gates, stride, count);
    slot = put(slot, before ? before + at : 0, states, stride, count);
    if (slopes) put(slot, slopes + at, states, stride, count);
    runOps(calls, load<i32>(program), count);
    const slots = take(outputs, to + at, slopes ? gates : states, stride, count);
    if (slopes) take(take(slots, sums + at, gates, stride, count), slopes + at, states, stride, count);
  }
}
