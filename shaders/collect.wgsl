// collect.wgsl: all[first + i] = x[i] for the rows of the batch that exist.
//
//   all   [rows, ROW_SIZE] f32
//   x     [batch, ROW_SIZE] f32
//
// Grid: each(i), one invocation per element of x.
// Needs functions/step.wgsl: step_record
// Glue webgpu/glue.ts: x_at(i: u32) -> f32, store_all(i: u32, value: f32)

override ROW_SIZE: u32;

fn each(i: u32) {
  if (i < step_record.rows * ROW_SIZE) {
    store_all(step_record.first * ROW_SIZE + i, x_at(i));
  }
}
