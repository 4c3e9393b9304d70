// strided-operands.wgsl: reads the operands of a matrix product whose elements lie at sums of strides: matrices, their
// transposes, and batches of a data set.
//
//   a   element (i, k) lies at offset_a(batch) + place_row(i) + place_inner(k)
//   b   element (k, j) lies at offset_b(batch) + k * B_ROW + j * B_COLUMN
//
// Four rows of a, or four columns of b, are found once for a whole walk over k. Those past the edge are read at the edge.
// Needs functions/product.wgsl: M, N
// Glue webgpu/matmul.ts: offset_a(batch: u32) -> u32, place_row(i: u32) -> u32, place_inner(k: u32) -> u32
// Glue webgpu/matmul.ts: offset_b(batch: u32) -> u32
// Glue webgpu/glue.ts: a_at(i: u32) -> f32, b_at(i: u32) -> f32

override B_ROW: u32;
override B_COLUMN: u32;

fn a_element(batch: u32, row: u32, k: u32) -> f32 {
  return a_at(offset_a(batch) + place_row(row) + place_inner(k));
}

fn b_element(batch: u32, k: u32, column: u32) -> f32 {
  return b_at(offset_b(batch) + k * B_ROW + column * B_COLUMN);
}

/// The places where four rows of a begin.
alias Rows = vec4<u32>;

fn rows_from(batch: u32, row: u32) -> Rows {
  let last = M - 1u;
  return offset_a(batch) + vec4<u32>(
    place_row(min(row, last)),
    place_row(min(row + 1u, last)),
    place_row(min(row + 2u, last)),
    place_row(min(row + 3u, last)),
  );
}

fn load_a(rows: Rows, k: u32) -> vec4<f32> {
  let at = rows + place_inner(k);
  return vec4<f32>(a_at(at.x), a_at(at.y), a_at(at.z), a_at(at.w));
}

/// The places where four columns of b begin.
alias Columns = vec4<u32>;

fn columns_from(batch: u32, column: u32) -> Columns {
  return offset_b(batch) + B_COLUMN * min(column + vec4<u32>(0u, 1u, 2u, 3u), vec4<u32>(N - 1u));
}

fn load_b(columns: Columns, k: u32) -> vec4<f32> {
  let at = columns + k * B_ROW;
  return vec4<f32>(b_at(at.x), b_at(at.y), b_at(at.z), b_at(at.w));
}
