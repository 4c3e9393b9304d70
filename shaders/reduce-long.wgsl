// reduce-long.wgsl: reduce.wgsl for long rows: y[o, i] = x[o, 0, i] ⊕ x[o, 1, i] ⊕ ...
//
//   x   [OUTER, LENGTH, INNER] f32
//   y   [OUTER, INNER] f32
//
// Invocation l combines elements l, l + 64, l + 128, ...; the 64 results are combined in a tree. Always the same order.
// LENGTH is at least 64, so that each has one to start from. Glue: combine(sofar, x), a sum or a maximum.
// Grid: one workgroup per result, folded.
// Needs: functions/grid.wgsl, functions/workgroup-reduce.wgsl

override OUTER: u32;
override LENGTH: u32;
override INNER: u32;

@group(1) @binding(0) var<storage, read> x: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let index = linear_workgroup(workgroup, count);
  if (index >= OUTER * INNER) {
    return;
  }
  let start = index / INNER * LENGTH * INNER + index % INNER;
  var sofar = x[start + local * INNER];
  for (var i = local + WORKGROUP_SIZE; i < LENGTH; i += WORKGROUP_SIZE) {
    sofar = combine(sofar, x[start + i * INNER]);
  }
  let result = workgroup_reduce(sofar, local);
  if (local == 0u) {
    store(index, result);
  }
}
