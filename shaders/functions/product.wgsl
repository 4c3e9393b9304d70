// product.wgsl: what the kernels of a matrix product share: y[i, j] = Σₖ a[i, k] b[k, j] for a batch of matrices.
//
//   a   [..., M, K] f32: element (i, k) lies at offset_a(batch) + place_row(i) + place_inner(k)
//   b   [..., K, N] f32: element (k, j) lies at offset_b(batch) + k * B_ROW + j * B_COLUMN
//   y   [BATCH, M, N] f32, handed to store(i, value) element by element
//
// Where SUMS, also Σₖ b[k, j], handed to store_sum(j, value): what a row of ones in a would give, a bias's gradient
// beside its weight's.
// Results are kept in registers in blocks of 4 × 4: each element that is read serves four of them. Rows and columns past
// the edge are read at the edge and not written.
// Glue: place_row(i) and place_inner(k), multiples for a matrix or its transpose, by way of the epoch's order for a batch
// that lies in the data set; offset_a(batch) and offset_b(batch), where a batch's matrices begin (leading axes broadcast);
// SIZE_A and SIZE_B, the elements of a and b, so that a driver needn't ask for them at every read.

override M: u32;
override N: u32;
override K: u32;
override BATCH: u32;
override B_ROW: u32;
override B_COLUMN: u32;
override SUMS: bool;

@group(1) @binding(0) var<storage, read> a: array<f32, SIZE_A>;
@group(1) @binding(1) var<storage, read> b: array<f32, SIZE_B>;

/// Rows and columns of results that begin at `row` and `column` of matrix `batch`.
struct Place {
  batch: u32,
  row: u32,
  column: u32,
}

/// Where a workgroup works that makes `height` × `width` results.
fn place_of(workgroup: u32, height: u32, width: u32) -> Place {
  let down = (M + height - 1u) / height;
  let across = (N + width - 1u) / width;
  return Place(workgroup / (down * across), workgroup / across % down * height, workgroup % across * width);
}

/// Where four rows of a begin.
fn rows_from(batch: u32, row: u32) -> vec4<u32> {
  let last = M - 1u;
  return offset_a(batch) + vec4<u32>(
    place_row(min(row, last)),
    place_row(min(row + 1u, last)),
    place_row(min(row + 2u, last)),
    place_row(min(row + 3u, last)),
  );
}

/// Where four columns of b begin.
fn columns_from(batch: u32, column: u32) -> vec4<u32> {
  return offset_b(batch) + B_COLUMN * min(column + vec4<u32>(0u, 1u, 2u, 3u), vec4<u32>(N - 1u));
}

fn load_a(rows: vec4<u32>, k: u32) -> vec4<f32> {
  let at = rows + place_inner(k);
  return vec4<f32>(a[at.x], a[at.y], a[at.z], a[at.w]);
}

fn load_b(columns: vec4<u32>, k: u32) -> vec4<f32> {
  let at = columns + k * B_ROW;
  return vec4<f32>(b[at.x], b[at.y], b[at.z], b[at.w]);
}

// For kernels that read past the end of the inner dimension.
fn a_or_zero(rows: vec4<u32>, k: u32) -> vec4<f32> {
  if (k >= K) {
    return vec4<f32>();
  }
  return load_a(rows, k);
}

fn b_or_zero(columns: vec4<u32>, k: u32) -> vec4<f32> {
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
    store((batch * M + row) * N + column, value);
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
    store_sum(column + j, sums[j]);
  }
}
