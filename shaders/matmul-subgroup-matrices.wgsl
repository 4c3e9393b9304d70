// matmul-subgroup-matrices.wgsl: a matrix product by subgroup matrices (tensor cores), see functions/product.wgsl.
// Experimental: needs the WebGPU features subgroups and chromium-experimental-subgroup-matrix.
//
// The invocations of a subgroup together multiply ROWS × DEPTH elements of a by DEPTH × COLUMNS of b, sizes that the
// adapter prescribes, and add to ROWS × COLUMNS sums in float32; in which order is the adapter's. Each of STRIPS subgroups
// makes ROWS × 4 COLUMNS results. Operands go by way of workgroup memory, where k past the edge is zero, and are rounded
// to Operand there as in matmul-tiled.wgsl. Results go that way too, for an invocation doesn't know which elements of a
// matrix it holds. Column sums are the product of ones and b.
// Grid: work(unit, local, subgroup), one workgroup of LANES invocations per STRIPS * ROWS × 4 COLUMNS results and
// batch. LANES is STRIPS times the adapter's largest subgroup; where subgroups are smaller there are more than
// STRIPS, and the others' work isn't kept. DEPTH is a power of two, ROWS and COLUMNS are multiples of 4.
// Needs functions/product.wgsl: K, N, SUMS, a_or_zero, b_or_zero, place_of, store_row
// Operands functions/strided-operands.wgsl: columns_from, rows_from
// Glue webgpu/matmul-kernels.ts: alias Operand = f32
// Glue webgpu/special-matmul.ts: const ROWS: u32, const COLUMNS: u32, const DEPTH: u32, const STRIPS: u32, const LANES: u32
// Glue webgpu/epilogue.ts: store_second(i: u32, value: f32)

/// Neighbours in a's memory are its rows, see matmul-tiled.wgsl.
override A_BY_ROW: bool;
/// And in b's its columns.
override B_BY_COLUMN: bool;

const HEIGHT = STRIPS * ROWS;
const WIDTH = 4u * COLUMNS;
const INNER = max(DEPTH, 16u);

alias Left = subgroup_matrix_left<Operand, DEPTH, ROWS>;
alias Right = subgroup_matrix_right<Operand, COLUMNS, DEPTH>;
alias Result = subgroup_matrix_result<f32, COLUMNS, ROWS>;

/// Element (row, k) of a lies at k * HEIGHT + row, element (k, column) of b at k * WIDTH + column.
var<workgroup> tile_a: array<Operand, INNER * HEIGHT>;
var<workgroup> tile_b: array<Operand, INNER * WIDTH>;
/// One matrix of each strip, row by row.
var<workgroup> matrices: array<f32, HEIGHT * COLUMNS>;

fn work(unit: u32, local: u32, subgroup: u32) {
  let place = place_of(unit, HEIGHT, WIDTH);
  let strip = min(subgroup, STRIPS - 1u);
  let with_sums = SUMS && place.row == 0u;

  var results: array<Result, 4>;
  var sums: array<Result, 4>;
  for (var start = 0u; start < K; start += INNER) {
    for (var i = local; i < INNER * HEIGHT / 4u; i += LANES) {
      let k = select(i % INNER, i / (HEIGHT / 4u), A_BY_ROW);
      let row = 4u * select(i / INNER, i % (HEIGHT / 4u), A_BY_ROW);
      let values = a_or_zero(rows_from(place.batch, place.row + row), start + k);
      for (var j = 0u; j < 4u; j++) {
        tile_a[k * HEIGHT + row + j] = Operand(values[j]);
      }
    }
    for (var i = local; i < INNER * WIDTH / 4u; i += LANES) {
      let k = select(i % INNER, i / (WIDTH / 4u), B_BY_COLUMN);
      let column = 4u * select(i / INNER, i % (WIDTH / 4u), B_BY_COLUMN);
      let values = b_or_zero(columns_from(place.batch, place.column + column), start + k);
      for (var j = 0u; j < 4u; j++) {
        tile_b[k * WIDTH + column + j] = Operand(values[j]);
      }
    }
    workgroupBarrier();
    for (var k = 0u; k < INNER; k += DEPTH) {
      let left = subgroupMatrixLoad<Left, col_major>(&tile_a, k * HEIGHT + strip * ROWS, HEIGHT);
      for (var i = 0u; i < 4u; i++) {
        let right = subgroupMatrixLoad<Right, row_major>(&tile_b, k * WIDTH + i * COLUMNS, WIDTH);
        results[i] = subgroupMatrixMultiplyAccumulate(left, right, results[i]);
        if (with_sums) {
          sums[i] = subgroupMatrixMultiplyAccumulate(Left(1), right, sums[i]);
        }
      }
    }
    workgroupBarrier();
  }

  for (var i = 0u; i < 4u; i++) {
    let column = place.column + i * COLUMNS;
    if (subgroup < STRIPS) {
      subgroupMatrixStore<row_major>(&matrices, subgroup * ROWS * COLUMNS, results[i], COLUMNS);
    }
    workgroupBarrier();
    for (var at = 4u * local; at < HEIGHT * COLUMNS; at += 4u * LANES) {
      let values = vec4<f32>(matrices[at], matrices[at + 1u], matrices[at + 2u], matrices[at + 3u]);
      store_row(place.batch, place.row + at / COLUMNS, column + at % COLUMNS, values);
    }
    workgroupBarrier();
    if (with_sums) { // every row of them is the column sums
      if (subgroup == 0u) {
        subgroupMatrixStore<row_major>(&matrices, 0u, sums[i], COLUMNS);
      }
      workgroupBarrier();
      if (local < COLUMNS && column + local < N) {
        store_second(column + local, matrices[local]);
      }
      workgroupBarrier();
    }
  }
}
