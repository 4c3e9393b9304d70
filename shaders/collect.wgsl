// collect.wgsl: all[first + i] = x[i] for the rows of the batch that exist.
//
//   all   [rows, ROW_SIZE] f32
//   x     [batch, ROW_SIZE] f32
//
// Grid: one invocation per element of x, folded.
// Needs: functions/grid.wgsl, functions/step.wgsl

override ROW_SIZE: u32;

@group(1) @binding(0) var<storage, read_write> all: array<f32>;
@group(1) @binding(1) var<storage, read> x: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let index = linear_index(workgroup, count, local);
  if (index < step_record.rows * ROW_SIZE) {
    all[step_record.first * ROW_SIZE + index] = x[index];
  }
}
