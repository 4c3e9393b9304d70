// Recurrent layers over time, and their gradients. Four rows go through all places side by side, so that they share the
// reads of the hidden weight; threads share such blocks of rows.

import { madd, sigmoid, tanh, total } from "./math";
import { addTo, copy, storeSome } from "./memory";
import { ownScratch, shareEnd, shareStart } from "./step";
import { tracedRow } from "./traced-cell";

const ROWS: i32 = 4;

@unmanaged
class Recurrence {
  y: usize;
  /** Where the gradient of the hidden sums goes beside that of z; 0 where it goes nowhere. */
  beside: usize;
  /** 0 where there is none. */
  mask: usize;
  /** States to begin with, h and then c; 0 where they are zeros. */
  start: usize;
  /** A row's factors of h before the weight multiplies it; 0 where there are none. */
  shown: usize;
  batch: i32;
  time: i32;
  units: i32;
  gates: i32;
  kept: i32;
  /** States of a unit. */
  count: i32;
  /** 0 tanh, 1 relu, 2 GRU, 3 LSTM, 4 traced */
  cell: i32;
  reverse: i32;
  /** Of a gradient: elements from the slopes of a place to those of the next; 0 where only the last state has slopes. */
  slopes: i32;
  /** A gradient's: 0 of z, 1 of the hidden sums, 2 of the states to begin with. */
  of: i32;
  /** Of a traced cell. */
  program: usize;
  /** Of the thread's own scratch, of four rows each: sums of the gates; slopes of the states, or zeros; h by its factors. */
  sums: i32;
  states: i32;
  products: i32;
  /** z, weight, bias; or dy, z, y, weight. */
  first: usize;
  second: usize;
  third: usize;
  fourth: usize;
}

@inline
function isMasked(r: Recurrence, place: i32): bool {
  return r.mask != 0 && load<f32>(r.mask + (place << 2)) == 0;
}

export function recurrence(instruction: usize): void {
  const r = changetype<Recurrence>(instruction);
  const blocks = (r.batch + ROWS - 1) / ROWS;
  for (let block = shareStart(blocks), end = shareEnd(blocks); block < end; block++) forward(r, block * ROWS);
}

/** Bytes of a row's states to begin with. */
@inline
function startBytes(r: Recurrence): i32 {
  return r.count * (r.units << 2);
}

/**
 * A row's states before a place, of a row past the end the last one's.
 *
 * @param y - what is kept of all places
 * @param zeros - where a row begins with none
 */
function statesBefore(r: Recurrence, y: usize, row: i32, step: i32, time: i32, zeros: usize): usize {
  row = min(row, r.batch - 1);
  if (step) return y + (((row * r.time + time + (r.reverse ? 1 : -1)) * r.kept * r.units) << 2);
  return r.start ? r.start + row * startBytes(r) : zeros;
}

/** Four rows from `row` on; those past the end are the last again, and aren't written. */
function forward(r: Recurrence, row: i32): void {
  const width = r.gates * r.units;
  const stride = (width + 8) << 2;
  const sums = ownScratch() + r.sums;
  const zeros = ownScratch() + r.states;
  memory.fill(zeros, 0, (r.units + 8) << 2);
  const line = (r.kept * r.units) << 2;
  const last = r.batch - 1;
  for (let step = 0; step < r.time; step++) {
    const time = r.reverse ? r.time - 1 - step : step;
    const a = statesBefore(r, r.y, row, step, time, zeros);
    const b = statesBefore(r, r.y, row + 1, step, time, zeros);
    const c = statesBefore(r, r.y, row + 2, step, time, zeros);
    const d = statesBefore(r, r.y, row + 3, step, time, zeros);
    const hasBefore = step > 0 || r.start != 0;
    if (r.shown) {
      const next = (r.units + 8) << 2;
      const products = ownScratch() + r.products;
      hideSome(r, row, a, products);
      hideSome(r, min(row + 1, last), b, products + next);
      hideSome(r, min(row + 2, last), c, products + 2 * next);
      hideSome(r, min(row + 3, last), d, products + 3 * next);
      hiddenSums(r, sums, stride, products, products + next, products + 2 * next, products + 3 * next);
    } else {
      hiddenSums(r, sums, stride, a, b, c, d);
    }
    for (let i = 0; i < ROWS && row + i < r.batch; i++) {
      const place = (row + i) * r.time + time;
      const from = statesBefore(r, r.y, row + i, step, time, zeros);
      const to = r.y + place * line;
      if (isMasked(r, place)) {
        memory.fill(to, 0, line);
        memory.copy(to, from, (hasBefore ? r.count : 1) * (r.units << 2));
      } else if (r.cell == 4) {
        const hidden = sums + i * stride;
        const z = r.first + ((place * width) << 2);
        tracedRow(r.program, r.units, r.gates, r.count, z, hidden, hasBefore ? from : 0, 0, to, 0);
        copy(to + ((r.count * r.units) << 2), hidden, width);
      } else {
        cellOf(r, r.first + ((place * width) << 2), sums + i * stride, from, to, hasBefore);
      }
    }
  }
}

/** The states that the weight is shown of a row: multiplied by dropout. */
function hideSome(r: Recurrence, row: i32, states: usize, to: usize): void {
  const shown = r.shown + ((row * r.units) << 2);
  for (let u = 0, end = r.units << 2; u < end; u += 16) {
    v128.store(to + u, f32x4.mul(v128.load(states + u), v128.load(shown + u)));
  }
}

/** Adds the share of a slope that goes on to a row's state through dropout. */
function addThrough(r: Recurrence, row: i32, u: i32, slope: f32, to: usize): void {
  if (r.shown) slope *= load<f32>(r.shown + ((min(row, r.batch - 1) * r.units + u) << 2));
  store<f32>(to, load<f32>(to) + slope);
}

/** sums = bias + states weight, of four rows. */
function hiddenSums(r: Recurrence, sums: usize, stride: i32, a: usize, b: usize, c: usize, d: usize): void {
  const width = r.gates * r.units;
  for (let j = 0; j < width; j += 8) {
    const bias = r.third + (j << 2);
    let a0 = v128.load(bias), a1 = v128.load(bias, 16);
    let b0 = a0, b1 = a1, c0 = a0, c1 = a1, d0 = a0, d1 = a1;
    let weight = r.second + (j << 2);
    for (let k = 0, end = r.units << 2; k < end; k += 4) {
      const w0 = v128.load(weight), w1 = v128.load(weight, 16);
      const ha = v128.load32_splat(a + k), hb = v128.load32_splat(b + k);
      const hc = v128.load32_splat(c + k), hd = v128.load32_splat(d + k);
      a0 = madd(ha, w0, a0);
      a1 = madd(ha, w1, a1);
      b0 = madd(hb, w0, b0);
      b1 = madd(hb, w1, b1);
      c0 = madd(hc, w0, c0);
      c1 = madd(hc, w1, c1);
      d0 = madd(hd, w0, d0);
      d1 = madd(hd, w1, d1);
      weight += width << 2;
    }
    let to = sums + (j << 2);
    v128.store(to, a0);
    v128.store(to, a1, 16);
    to += stride;
    v128.store(to, b0);
    v128.store(to, b1, 16);
    to += stride;
    v128.store(to, c0);
    v128.store(to, c1, 16);
    to += stride;
    v128.store(to, d0);
    v128.store(to, d1, 16);
  }
}

/** The state of a row's place. @param from - what is kept of the place before, its state zeros where there is none */
function cellOf(r: Recurrence, z: usize, hidden: usize, from: usize, to: usize, hasBefore: bool): void {
  const gate = r.units << 2;
  const one = f32x4.splat(1);
  for (let left = r.units; left > 0; left -= 4, z += 16, hidden += 16, from += 16, to += 16) {
    const first = f32x4.add(v128.load(z), v128.load(hidden));
    if (r.cell == 0) {
      storeSome(to, tanh(first), left);
    } else if (r.cell == 1) {
      storeSome(to, f32x4.max(first, f32x4.splat(0)), left);
    } else if (r.cell == 2) {
      const reset = sigmoid(first);
      const stays = sigmoid(f32x4.add(v128.load(z + gate), v128.load(hidden + gate)));
      const part = v128.load(hidden + 2 * gate);
      const candidate = tanh(madd(reset, part, v128.load(z + 2 * gate)));
      const state = f32x4.add(f32x4.mul(f32x4.sub(one, stays), candidate), f32x4.mul(stays, v128.load(from)));
      storeSome(to, state, left);
      storeSome(to + gate, reset, left);
      storeSome(to + 2 * gate, stays, left);
      storeSome(to + 3 * gate, part, left);
    } else {
      const inGate = sigmoid(first);
      const forget = sigmoid(f32x4.add(v128.load(z + gate), v128.load(hidden + gate)));
      const candidate = tanh(f32x4.add(v128.load(z + 2 * gate), v128.load(hidden + 2 * gate)));
      const outGate = sigmoid(f32x4.add(v128.load(z + 3 * gate), v128.load(hidden + 3 * gate)));
      const before = hasBefore ? v128.load(from + gate) : f32x4.splat(0);
      const cell = f32x4.add(f32x4.mul(forget, before), f32x4.mul(inGate, candidate));
      storeSome(to, f32x4.mul(outGate, tanh(cell)), left);
      storeSome(to + gate, cell, left);
      storeSome(to + 2 * gate, inGate, left);
      storeSome(to + 3 * gate, forget, left);
      storeSome(to + 4 * gate, candidate, left);
      storeSome(to + 5 * gate, outGate, left);
    }
  }
}

export function recurrenceGradient(instruction: usize): void {
  const r = changetype<Recurrence>(instruction);
  const blocks = (r.batch + ROWS - 1) / ROWS;
  for (let block = shareStart(blocks), end = shareEnd(blocks); block < end; block++) backward(r, block * ROWS);
}

function backward(r: Recurrence, row: i32): void {
  const width = r.gates * r.units;
  const sumsRow = (width + 8) << 2;
  // Slopes of h, and then of further states; built-in cells write room for one in any case.
  const statesRow = (max(2, r.count) * r.units + 8) << 2;
  const sums = ownScratch() + r.sums;
  const states = ownScratch() + r.states;
  memory.fill(sums, 0, ROWS * sumsRow);
  memory.fill(states, 0, ROWS * statesRow);
  const line = (r.kept * r.units) << 2;
  for (let step = r.time - 1; step >= 0; step--) {
    const time = r.reverse ? r.time - 1 - step : step;
    for (let i = 0; i < ROWS && row + i < r.batch; i++) {
      const place = (row + i) * r.time + time;
      const y = r.third + place * line;
      const before = statesBefore(r, r.third, row + i, step, time, 0);
      const own = sums + i * sumsRow;
      const ownStates = states + i * statesRow;
      const dz = r.of ? own : r.y + ((place * width) << 2);
      const isLast = step == r.time - 1;
      const dy = r.slopes ? r.first + ((place * r.slopes) << 2) : isLast ? r.first + (((row + i) * r.units) << 2) : 0;
      if (r.cell == 4) tracedSlopes(r, place, dy, y, before, dz, own, ownStates);
      else slopesOf(r, place, dy, y, before, dz, own, ownStates, ownStates + (r.units << 2));
    }
    // Slopes of the states before, by those of the sums: dot products with rows of the weight, of four rows.
    for (let u = 0; u < r.units; u++) {
      const weight = r.fourth + ((u * width) << 2);
      let a = f32x4.splat(0), b = f32x4.splat(0), c = f32x4.splat(0), d = f32x4.splat(0);
      let j = 0;
      for (; j <= width - 4; j += 4) {
        const w = v128.load(weight + (j << 2));
        const from = sums + (j << 2);
        a = madd(w, v128.load(from), a);
        b = madd(w, v128.load(from + sumsRow), b);
        c = madd(w, v128.load(from + 2 * sumsRow), c);
        d = madd(w, v128.load(from + 3 * sumsRow), d);
      }
      let sa = total(a), sb = total(b), sc = total(c), sd = total(d);
      for (; j < width; j++) {
        const w = load<f32>(weight + (j << 2));
        const from = sums + (j << 2);
        sa += w * load<f32>(from);
        sb += w * load<f32>(from + sumsRow);
        sc += w * load<f32>(from + 2 * sumsRow);
        sd += w * load<f32>(from + 3 * sumsRow);
      }
      const to = states + (u << 2);
      addThrough(r, row, u, sa, to);
      addThrough(r, row + 1, u, sb, to + statesRow);
      addThrough(r, row + 2, u, sc, to + 2 * statesRow);
      addThrough(r, row + 3, u, sd, to + 3 * statesRow);
    }
  }
  if (r.of != 2) return;
  const bytes = startBytes(r);
  for (let i = 0; i < ROWS && row + i < r.batch; i++) {
    memory.copy(r.y + (row + i) * bytes, states + i * statesRow, bytes);
  }
}

/** Slopes of a row's sums at a place, for the inputs in `dz`, for the states in `sums`. @param before - 0 at the first */
function slopesOf(
  r: Recurrence, place: i32, dy: usize, y: usize, before: usize, dz: usize, sums: usize, states: usize, cells: usize,
): void {
  const gate = r.units << 2;
  const width = r.gates * gate;
  const one = f32x4.splat(1);
  const none = f32x4.splat(0);
  const isCarried = isMasked(r, place);
  if (isCarried) {
    memory.fill(dz, 0, width);
    memory.fill(sums, 0, width);
  }
  const z = r.second + place * width;
  // Slopes of all states, an LSTM's cells among them.
  const hasCells = r.cell == 3 && r.slopes == r.kept * r.units;
  for (let u = 0; u < r.units; u += 4) {
    const left = r.units - u;
    const at = u << 2;
    const slope = dy ? f32x4.add(v128.load(states + at), v128.load(dy + at)) : v128.load(states + at);
    const cellSlope = hasCells ? f32x4.add(v128.load(cells + at), v128.load(dy + gate + at)) : v128.load(cells + at);
    if (isCarried) {
      storeSome(states + at, slope, left);
      storeSome(cells + at, cellSlope, left);
      continue;
    }
    const h = v128.load(y + at);
    let stays = none;
    if (r.cell < 2) {
      const s = r.cell == 0
        ? f32x4.mul(slope, f32x4.sub(one, f32x4.mul(h, h)))
        : v128.and(slope, f32x4.gt(h, none));
      put(dz + at, sums + at, s, left);
    } else if (r.cell == 2) {
      const reset = v128.load(y + gate + at);
      const keeps = v128.load(y + 2 * gate + at);
      const part = v128.load(y + 3 * gate + at);
      const candidate = tanh(madd(reset, part, v128.load(z + 2 * gate + at)));
      const past = before ? v128.load(before + at) : none;
      const change = f32x4.sub(one, f32x4.mul(candidate, candidate));
      const dn = f32x4.mul(f32x4.mul(slope, f32x4.sub(one, keeps)), change);
      const dr = f32x4.mul(f32x4.mul(dn, part), f32x4.mul(reset, f32x4.sub(one, reset)));
      const ds = f32x4.mul(f32x4.mul(slope, f32x4.sub(past, candidate)), f32x4.mul(keeps, f32x4.sub(one, keeps)));
      put(dz + at, sums + at, dr, left);
      put(dz + gate + at, sums + gate + at, ds, left);
      storeSome(dz + 2 * gate + at, dn, left);
      storeSome(sums + 2 * gate + at, f32x4.mul(dn, reset), left);
      stays = f32x4.mul(slope, keeps);
    } else {
      const inGate = v128.load(y + 2 * gate + at);
      const forget = v128.load(y + 3 * gate + at);
      const candidate = v128.load(y + 4 * gate + at);
      const outGate = v128.load(y + 5 * gate + at);
      const t = tanh(v128.load(y + gate + at));
      const past = before ? v128.load(before + gate + at) : none;
      const change = f32x4.sub(one, f32x4.mul(t, t));
      const dc = f32x4.add(cellSlope, f32x4.mul(f32x4.mul(slope, outGate), change));
      const di = f32x4.mul(f32x4.mul(dc, candidate), f32x4.mul(inGate, f32x4.sub(one, inGate)));
      const df = f32x4.mul(f32x4.mul(dc, past), f32x4.mul(forget, f32x4.sub(one, forget)));
      const dg = f32x4.mul(f32x4.mul(dc, inGate), f32x4.sub(one, f32x4.mul(candidate, candidate)));
      const dout = f32x4.mul(f32x4.mul(slope, t), f32x4.mul(outGate, f32x4.sub(one, outGate)));
      put(dz + at, sums + at, di, left);
      put(dz + gate + at, sums + gate + at, df, left);
      put(dz + 2 * gate + at, sums + 2 * gate + at, dg, left);
      put(dz + 3 * gate + at, sums + 3 * gate + at, dout, left);
      storeSome(cells + at, f32x4.mul(dc, forget), left);
    }
    storeSome(states + at, stays, left);
  }
}

/** Slopes of a row's traced cell at a place. @param before - 0 at the first */
function tracedSlopes(
  r: Recurrence, place: i32, dy: usize, y: usize, before: usize, dz: usize, sums: usize, states: usize,
): void {
  const at = (place * r.gates * r.units) << 2;
  const width = (r.gates * r.units) << 2;
  if (dy) addTo(states, dy, (r.slopes > r.units ? r.count : 1) * r.units);
  if (isMasked(r, place)) {
    memory.fill(dz, 0, width);
    memory.fill(sums, 0, width);
  } else {
    const hidden = y + ((r.count * r.units) << 2);
    tracedRow(r.program, r.units, r.gates, r.count, r.second + at, hidden, before, states, dz, sums);
  }
  const to = r.of == 1 ? r.y : r.beside;
  if (to) memory.copy(to + at, sums, width);
}

@inline
function put(dz: usize, sums: usize, slope: v128, left: i32): void {
  storeSome(dz, slope, left);
  storeSome(sums, slope, left);
}

/**
 * The gradient of a GRU's hidden sums from element `start` on: as that of its inputs, but the last gate's is multiplied by the
 * gate r. @param kept - h, r, z and the hidden sum of each place
 */
export function gruHiddenGradient(to: usize, dz: usize, kept: usize, units: i32, start: i32, count: i32): void {
  while (count > 0) {
    const place = start / (3 * units);
    const j = start - place * 3 * units;
    const isLast = j >= 2 * units;
    const run = min(count, (isLast ? 3 : 2) * units - j);
    const reset = kept + ((place * 4 * units + j - units) << 2);
    for (let i = 0, left = run; left > 0; i += 16, left -= 4) {
      const x = v128.load(dz + i);
      storeSome(to + i, isLast ? f32x4.mul(x, v128.load(reset + i)) : x, left);
    }
    to += run << 2;
    dz += run << 2;
    start += run;
    count -= run;
  }
}
