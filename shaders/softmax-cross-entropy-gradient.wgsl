// softmax-cross-entropy-gradient.wgsl: the gradient of softmax-cross-entropy.wgsl for the logits,
// dlogits = dy (softmax(z) - q).
//
//   x        [ROWS, CLASSES] f32, the logits z
//   labels   [ROWS] u32, class index
//   dy       [ROWS] f32, gradient of each row's loss; 0 for rows past the end of a short batch
//   dlogits  [ROWS, CLASSES] f32
//
// q as in the forward kernel. Glue: SMOOTHING.
// Grid: one invocation per row, folded.
// Needs: functions/grid.wgsl, functions/log-sum-exp.wgsl

override ROWS: u32;
override CLASSES: u32;

@group(1) @binding(0) var<storage, read> x: array<f32>;
@group(1) @binding(1) var<storage, read> labels: array<u32>;
@group(1) @binding(2) var<storage, read> dy: array<f32>;

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
  for (var j = 0u; j < CLASSES; j++) {
    let target_probability = select(0.0, 1.0 - SMOOTHING, j == labels[row]) + SMOOTHING / f32(CLASSES);
    store(start + j, dy[row] * (exp(x[start + j] - normaliser) - target_probability));
  }
}
