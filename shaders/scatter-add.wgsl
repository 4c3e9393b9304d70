// scatter-add.wgsl: y[r] = Σ x[i] over all i with rows[i] = r, in order of i. The reverse of gather.wgsl.
//
//   x      [N, ROW_SIZE] f32
//   rows   [N] u32; a number past the end counts as the last
//   y      [COUNT, ROW_SIZE] f32
//
// Each invocation looks through all row numbers for its own: slow for long lists, but without atomics, whose order
// would depend on timing.
// Grid: each(i), one invocation per element of y.
// Glue webgpu/glue.ts: x_at(i: u32) -> f32, rows_at(i: u32) -> u32, store(i: u32, value: f32)

override N: u32;
override COUNT: u32;
override ROW_SIZE: u32;

fn each(index: u32) {
  let row = index / ROW_SIZE;
  var sum = 0.0;
  for (var i = 0u; i < N; i++) {
    if (min(rows_at(i), COUNT - 1u) == row) {
      sum += x_at(i * ROW_SIZE + index % ROW_SIZE);
    }
  }
  store(index, sum);
}
