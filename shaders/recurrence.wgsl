// recurrence.wgsl: states of a recurrent layer over time, s(t) = cell(z(t), s(t - 1) weight + bias, s(t - 1)).
//
//   z       [BATCH, TIME, GATES x HIDDEN] f32
//   weight  [HIDDEN, GATES x HIDDEN] f32
//   bias    [GATES x HIDDEN] f32
//   mask    [BATCH, TIME] f32, where MASKED: where it is 0 the state stays as it is
//   first   [BATCH, HIDDEN] f32, of an LSTM [BATCH, 2 x HIDDEN], h and c, where BEGUN: the states to begin with, 0 otherwise
//   shown   [BATCH, HIDDEN] f32, where DROPPED: what multiplies h of a row before the weight does
//   y       [BATCH, TIME, KEPT x HIDDEN] f32: h, and then per cell: r, z, n's hidden sum (CELL 2, GRU); c, i, f, g, o (3, LSTM)
//
// CELL 0 is tanh, 1 relu. A workgroup takes ROWS rows through all places, with two copies of their states in its memory,
// so that one barrier a place suffices. An invocation makes a unit of PER rows that follow each other, which share its reads
// of the weight. Sums are in order of the units.
// Grid: work(unit, local), one workgroup of 256 for ROWS rows.
// Needs functions/elementwise.wgsl: op_sigmoid, op_tanh
// Glue webgpu/recurrence.ts: mask_at(i: u32) -> f32, first_at(i: u32) -> f32, shown_at(i: u32) -> f32, const STATES: u32, const PER: u32
// Glue webgpu/glue.ts: z_at(i: u32) -> f32, weight_at(i: u32) -> f32, bias_at(i: u32) -> f32, store(i: u32, value: f32)

override CELL: u32;
override BATCH: u32;
override TIME: u32;
override HIDDEN: u32;
override ROWS: u32;
override REVERSE: bool;
override MASKED: bool;
override BEGUN: bool;
override DROPPED: bool;

var<workgroup> states: array<f32, 2 * STATES>;
var<workgroup> cells: array<f32, STATES>;

fn work(unit: u32, local: u32) {
  let gates = select(select(1u, 3u, CELL == 2u), 4u, CELL == 3u);
  let kept = select(select(1u, 4u, CELL == 2u), 6u, CELL == 3u);
  for (var i = local; i < STATES; i += 256u) {
    let batch = unit * ROWS + i / HIDDEN;
    states[i] = 0.0;
    cells[i] = 0.0;
    if (BEGUN && batch < BATCH) {
      let first = batch * select(1u, 2u, CELL == 3u) * HIDDEN + i % HIDDEN;
      states[i] = first_at(first);
      if (CELL == 3u) {
        cells[i] = first_at(first + HIDDEN);
      }
    }
  }
  workgroupBarrier();
  for (var step = 0u; step < TIME; step++) {
    let old = (step % 2u) * STATES;
    let new_states = STATES - old;
    let time = select(step, TIME - 1u - step, REVERSE);
    for (var block = local; block < STATES / PER; block += 256u) {
      let u = block % HIDDEN;
      let first_row = block / HIDDEN * PER;
      var all_sums: array<vec4<f32>, PER>;
      for (var r = 0u; r < PER; r++) {
        for (var gate = 0u; gate < gates; gate++) {
          all_sums[r][gate] = bias_at(gate * HIDDEN + u);
        }
      }
      for (var k = 0u; k < HIDDEN; k++) {
        let w = k * gates * HIDDEN + u;
        var weights = vec4<f32>(weight_at(w), 0.0, 0.0, 0.0);
        if (gates > 1u) {
          weights.y = weight_at(w + HIDDEN);
          weights.z = weight_at(w + 2u * HIDDEN);
        }
        if (gates > 3u) {
          weights.w = weight_at(w + 3u * HIDDEN);
        }
        for (var r = 0u; r < PER; r++) {
          var state = states[old + (first_row + r) * HIDDEN + k];
          if (DROPPED) {
            state *= shown_at(min(unit * ROWS + first_row + r, BATCH - 1u) * HIDDEN + k);
          }
          all_sums[r] += state * weights;
        }
      }
      for (var r = 0u; r < PER; r++) {
        let row = first_row + r;
        let i = row * HIDDEN + u;
        let batch = unit * ROWS + row;
        if (batch >= BATCH) {
          continue;
        }
        let place = batch * TIME + time;
        let before = states[old + i];
        if (MASKED && mask_at(place) == 0.0) {
          states[new_states + i] = before;
          store(place * kept * HIDDEN + u, before);
          for (var part = 1u; part < kept; part++) {
            store((place * kept + part) * HIDDEN + u, select(0.0, cells[i], CELL == 3u && part == 1u));
          }
          continue;
        }
        let sums = all_sums[r];
        let z = place * gates * HIDDEN + u;
        let y = place * kept * HIDDEN + u;
        var state = 0.0;
        if (CELL == 0u) {
          state = op_tanh(z_at(z) + sums.x);
        } else if (CELL == 1u) {
          state = max(0.0, z_at(z) + sums.x);
        } else if (CELL == 2u) {
          let r = op_sigmoid(z_at(z) + sums.x);
          let stays = op_sigmoid(z_at(z + HIDDEN) + sums.y);
          let candidate = op_tanh(z_at(z + 2u * HIDDEN) + r * sums.z);
          state = (1.0 - stays) * candidate + stays * before;
          store(y + HIDDEN, r);
          store(y + 2u * HIDDEN, stays);
          store(y + 3u * HIDDEN, sums.z);
        } else {
          let in_gate = op_sigmoid(z_at(z) + sums.x);
          let forget = op_sigmoid(z_at(z + HIDDEN) + sums.y);
          let candidate = op_tanh(z_at(z + 2u * HIDDEN) + sums.z);
          let out_gate = op_sigmoid(z_at(z + 3u * HIDDEN) + sums.w);
          let c = forget * cells[i] + in_gate * candidate;
          cells[i] = c;
          state = out_gate * op_tanh(c);
          store(y + HIDDEN, c);
          store(y + 2u * HIDDEN, in_gate);
          store(y + 3u * HIDDEN, forget);
          store(y + 4u * HIDDEN, candidate);
          store(y + 5u * HIDDEN, out_gate);
        }
        states[new_states + i] = state;
        store(y, state);
      }
    }
    workgroupBarrier();
  }
}
