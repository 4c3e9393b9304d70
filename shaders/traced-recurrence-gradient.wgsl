// traced-recurrence-gradient.wgsl: the gradient of traced-recurrence.wgsl for z and the hidden sums, from the last place to the
// first; or for the states to begin with.
//
//   dy      [BATCH, TIME, SLOPES] f32, of which that of the states is read; SLOPES is 0 for [BATCH, 1, HIDDEN], of the last h
//   z       [BATCH, TIME, GATES x HIDDEN] f32
//   forward [BATCH, TIME, (CELL_STATES + GATES) x HIDDEN] f32, as traced-recurrence.wgsl made it
//   weight  [HIDDEN, GATES x HIDDEN] f32
//   mask    [BATCH, TIME] f32, where MASKED
//   first   [BATCH, CELL_STATES x HIDDEN] f32, where BEGUN: the states to begin with
//   shown   [BATCH, HIDDEN] f32, where DROPPED
//   dz, dhidden [BATCH, TIME, GATES x HIDDEN] f32, or dfirst, like first: those that are asked for
//
// A workgroup takes ROWS rows. At each place every invocation works out the slopes of its units' cells, and after a barrier
// what those of the hidden sums bring to h one place before.
// Grid: work(unit, local), one workgroup of 256 for ROWS rows.
// Needs functions/hidden-slopes.wgsl: BATCH, HIDDEN, ROWS, bring_back, states, sums
// Glue webgpu/traced-cell.ts: cell_slopes(z: Gates, hidden: Gates, before: States, slopes: States) -> CellSlopes, const GATES: u32, const CELL_STATES: u32
// Glue webgpu/recurrence.ts: mask_at(i: u32) -> f32, first_at(i: u32) -> f32, const STATES: u32, const FURTHER: u32
// Glue webgpu/traced-cell.ts: store_z(i: u32, value: f32), store_hidden(i: u32, value: f32), store_first(i: u32, value: f32)
// Glue webgpu/glue.ts: dy_at(i: u32) -> f32, z_at(i: u32) -> f32, forward_at(i: u32) -> f32

override TIME: u32;
override REVERSE: bool;
override MASKED: bool;
override SLOPES: u32;
override BEGUN: bool;

alias Gates = array<f32, GATES>;
alias States = array<f32, CELL_STATES>;

/// Slopes of each gate's part of z, of its hidden sum, and of the states before.
struct CellSlopes {
  z: Gates,
  hidden: Gates,
  before: States,
}

const KEPT = CELL_STATES + GATES;

/// Slopes of the further states.
var<workgroup> further: array<f32, FURTHER>;

/// The states of unit u of a row before a step.
fn states_before(batch: u32, step: u32, place: u32, u: u32) -> States {
  let other = select(place - 1u, place + 1u, REVERSE); // before it in the order of the recurrence
  var before = States();
  for (var s = 0u; s < CELL_STATES; s++) {
    if (step > 0u) {
      before[s] = forward_at((other * KEPT + s) * HIDDEN + u);
    } else if (BEGUN) {
      before[s] = first_at((batch * CELL_STATES + s) * HIDDEN + u);
    }
  }
  return before;
}

/// The slopes of unit u's states after a place; `i` is where those lie that later places brought.
fn slopes_after(i: u32, batch: u32, place: u32, u: u32, is_last: bool) -> States {
  var slopes: States;
  slopes[0] = states[i];
  if (SLOPES > 0u) {
    slopes[0] += dy_at(place * SLOPES + u);
  } else if (is_last) {
    slopes[0] += dy_at(batch * HIDDEN + u);
  }
  for (var s = 1u; s < CELL_STATES; s++) {
    slopes[s] = further[(s - 1u) * STATES + i];
    if (SLOPES > HIDDEN) {
      slopes[s] += dy_at(place * SLOPES + s * HIDDEN + u);
    }
  }
  return slopes;
}

fn work(unit: u32, local: u32) {
  for (var i = local; i < STATES; i += 256u) {
    states[i] = 0.0;
    for (var s = 1u; s < CELL_STATES; s++) {
      further[(s - 1u) * STATES + i] = 0.0;
    }
  }
  for (var back = 0u; back < TIME; back++) {
    let step = TIME - 1u - back;
    let time = select(step, back, REVERSE);
    for (var i = local; i < STATES; i += 256u) {
      let row = i / HIDDEN;
      let u = i % HIDDEN;
      let batch = unit * ROWS + row;
      var all = CellSlopes();
      if (batch < BATCH) {
        let place = batch * TIME + time;
        let z_place = place * GATES * HIDDEN + u;
        let slopes = slopes_after(i, batch, place, u, back == 0u);
        if (MASKED && mask_at(place) == 0.0) {
          all.before = slopes;
        } else {
          var z: Gates;
          var hidden: Gates;
          for (var gate = 0u; gate < GATES; gate++) {
            z[gate] = z_at(z_place + gate * HIDDEN);
            hidden[gate] = forward_at((place * KEPT + CELL_STATES + gate) * HIDDEN + u);
          }
          all = cell_slopes(z, hidden, states_before(batch, step, place, u), slopes);
        }
        for (var gate = 0u; gate < GATES; gate++) {
          store_z(z_place + gate * HIDDEN, all.z[gate]);
          store_hidden(z_place + gate * HIDDEN, all.hidden[gate]);
        }
      }
      for (var gate = 0u; gate < GATES; gate++) {
        sums[(row * GATES + gate) * HIDDEN + u] = all.hidden[gate];
      }
      states[i] = all.before[0];
      for (var s = 1u; s < CELL_STATES; s++) {
        further[(s - 1u) * STATES + i] = all.before[s];
      }
    }
    workgroupBarrier();
    bring_back(unit, local, GATES);
    workgroupBarrier();
  }
  for (var i = local; i < STATES; i += 256u) {
    let batch = unit * ROWS + i / HIDDEN;
    if (batch >= BATCH) {
      continue;
    }
    let first = batch * CELL_STATES * HIDDEN + i % HIDDEN;
    store_first(first, states[i]);
    for (var s = 1u; s < CELL_STATES; s++) {
      store_first(first + s * HIDDEN, further[(s - 1u) * STATES + i]);
    }
  }
}
