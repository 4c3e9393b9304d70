// count-non-finite.wgsl: how many elements are NaN or infinite.
//
//   x   [SIZE] f32
//   y   [] f32
//
// Grid: one workgroup. Counts up to 2^24 are exact.
// Needs: functions/grid.wgsl, functions/finite.wgsl, functions/workgroup-reduce.wgsl

override SIZE: u32;

@group(1) @binding(0) var<storage, read> x: array<f32>;

fn combine(a: f32, b: f32) -> f32 {
  return a + b;
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  var found = 0.0;
  for (var i = local; i < SIZE; i += WORKGROUP_SIZE) {
    found += select(1.0, 0.0, is_finite(x[i]));
  }
  let total = workgroup_reduce(found, local);
  if (linear_index(workgroup, count, local) == 0u) {
    store(0, total);
  }
}
