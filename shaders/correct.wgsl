// correct.wgsl: 1 where a row's largest logit is its label's, else 0. The first of equal logits counts.
//
//   logits   [ROWS, CLASSES] f32
//   labels   [ROWS] u32, class index
//   hits     [ROWS] f32
//
// Grid: one invocation per row, folded.
// Needs: functions/grid.wgsl

override ROWS: u32;
override CLASSES: u32;

@group(1) @binding(0) var<storage, read> logits: array<f32>;
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
  var best = 0u;
  for (var j = 1u; j < CLASSES; j++) {
    if (logits[start + j] > logits[start + best]) {
      best = j;
    }
  }
  store(row, select(0.0, 1.0, best == labels[row]));
}
