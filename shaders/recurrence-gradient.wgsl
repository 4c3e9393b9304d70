// recurrence-gradient.wgsl: the gradient of recurrence.wgsl for z, from the last place to the first;
// or, OF_START, for the states to begin with.
//
//   dy      [BATCH, TIME, SLOPES] f32, of which that of the states is read; SLOPES is 0 for [BATCH, 1, HIDDEN], of the last h
//   z       [BATCH, TIME, GATES x HIDDEN] f32
//   forward [BATCH, TIME, KEPT x HIDDEN] f32, as recurrence.wgsl made it
//   weight  [HIDDEN, GATES x HIDDEN] f32
//   mask    [BATCH, TIME] f32, where MASKED
//   first   [BATCH, HIDDEN] f32, of an LSTM [BATCH, 2 x HIDDEN], where BEGUN: the states to begin with
//   shown   [BATCH, HIDDEN] f32, where DROPPED
//   dz      [BATCH, TIME, GATES x HIDDEN] f32, or that of first
//
// A workgroup takes ROWS rows. At each place every invocation works out the slopes of its units' sums, and after a barrier
// what these bring to the states one place before.
// Grid: work(unit, local), one workgroup of 256 for ROWS rows.
// Needs functions/elementwise.wgsl: op_tanh
// Needs functions/hidden-slopes.wgsl: BATCH, HIDDEN, ROWS, bring_back, states, sums
// Glue webgpu/recurrence.ts: mask_at(i: u32) -> f32, first_at(i: u32) -> f32, const STATES: u32
// Glue webgpu/glue.ts: dy_at(i: u32) -> f32, z_at(i: u32) -> f32, forward_at(i: u32) -> f32, store(i: u32, value: f32)

override CELL: u32;
override TIME: u32;
override REVERSE: bool;
override MASKED: bool;
override SLOPES: u32;
override BEGUN: bool;
override OF_START: bool;

/// Slopes of an LSTM's cells.
var<workgroup> cells: array<f32, STATES>;

fn store_dz(i: u32, value: f32) {
  if (!OF_START) {
    store(i, value);
  }
}

fn work(unit: u32, local: u32) {
  let gates = select(select(1u, 3u, CELL == 2u), 4u, CELL == 3u);
  let kept = select(select(1u, 4u, CELL == 2u), 6u, CELL == 3u);
  for (var i = local; i < STATES; i += 256u) {
    states[i] = 0.0;
    cells[i] = 0.0;
  }
  for (var back = 0u; back < TIME; back++) {
    let step = TIME - 1u - back;
    let time = select(step, back, REVERSE);
    for (var i = local; i < STATES; i += 256u) {
      let row = i / HIDDEN;
      let u = i % HIDDEN;
      let batch = unit * ROWS + row;
      let own = row * gates * HIDDEN + u;
      for (var gate = 0u; gate < gates; gate++) {
        sums[own + gate * HIDDEN] = 0.0;
      }
      if (batch >= BATCH) {
        continue;
      }
      let place = batch * TIME + time;
      let y = place * kept * HIDDEN + u;
      let z = place * gates * HIDDEN + u;
      // The place before in the order of the recurrence.
      let previous = select(place - 1u, place + 1u, REVERSE) * kept * HIDDEN + u;
      let first = batch * select(1u, 2u, CELL == 3u) * HIDDEN + u;
      var slope = states[i];
      if (CELL == 3u && SLOPES > HIDDEN) {
        cells[i] += dy_at(place * SLOPES + HIDDEN + u);
      }
      if (SLOPES > 0u) {
        slope += dy_at(place * SLOPES + u);
      } else if (back == 0u) {
        slope += dy_at(batch * HIDDEN + u);
      }
      if (MASKED && mask_at(place) == 0.0) {
        states[i] = slope;
        for (var gate = 0u; gate < gates; gate++) {
          store_dz(z + gate * HIDDEN, 0.0);
        }
        continue;
      }
      states[i] = 0.0;
      let h = forward_at(y);
      if (CELL == 0u) {
        let dz = slope * (1.0 - h * h);
        store_dz(z, dz);
        sums[own] = dz;
      } else if (CELL == 1u) {
        let dz = select(0.0, slope, h > 0.0);
        store_dz(z, dz);
        sums[own] = dz;
      } else if (CELL == 2u) {
        let r = forward_at(y + HIDDEN);
        let stays = forward_at(y + 2u * HIDDEN);
        let hidden = forward_at(y + 3u * HIDDEN);
        let candidate = op_tanh(z_at(z + 2u * HIDDEN) + r * hidden);
        var before = 0.0;
        if (step > 0u) {
          before = forward_at(previous);
        } else if (BEGUN) {
          before = first_at(first);
        }
        let dn = slope * (1.0 - stays) * (1.0 - candidate * candidate);
        let dr = dn * hidden * r * (1.0 - r);
        let ds = slope * (before - candidate) * stays * (1.0 - stays);
        store_dz(z, dr);
        store_dz(z + HIDDEN, ds);
        store_dz(z + 2u * HIDDEN, dn);
        sums[own] = dr;
        sums[own + HIDDEN] = ds;
        sums[own + 2u * HIDDEN] = dn * r;
        states[i] = slope * stays;
      } else {
        let in_gate = forward_at(y + 2u * HIDDEN);
        let forget = forward_at(y + 3u * HIDDEN);
        let candidate = forward_at(y + 4u * HIDDEN);
        let out_gate = forward_at(y + 5u * HIDDEN);
        let t = op_tanh(forward_at(y + HIDDEN));
        var before = 0.0;
        if (step > 0u) {
          before = forward_at(previous + HIDDEN);
        } else if (BEGUN) {
          before = first_at(first + HIDDEN);
        }
        let dc = cells[i] + slope * out_gate * (1.0 - t * t);
        let di = dc * candidate * in_gate * (1.0 - in_gate);
        let df = dc * before * forget * (1.0 - forget);
        let dg = dc * in_gate * (1.0 - candidate * candidate);
        let d_out = slope * t * out_gate * (1.0 - out_gate);
        store_dz(z, di);
        store_dz(z + HIDDEN, df);
        store_dz(z + 2u * HIDDEN, dg);
        store_dz(z + 3u * HIDDEN, d_out);
        sums[own] = di;
        sums[own + HIDDEN] = df;
        sums[own + 2u * HIDDEN] = dg;
        sums[own + 3u * HIDDEN] = d_out;
        cells[i] = dc * forget;
      }
    }
    workgroupBarrier();
    bring_back(unit, local, gates);
    workgroupBarrier();
  }
  if (!OF_START) {
    return;
  }
  for (var i = local; i < STATES; i += 256u) {
    let batch = unit * ROWS + i / HIDDEN;
    if (batch >= BATCH) {
      continue;
    }
    let first = batch * select(1u, 2u, CELL == 3u) * HIDDEN + i % HIDDEN;
    store(first, states[i]);
    if (CELL == 3u) {
      store(first + HIDDEN, cells[i]);
    }
  }
}
