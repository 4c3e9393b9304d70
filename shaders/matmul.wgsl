// matmul.wgsl: y[i, j] = Σₖ a[i, k] b[k, j] for a batch of matrices.
//
//   a   [..., M, K] f32: element (i, k) lies at place_row(i) + place_inner(k)
//   b   [..., K, N] f32, likewise at k * B_ROW + j * B_COLUMN
//   y   [BATCH, M, N] f32, handed to store(i, value) element by element
//
// Every invocation keeps a tile of 4 × 4 results in registers and walks over k; rows and columns past the edge are
// read at the edge and not written. The terms of a result are added in order of k.
// Where SUMS, also Σₖ b[k, j], which is what a row of ones in a would give: a bias's gradient beside its weight's.
// Glue: place_row(i) and place_inner(k), multiples for a matrix or its transpose, by way of the epoch's order for a batch
// that lies in the data set; offset_a(batch) and offset_b(batch), where a batch's matrices begin (leading axes broadcast).
// Grid: one workgroup of 8 × 8 invocations per 32 × 32 results and batch, folded.
// Needs: functions/grid.wgsl

override M: u32;
override N: u32;
override K: u32;
override BATCH: u32;
override B_ROW: u32;
override B_COLUMN: u32;
override SUMS: bool;

@group(1) @binding(0) var<storage, read> a: array<f32>;
@group(1) @binding(1) var<storage, read> b: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let blocks_down = (M + 31u) / 32u;
  let blocks_across = (N + 31u) / 32u;
  let block = linear_workgroup(workgroup, count);
  let batch = block / (blocks_down * blocks_across);
  let row = (block / blocks_across % blocks_down) * 32u + local / 8u * 4u;
  let column = (block % blocks_across) * 32u + local % 8u * 4u;
  if (batch >= BATCH || row >= M || column >= N) {
    return;
  }

  let last_row = M - 1u;
  let last_column = N - 1u;
  let start_a = offset_a(batch);
  let start_b = offset_b(batch);
  let rows = start_a + vec4<u32>(
    place_row(row),
    place_row(min(row + 1u, last_row)),
    place_row(min(row + 2u, last_row)),
    place_row(min(row + 3u, last_row)),
  );
  let columns =
    start_b + B_COLUMN * min(vec4<u32>(column, column + 1u, column + 2u, column + 3u), vec4<u32>(last_column));

  var row_0 = vec4<f32>();
  var row_1 = vec4<f32>();
  var row_2 = vec4<f32>();
  var row_3 = vec4<f32>();
  var sums = vec4<f32>();
  for (var k = 0u; k < K; k++) {
    let at_a = rows + place_inner(k);
    let at_b = columns + k * B_ROW;
    let b_k = vec4<f32>(b[at_b.x], b[at_b.y], b[at_b.z], b[at_b.w]);
    row_0 += a[at_a.x] * b_k;
    row_1 += a[at_a.y] * b_k;
    row_2 += a[at_a.z] * b_k;
    row_3 += a[at_a.w] * b_k;
    if (SUMS) {
      sums += b_k;
    }
  }

  let start_y = batch * M * N;
  store_row(start_y, row, column, row_0);
  store_row(start_y, row + 1u, column, row_1);
  store_row(start_y, row + 2u, column, row_2);
  store_row(start_y, row + 3u, column, row_3);
  if (SUMS && row == 0u) {
    for (var j = 0u; j < 4u && column + j < N; j++) {
      store_sum(column + j, sums[j]);
    }
  }
}

fn store_row(start: u32, row: u32, column: u32, values: vec4<f32>) {
  if (row >= M) {
    return;
  }
  for (var j = 0u; j < 4u && column + j < N; j++) {
    store(start + row * N + column + j, values[j]);
  }
}
