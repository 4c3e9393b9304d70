// count-non-finite.wgsl: how many elements of each of some tensors are NaN or infinite.
//
//   x_0, x_1, ...   f32, of any sizes
//   y               [COUNT] f32
//
// Glue: the tensors; element(tensor, i); SIZES, how many elements each has.
// Grid: one workgroup per tensor. Counts up to 2^24 are exact.
// Needs: functions/grid.wgsl, functions/finite.wgsl, functions/workgroup-reduce.wgsl

override COUNT: u32;

fn combine(a: f32, b: f32) -> f32 {
  return a + b;
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let tensor = linear_workgroup(workgroup, count);
  if (tensor >= COUNT) {
    return;
  }
  var sizes = SIZES;
  var found = 0.0;
  for (var i = local; i < sizes[tensor]; i += WORKGROUP_SIZE) {
    found += select(1.0, 0.0, is_finite(element(tensor, i)));
  }
  let total = workgroup_reduce(found, local);
  if (local == 0u) {
    store(tensor, total);
  }
}
