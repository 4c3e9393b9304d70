// Elementwise ops worked off one after the other on a block of elements that stays in the first-level cache.
//
//   chain     ops, whether the last one makes the only output, then for each op: code, words, slot, then as the code asks;
//             then outputs, then slot and address of each
//   operand   source (see codes.ts) and where: two words
//   pattern   address, axes, then size and stride in bytes of each axis, innermost first
//
// A slot holds a block of an op's results, in the thread's own scratch. Slots are worked on in whole vectors; what lies
// past the block's last element is never written to memory. The last op of a block of whole vectors writes the only output
// itself.

import { Op, Source } from "../codes";
import { record } from "./batch";
import { dropout, noise } from "./random";
import { runFunction } from "./functions";
import { callCustom, customCall } from "./host";
import { copy } from "./memory";
import { gruHiddenGradient } from "./recurrence";
import { runUpdate } from "./rules";
import { ownScratch } from "./step";

/** Elements of a block: BLOCK of src/backends/wasm/chain.ts. */
export const BLOCK: i32 = 512;
const SLOT_BYTES = BLOCK * 4;
/** Slots in which operands that aren't memory element by element are spread out. */
const SPREAD = 3;

@inline
export function slotAddress(slot: i32): usize {
  return ownScratch() + (SPREAD + slot) * SLOT_BYTES;
}

/** Works off a chain on elements `start` to `start + count`; what the kernel made of them lies at `given`. */
export function runChain(chain: usize, given: usize, start: i32, count: i32): void {
  forget();
  while (count > 0) {
    const some = min(count, BLOCK);
    runBlock(chain, given, start, some);
    given += some << 2;
    start += some;
    count -= some;
  }
}

/** Works off ops on `count` elements that lie in slots, or are numbers. */
export function runOps(op: usize, ops: i32, count: i32): void {
  for (; ops > 0; ops--) {
    runOp(op, slotAddress(load<i32>(op, 8)), 0, 0, count);
    op += load<i32>(op, 4) << 2;
  }
}

function runBlock(chain: usize, given: usize, start: i32, count: i32): void {
  const isDirect = load<i32>(chain, 4) != 0 && (count & 3) == 0;
  let op = chain + 8;
  for (let left = load<i32>(chain); left > 0; left--) {
    const next = op + (load<i32>(op, 4) << 2);
    const y = left == 1 && isDirect ? load<u32>(next, 8) + (start << 2) : slotAddress(load<i32>(op, 8));
    runOp(op, y, given, start, count);
    op = next;
  }
  if (isDirect) return;
  let output = op + 4;
  for (let left = load<i32>(op); left > 0; left--) {
    const slot = load<i32>(output);
    copy(load<u32>(output, 4) + (start << 2), slot < 0 ? given : slotAddress(slot), count);
    output += 8;
  }
}

// The patterns of one axis that are spread out in the first two places, the elements that they begin with, and how many.
let spreadAt0: usize = 0;
let phaseAt0: i32 = 0;
let countAt0: i32 = 0;
let spreadAt1: usize = 0;
let phaseAt1: i32 = 0;
let countAt1: i32 = 0;

/** Forgets what is spread out: memory may have changed since. */
@inline
function forget(): void {
  spreadAt0 = 0;
  spreadAt1 = 0;
}

/** Whether a block of a pattern is in its place already, from the block before; if not, it will be. */
@inline
function isSpread(place: i32, pattern: usize, start: i32, count: i32): bool {
  const repeats = load<i32>(pattern, 4) == 1;
  const phase = start % load<i32>(pattern, 8);
  if (place == 0) {
    if (repeats && spreadAt0 == pattern && phaseAt0 == phase && countAt0 >= count) return true;
    spreadAt0 = repeats ? pattern : 0;
    phaseAt0 = phase;
    countAt0 = count;
  } else if (place == 1) {
    if (repeats && spreadAt1 == pattern && phaseAt1 == phase && countAt1 >= count) return true;
    spreadAt1 = repeats ? pattern : 0;
    phaseAt1 = phase;
    countAt1 = count;
  }
  return false;
}

let step: usize = 0;

/** Address of an operand's elements from `start`; `step` is how far the next four are, 0 where all are the same. */
function operand(at: usize, place: i32, given: usize, start: i32, count: i32): usize {
  const where = load<u32>(at, 4);
  step = 16;
  switch (load<i32>(at)) {
    case Source.slot: return slotAddress(where);
    case Source.given: return given;
    case Source.memory: return where + (start << 2);
    default: break;
  }
  const spread = ownScratch() + place * SLOT_BYTES;
  if (load<i32>(at) == Source.pattern) {
    if (!isSpread(place, where, start, count)) repeat(where, start, count, spread);
    return spread;
  }
  if (place == 1) spreadAt1 = 0;
  else if (place == 0) spreadAt0 = 0;
  step = 0;
  v128.store(spread, v128.load32_splat(load<i32>(at) == Source.number ? at + 4 : where));
  return spread;
}

/** Spreads out `count` elements of a pattern from `start`, run by run along its innermost axis. */
function repeat(pattern: usize, start: i32, count: i32, to: usize): void {
  const base = load<u32>(pattern);
  const axes = load<i32>(pattern, 4);
  const size = load<i32>(pattern, 8);
  const stride = load<i32>(pattern, 12);
  let at = start % size;
  let outer = start / size;
  while (count > 0) {
    let from = base + at * stride;
    let rest = outer;
    for (let axis = 1, entry = pattern + 16; axis < axes; axis++, entry += 8) {
      const length = load<i32>(entry);
      from += (rest % length) * load<i32>(entry, 4);
      rest /= length;
    }
    const run = min(size - at, count);
    const end = to + (run << 2);
    // Vectors may write past the run: what follows is written after it.
    if (stride == 0) {
      const same = v128.load32_splat(from);
      for (let y = to; y < end; y += 16) v128.store(y, same);
    } else if (stride == 4) {
      for (let y = to; y < end; y += 16, from += 16) v128.store(y, v128.load(from));
    } else {
      for (let y = to; y < end; y += 4, from += stride) store<u32>(y, load<u32>(from));
    }
    to = end;
    count -= run;
    at = 0;
    outer++;
  }
}

/** Words after code, words and slot: operands, two each, then what the op is told. */
function runOp(op: usize, y: usize, given: usize, start: i32, count: i32): void {
  const code = load<i32>(op);
  const a = operand(op + 12, 0, given, start, count);
  const stepA = step;
  switch (code) {
    case Op.dropout:
    case Op.noise: return runRandom(op, y, a, stepA, start, count);
    case Op.customActivation: return runCustom(op, y, a, stepA, given, start, count);
    case Op.customActivationGradient: return runCustom(op, y, a, stepA, given, start, count);
    case Op.record: return runRecord(op, a, stepA, start, count);
    case Op.update: return runUpdateOf(op, a, stepA, start, count);
    case Op.gruHiddenGradient:
      return gruHiddenGradient(y, a, load<u32>(op, 20), load<i32>(op, 24), start, count);
    default: return runScalar(op, y, a, stepA, given, start, count);
  }
}

/** A function of numbers: nothing follows its operands, so that the number of its words tells how many there are. */
function runScalar(op: usize, y: usize, a: usize, stepA: usize, given: usize, start: i32, count: i32): void {
  const operands = (load<i32>(op, 4) - 3) >> 1;
  const b = operands > 1 ? operand(op + 20, 1, given, start, count) : a;
  const stepB = step;
  const c = operands > 2 ? operand(op + 28, 2, given, start, count) : a;
  runFunction(load<i32>(op) - Op.scalar, y, a, stepA, b, stepB, c, step, y + (count << 2));
}

/** A user's activation, of one operand, or its gradient, of three; its number follows them. */
function runCustom(op: usize, y: usize, a: usize, stepA: usize, given: usize, start: i32, count: i32): void {
  const isGradient = load<i32>(op) == Op.customActivationGradient;
  customCall.y = y;
  customCall.a = a;
  customCall.stepA = stepA;
  customCall.b = isGradient ? operand(op + 20, 1, given, start, count) : 0;
  customCall.stepB = step;
  customCall.c = isGradient ? operand(op + 28, 2, given, start, count) : 0;
  customCall.stepC = step;
  callCustom(load<i32>(op + (isGradient ? 36 : 20)), count);
}

/** Then: stream, layer, and for dropout the threshold and the scale, for noise the scale. */
function runRandom(op: usize, y: usize, x: usize, stepX: usize, start: i32, count: i32): void {
  const words = op + 20;
  const block = ownScratch() + SLOT_BYTES; // the second operand's place is free to work in
  spreadAt1 = 0;
  const stream = load<u32>(words);
  const layer = load<u32>(words, 4);
  if (load<i32>(op) == Op.noise) return noise(y, x, stepX >> 2, start, count, stream, layer, load<f32>(words, 8), block);
  dropout(y, x, stepX >> 2, start, count, stream, layer, load<u32>(words, 8), load<f32>(words, 12), block);
}

/** Then: results, slots, first slot. */
function runRecord(op: usize, x: usize, stepX: usize, start: i32, count: i32): void {
  const words = op + 20;
  const slot = load<i32>(words, 8) + start;
  for (let i = 0; i < count; i++, x += stepX >> 2) {
    record(load<u32>(words), load<i32>(words, 4), slot + i, load<f32>(x));
  }
}

/** Then: parameter, state, size, first hyperparameter, number of the rule's update. */
function runUpdateOf(op: usize, gradient: usize, step: usize, start: i32, count: i32): void {
  const words = op + 20;
  const p = load<u32>(words) + (start << 2);
  const state = load<u32>(words, 4) + (start << 2);
  runUpdate(load<i32>(words, 16), p, gradient, step, state, load<i32>(words, 8), load<i32>(words, 12), count);
}
