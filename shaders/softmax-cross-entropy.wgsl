// softmax-cross-entropy.wgsl: per row, loss = log Σⱼ e^zⱼ - Σⱼ qⱼ zⱼ.
//
//   x        [ROWS, CLASSES] f32, the logits z
//   labels   [ROWS] u32, class index
//   loss     [ROWS] f32
//
// q puts 1 - smoothing on the label and spreads the rest over all classes; a label past the last class counts as the
// last. Glue: SMOOTHING.
// Grid: one invocation per row, folded.
// Needs: functions/grid.wgsl, functions/log-sum-exp.wgsl

override ROWS: u32;
override CLASSES: u32;

@group(1) @binding(0) var<storage, read> x: array<f32>;
@group(1) @binding(1) var<storage, read> labels: array<u32>;

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
  var mean = 0.0;
  if (SMOOTHING > 0.0) {
    for (var j = 0u; j < CLASSES; j++) {
      mean += x[start + j] / f32(CLASSES);
    }
  }
  let label_logit = x[start + min(labels[row], CLASSES - 1u)];
  store(row, log_sum_exp(start) - (1.0 - SMOOTHING) * label_logit - SMOOTHING * mean);
}
