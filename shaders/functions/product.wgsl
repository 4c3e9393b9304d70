// product.wgsl: the common part of the kernels of a matrix product, y[i, j] = Σₖ a[i, k] b[k, j] for a batch of matrices.
//
//   a   [..., M, K] f32, read by load_a(rows, k), four rows at a time
//   b   [..., K, N] f32, read by load_b(columns, k), four columns at a time
//   y   [..., M, N] f32, handed to store(i, value) element by element
//
// Where SUMS, also Σₖ b[k, j], handed to store_second(j, value): a bias's gradient beside its weight's.
// Results are kept in registers in blocks of 4 × 4: each element that is read serves four of them. Rows and columns past
// the edge aren't written.
// Operands functions/strided-operands.wgsl: Rows, Columns, load_a, load_b
// Glue webgpu/matmul.ts: result_at(batch: u32, row: u32, column: u32) -> u32
// Glue webgpu/glue.ts: store(i: u32, value: f32)
// Glue webgpu/epilogue.ts: store_second(i: u32, value: f32)

override M: u32;
override N: u32;
override K: u32;
override SUMS: bool;

/// Rows and columns of results that begin at `row` and `column` of matrix `batch`.
struct Place {
  batch: u32,
  row: u32,
  column: u32,
}

/// The place of workgroup `unit`, each of which makes `height` × `width` results.
fn place_of(unit: u32, height: u32, width: u32) -> Place {
  let down = (M + height - 1u) / height;
  let across = (N + width - 1u) / width;
  return Place(unit / (down * across), unit / across % down * height, unit % across * width);
}

// Elements past the end of the inner dimension are 0: for kernels that read whole tiles.
fn a_or_zero(rows: Rows, k: u32) -> vec4<f32> {
  if (k >= K) {
    return vec4<f32>();
  }
  return load_a(rows, k);
}

fn b_or_zero(columns: Columns, k: u32) -> vec4<f32> {
  if (k >= K) {
    return vec4<f32>();
  }
  return load_b(columns, k);
}

/// 4 × 4 results.
struct Block {
  row_0: vec4<f32>,
  row_1: vec4<f32>,
  row_2: vec4<f32>,
  row_3: vec4<f32>,
}

/// Adds a_k b_k, four rows' elements by four columns' elements at one k.
fn accumulate(block: ptr<function, Block>, a_k: vec4<f32>, b_k: vec4<f32>) {
  (*block).row_0 += a_k.x * b_k;
  (*block).row_1 += a_k.y * b_k;
  (*block).row_2 += a_k.z * b_k;
  (*block).row_3 += a_k.w * b_k;
}

fn store_at(batch: u32, row: u32, column: u32, value: f32) {
  if (row < M && column < N) {
    store(result_at(batch, row, column), value);
  }
}

fn store_row(batch: u32, row: u32, column: u32, values: vec4<f32>) {
  for (var j = 0u; j < 4u; j++) {
    store_at(batch, row, column + j, values[j]);
  }
}

fn store_block(batch: u32, row: u32, column: u32, block: Block) {
  store_row(batch, row, column, block.row_0);
  store_row(batch, row + 1u, column, block.row_1);
  store_row(batch, row + 2u, column, block.row_2);
  store_row(batch, row + 3u, column, block.row_3);
}

fn store_sums(column: u32, sums: vec4<f32>) {
  for (var j = 0u; j < 4u && column + j < N; j++) {
    store_second(column + j, sums[j]);
  }
}
