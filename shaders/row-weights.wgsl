// row-weights.wgsl: 1 for each row of the batch from START on that exists, 0 for those past the end.
//
//   y   [BATCH] f32
//
// Grid: one invocation per row, folded.
// Needs: functions/grid.wgsl, functions/step.wgsl

override BATCH: u32;
override START: u32;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let row = linear_index(workgroup, count, local);
  if (row < BATCH) {
    store(row, select(0.0, 1.0, START + row < step_record.rows));
  }
}
