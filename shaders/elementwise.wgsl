// elementwise.wgsl: each(i), for every element of the result.
//
//   inputs   any shapes that broadcast; bound by the glue that is put in front
//   result   [SIZE], stored by the glue behind
//
// `each` is that glue: it reads each operand at its own place, calls a function of functions/ (an op, dropout, an
// optimizer's update) or moves an element (transpose, slice, pad, concatenate), and stores.
// Grid: one invocation per element, folded.
// Needs: functions/grid.wgsl

override SIZE: u32;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let index = linear_index(workgroup, count, local);
  if (index < SIZE) {
    each(index);
  }
}
