// row-weights.wgsl: 1 for each row of the batch from START on that exists, 0 for those past the end.
//
//   y   [batch] f32
//
// Grid: each(row), one invocation per row.
// Needs functions/step.wgsl: step_record
// Glue webgpu/glue.ts: store(i: u32, value: f32)

override START: u32;

fn each(row: u32) {
  store(row, select(0.0, 1.0, START + row < step_record.rows));
}
