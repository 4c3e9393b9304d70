// reduce-long.wgsl: reduce.wgsl for long rows: y[o, i] = x[o, 0, i] ⊕ x[o, 1, i] ⊕ ..., a sum or a maximum.
//
//   x   [outer, LENGTH, INNER] f32
//   y   [outer, INNER] f32
//
// Invocation l combines elements l, l + 64, l + 128, ...; the 64 results are combined in a tree. Always the same order.
// LENGTH is at least 64, so that each has one to start from.
// Grid: work(index, local), one workgroup of 64 per result.
// Needs functions/grid.wgsl: WORKGROUP_SIZE
// Needs functions/workgroup-reduce.wgsl: workgroup_reduce
// Glue webgpu/reduce.ts: combine(sofar: f32, x: f32) -> f32
// Glue webgpu/glue.ts: x_at(i: u32) -> f32, store(i: u32, value: f32)

override LENGTH: u32;
override INNER: u32;

fn work(index: u32, local: u32) {
  let start = index / INNER * LENGTH * INNER + index % INNER;
  var sofar = x_at(start + local * INNER);
  for (var i = local + WORKGROUP_SIZE; i < LENGTH; i += WORKGROUP_SIZE) {
    sofar = combine(sofar, x_at(start + i * INNER));
  }
  let result = workgroup_reduce(sofar, local);
  if (local == 0u) {
    store(index, result);
  }
}
