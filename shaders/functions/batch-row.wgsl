// batch-row.wgsl: the data set's row at place i of the step's batch, by the epoch's shuffled row numbers. Places past the
// batch's last row repeat it.
// Needs functions/step.wgsl: step_record
// Glue webgpu/glue.ts: order_at(i: u32) -> u32

fn batch_row(i: u32) -> u32 {
  return order_at(step_record.first + min(i, step_record.rows - 1u));
}
