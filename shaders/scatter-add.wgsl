// scatter-add.wgsl: y[r] = Σ x[i] over all i with rows[i] = r, in order of i. The reverse of gather.wgsl.
//
//   x      [N, ROW_SIZE] f32
//   rows   [N] u32; a number past the end counts as the last
//   y      [COUNT, ROW_SIZE] f32
//
// Each invocation looks through all row numbers for its own: slow for long lists, but without atomics, whose order
// would depend on timing.
// Grid: one invocation per element of y, folded.
// Needs: functions/grid.wgsl

override N: u32;
override COUNT: u32;
override ROW_SIZE: u32;

@group(1) @binding(0) var<storage, read> x: array<f32>;
@group(1) @binding(1) var<storage, read> rows: array<u32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let index = linear_index(workgroup, count, local);
  if (index >= COUNT * ROW_SIZE) {
    return;
  }
  let row = index / ROW_SIZE;
  var sum = 0.0;
  for (var i = 0u; i < N; i++) {
    if (min(rows[i], COUNT - 1u) == row) {
      sum += x[i * ROW_SIZE + index % ROW_SIZE];
    }
  }
  store(index, sum);
}
