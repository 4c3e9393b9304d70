// take-batch.wgsl: y[i] = data[order[first + START + i]], rows of this step's batch.
//
//   data    [rows, ROW_SIZE] Element
//   order   [rows] u32, the epoch's shuffled row numbers
//   y       [batch, ROW_SIZE] Element, SIZE elements in all
//
// Places past the last row of a short batch repeat its last row. Glue: alias Element, f32 or u32.
// Grid: one invocation per element of y, folded.
// Needs: functions/grid.wgsl, functions/step.wgsl

override SIZE: u32;
override ROW_SIZE: u32;
override START: u32;

@group(1) @binding(0) var<storage, read> data: array<Element>;
@group(1) @binding(1) var<storage, read> order: array<u32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let index = linear_index(workgroup, count, local);
  if (index < SIZE) {
    let place = step_record.first + min(START + index / ROW_SIZE, step_record.rows - 1u);
    store(index, data[order[place] * ROW_SIZE + index % ROW_SIZE]);
  }
}
