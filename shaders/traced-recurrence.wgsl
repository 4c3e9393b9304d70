// traced-recurrence.wgsl: states of a recurrent layer over time whose cell is the user's own, s(t) = cell(z(t), h(t - 1) weight +
// bias, s(t - 1)); h is the first state.
//
//   z       [BATCH, TIME, GATES x HIDDEN] f32
//   weight  [HIDDEN, GATES x HIDDEN] f32
//   bias    [GATES x HIDDEN] f32
//   mask    [BATCH, TIME] f32, where MASKED: where it is 0 the states stay as they are
//   first   [BATCH, CELL_STATES x HIDDEN] f32, where BEGUN: the states to begin with, 0 otherwise
//   shown   [BATCH, HIDDEN] f32, where DROPPED: what multiplies h of a row before the weight does
//   y       [BATCH, TIME, (CELL_STATES + GATES) x HIDDEN] f32: the states, and then the hidden sums
//
// A workgroup takes ROWS rows through all places, with two copies of their h in its memory, so that one barrier a place suffices.
// An invocation makes a unit of PER rows that follow each other, which share its reads of the weight, four gates at a time.
// Grid: work(unit, local), one workgroup of 256 for ROWS rows.
// Glue webgpu/traced-cell.ts: step_cell(z: Gates, hidden: Gates, before: States) -> States, const GATES: u32, const CELL_STATES: u32
// Glue webgpu/recurrence.ts: mask_at(i: u32) -> f32, first_at(i: u32) -> f32, shown_at(i: u32) -> f32, const STATES: u32, const FURTHER: u32, const PER: u32
// Glue webgpu/glue.ts: z_at(i: u32) -> f32, weight_at(i: u32) -> f32, bias_at(i: u32) -> f32, store(i: u32, value: f32)

override BATCH: u32;
override TIME: u32;
override HIDDEN: u32;
override ROWS: u32;
override REVERSE: bool;
override MASKED: bool;
override BEGUN: bool;
override DROPPED: bool;

alias Gates = array<f32, GATES>;
alias States = array<f32, CELL_STATES>;

const KEPT = CELL_STATES + GATES;

/// Two copies of h, and the further states.
var<workgroup> states: array<f32, 2 * STATES>;
var<workgroup> further: array<f32, FURTHER>;

/// Sums of four gates from `gate` on, of unit u of PER rows: bias + h weight.
fn hidden_sums(unit: u32, first_row: u32, u: u32, gate: u32, old: u32) -> array<vec4<f32>, PER> {
  let last = GATES - 1u;
  let columns = min(vec4<u32>(gate, gate + 1u, gate + 2u, gate + 3u), vec4<u32>(last)) * HIDDEN + u;
  let bias = vec4<f32>(bias_at(columns.x), bias_at(columns.y), bias_at(columns.z), bias_at(columns.w));
  var sums: array<vec4<f32>, PER>;
  for (var r = 0u; r < PER; r++) {
    sums[r] = bias;
  }
  for (var k = 0u; k < HIDDEN; k++) {
    let w = k * GATES * HIDDEN;
    var weights = vec4<f32>(weight_at(w + columns.x), 0.0, 0.0, 0.0);
    if (gate + 1u < GATES) {
      weights.y = weight_at(w + columns.y);
    }
    if (gate + 2u < GATES) {
      weights.z = weight_at(w + columns.z);
    }
    if (gate + 3u < GATES) {
      weights.w = weight_at(w + columns.w);
    }
    for (var r = 0u; r < PER; r++) {
      var h = states[old + (first_row + r) * HIDDEN + k];
      if (DROPPED) {
        h *= shown_at(min(unit * ROWS + first_row + r, BATCH - 1u) * HIDDEN + k);
      }
      sums[r] += h * weights;
    }
  }
  return sums;
}

fn work(unit: u32, local: u32) {
  for (var i = local; i < STATES; i += 256u) {
    let batch = unit * ROWS + i / HIDDEN;
    for (var s = 0u; s < CELL_STATES; s++) {
      var state = 0.0;
      if (BEGUN && batch < BATCH) {
        state = first_at((batch * CELL_STATES + s) * HIDDEN + i % HIDDEN);
      }
      if (s == 0u) {
        states[i] = state;
      } else {
        further[(s - 1u) * STATES + i] = state;
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
      var all_sums: array<Gates, PER>;
      for (var gate = 0u; gate < GATES; gate += 4u) {
        var sums = hidden_sums(unit, first_row, u, gate, old);
        for (var r = 0u; r < PER; r++) {
          for (var g = gate; g < min(gate + 4u, GATES); g++) {
            all_sums[r][g] = sums[r][g - gate];
          }
        }
      }
      for (var r = 0u; r < PER; r++) {
        let i = (first_row + r) * HIDDEN + u;
        let batch = unit * ROWS + first_row + r;
        if (batch >= BATCH) {
          continue;
        }
        let place = batch * TIME + time;
        let y = place * KEPT * HIDDEN + u;
        var before: States;
        before[0] = states[old + i];
        for (var s = 1u; s < CELL_STATES; s++) {
          before[s] = further[(s - 1u) * STATES + i];
        }
        var after = before;
        if (!(MASKED && mask_at(place) == 0.0)) {
          var z: Gates;
          for (var gate = 0u; gate < GATES; gate++) {
            z[gate] = z_at((place * GATES + gate) * HIDDEN + u);
          }
          after = step_cell(z, all_sums[r], before);
        }
        states[new_states + i] = after[0];
        store(y, after[0]);
        for (var s = 1u; s < CELL_STATES; s++) {
          further[(s - 1u) * STATES + i] = after[s];
          store(y + s * HIDDEN, after[s]);
        }
        for (var gate = 0u; gate < GATES; gate++) {
          store(y + (CELL_STATES + gate) * HIDDEN, all_sums[r][gate]);
        }
      }
    }
    workgroupBarrier();
  }
}
