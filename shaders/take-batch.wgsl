// take-batch.wgsl: y[i] = data[order[first + START + i]], rows of this step's batch.
//
//   data    [rows, ROW_SIZE] f32 or u32
//   order   [rows] u32, the epoch's shuffled row numbers
//   y       [batch, ROW_SIZE], of the data's type
//
// Places past the last row of a short batch repeat its last row.
// Grid: each(i), one invocation per element of y.
// Needs functions/batch-row.wgsl: batch_row
// Glue webgpu/glue.ts: data_at(i: u32) -> f32, store(i: u32, value: f32)

override ROW_SIZE: u32;
override START: u32;

fn each(i: u32) {
  store(i, data_at(batch_row(START + i / ROW_SIZE) * ROW_SIZE + i % ROW_SIZE));
}
