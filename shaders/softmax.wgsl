// softmax.wgsl: y = softmax(x) over the last axis, or log softmax(x) where LOGARITHM.
//
//   x   [ROWS, CLASSES] f32
//   y   [ROWS, CLASSES] f32, e^(x - log Σ e^x), or x - log Σ e^x
//
// Grid: one invocation per row, folded.
// Needs: functions/grid.wgsl, functions/log-sum-exp.wgsl

override ROWS: u32;
override CLASSES: u32;
override LOGARITHM: bool;

@group(1) @binding(0) var<storage, read> x: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let row = linear_index(workgroup, count, local);
  if (row >= ROWS) {
    return;
  }
  let start = row * CLASSES;
  let normaliser = log_sum_exp(start);
  for (var j = start; j < start + CLASSES; j++) {
    let log_probability = x[j] - normaliser;
    if (LOGARITHM) {
      store(j, log_probability);
    } else {
      store(j, exp(log_probability));
    }
  }
}
