// reduce.wgsl: y[o, i] = x[o, 0, i] ⊕ x[o, 1, i] ⊕ ..., combined in this order.
//
//   x   [OUTER, LENGTH, INNER] f32
//   y   [OUTER, INNER] f32
//
// Glue: combine(sofar, x), a sum or a maximum.
// Grid: one invocation per result, folded. For long rows of few results see reduce-long.wgsl.
// Needs: functions/grid.wgsl

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
  let index = linear_index(workgroup, count, local);
  if (index >= OUTER * INNER) {
    return;
  }
  let start = index / INNER * LENGTH * INNER + index % INNER;
  var sofar = x[start];
  for (var i = 1u; i < LENGTH; i++) {
    sofar = combine(sofar, x[start + i * INNER]);
  }
  store(index, sofar);
}
