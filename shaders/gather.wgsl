// gather.wgsl: y[i] = table[rows[i]], whole rows. A row number past the end reads the last row.
//
//   table   [COUNT, ROW_SIZE] f32 or u32
//   rows    [n] u32
//   y       [n, ROW_SIZE], of the table's type
//
// Grid: each(i), one invocation per element of y.
// Glue webgpu/glue.ts: table_at(i: u32) -> f32, rows_at(i: u32) -> u32, store(i: u32, value: f32)

override COUNT: u32;
override ROW_SIZE: u32;

fn each(i: u32) {
  let row = min(rows_at(i / ROW_SIZE), COUNT - 1u);
  store(i, table_at(row * ROW_SIZE + i % ROW_SIZE));
}
