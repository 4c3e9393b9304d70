// count-non-finite.wgsl: how many elements of each of some tensors are NaN or infinite.
//
//   x_0, x_1, ...   f32, of any sizes
//   y               [tensors] f32
//
// Grid: work(tensor, local), one workgroup of 64 per tensor. Counts up to 2^24 are exact.
// Needs functions/finite.wgsl: is_finite
// Needs functions/grid.wgsl: WORKGROUP_SIZE
// Needs functions/workgroup-reduce.wgsl: workgroup_reduce
// Glue webgpu/batch.ts: element(tensor: u32, i: u32) -> f32, size_of(tensor: u32) -> u32
// Glue webgpu/glue.ts: store(i: u32, value: f32)

fn combine(a: f32, b: f32) -> f32 {
  return a + b;
}

fn work(tensor: u32, local: u32) {
  let size = size_of(tensor);
  var found = 0.0;
  for (var i = local; i < size; i += WORKGROUP_SIZE) {
    found += select(1.0, 0.0, is_finite(element(tensor, i)));
  }
  let total = workgroup_reduce(found, local);
  if (local == 0u) {
    store(tensor, total);
  }
}
