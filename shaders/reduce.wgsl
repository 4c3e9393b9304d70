// reduce.wgsl: y[o, i] = x[o, 0, i] ⊕ x[o, 1, i] ⊕ ..., combined in this order: a sum or a maximum.
//
//   x   [outer, LENGTH, INNER] f32
//   y   [outer, INNER] f32
//
// Grid: each(i), one invocation per result. For long rows of few results see reduce-long.wgsl.
// Glue webgpu/reduce.ts: combine(sofar: f32, x: f32) -> f32
// Glue webgpu/glue.ts: x_at(i: u32) -> f32, store(i: u32, value: f32)

override LENGTH: u32;
override INNER: u32;

fn each(index: u32) {
  let start = index / INNER * LENGTH * INNER + index % INNER;
  var sofar = x_at(start);
  for (var i = 1u; i < LENGTH; i++) {
    sofar = combine(sofar, x_at(start + i * INNER));
  }
  store(index, sofar);
}
