// elementwise.wgsl: y[i] = value(i), for every element of the result.
//
//   inputs   f32, any shapes that broadcast; bound and indexed by the glue that is put in front
//   y        f32
//
// `value` is that glue: it reads each operand at its own place and calls an op of functions/elementwise.wgsl, or moves
// an element (transpose, slice, pad, concatenate).
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
    y[index] = value(index);
  }
}
