// Cells of the user's own: functions of numbers over a row's units at a place. What they work on is put into slots of a chain.
//
//   program   functions, outputs, the slot of each output; then the functions, as those of a chain

import { BLOCK, runOps, slotAddress } from "./chain";
import { copy } from "./memory";

/** Copies `count` elements of the parts of a row's units into slots from `slot` on, or zeros where `from` is 0. */
function put(slot: i32, from: usize, parts: i32, stride: i32, count: i32): void {
  for (let end = slot + parts; slot < end; slot++) {
    if (from) {
      copy(slotAddress(slot), from, count);
      from += stride;
    } else memory.fill(slotAddress(slot), 0, (<usize>count + 3) << 2);
  }
}

/** Copies outputs from number `first` on to the parts of a row's units. */
function take(program: usize, first: i32, to: usize, parts: i32, stride: i32, count: i32): void {
  for (let slots = program + 8 + (first << 2), end = slots + (parts << 2); slots < end; slots += 4, to += stride) {
    copy(to, slotAddress(load<i32>(slots)), count);
  }
}

function run(program: usize, count: i32): void {
  runOps(program + 8 + (load<i32>(program, 4) << 2), load<i32>(program), count);
}

/**
 * The states of a row's place, and the hidden sums after them.
 *
 * @param from - what is kept of the place before, 0 where its states are zeros
 */
export function tracedStates(
  program: usize, units: i32, gates: i32, states: i32, z: usize, hidden: usize, from: usize, to: usize,
): void {
  const stride = units << 2;
  for (let u = 0; u < units; u += BLOCK) {
    const count = min(units - u, BLOCK);
    const at = u << 2;
    put(0, z + at, gates, stride, count);
    put(gates, hidden + at, gates, stride, count);
    put(2 * gates, from ? from + at : 0, states, stride, count);
    run(program, count);
    take(program, 0, to + at, states, stride, count);
  }
  copy(to + states * stride, hidden, gates * units);
}

/**
 * The slopes of a row's place: of z to `dz` and of the hidden sums to `dhidden` where these aren't 0, and to `sums`.
 *
 * @param hidden - the place's hidden sums
 * @param before - what is kept of the place before, 0 where its states are zeros
 * @param slopes - of h after the place, which become those of h before it
 * @param further - of the other states
 */
export function tracedSlopes(
  program: usize, units: i32, gates: i32, states: i32, z: usize, hidden: usize, before: usize, dz: usize, dhidden: usize,
  sums: usize, slopes: usize, further: usize,
): void {
  const stride = units << 2;
  for (let u = 0; u < units; u += BLOCK) {
    const count = min(units - u, BLOCK);
    const at = u << 2;
    put(0, z + at, gates, stride, count);
    put(gates, hidden + at, gates, stride, count);
    put(2 * gates, before ? before + at : 0, states, stride, count);
    put(2 * gates + states, slopes + at, 1, stride, count);
    put(2 * gates + states + 1, further + at, states - 1, stride, count);
    run(program, count);
    if (dz) take(program, 0, dz + at, gates, stride, count);
    if (dhidden) take(program, gates, dhidden + at, gates, stride, count);
    take(program, gates, sums + at, gates, stride, count);
    take(program, 2 * gates, slopes + at, 1, stride, count);
    take(program, 2 * gates + 1, further + at, states - 1, stride, count);
  }
}
