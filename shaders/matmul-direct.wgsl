// matmul-direct.wgsl: a matrix product straight from the buffers to registers, see functions/product.wgsl.
//
// Each invocation keeps 8 × 8 results and walks over k, so that the 16 elements it reads at each k serve 64 sums. Without
// workgroup memory, whose barriers cost a software adapter more than reading again.
// Grid: work(unit, local), one workgroup of 2 × 2 invocations per 16 × 16 results and batch.
// Needs functions/product.wgsl: Block, K, M, N, SUMS, accumulate, place_of, store_at, store_sums
// Operands functions/strided-operands.wgsl: columns_from, load_a, load_b, rows_from

fn work(unit: u32, local: u32) {
  let place = place_of(unit, 16u, 16u);
  let row = place.row + local / 2u * 8u;
  let column = place.column + local % 2u * 8u;
  if (row >= M || column >= N) {
    return;
  }

  let top = rows_from(place.batch, row);
  let bottom = rows_from(place.batch, row + 4u);
  let left = columns_from(place.batch, column);
  let right = columns_from(place.batch, column + 4u);
  var top_left = Block();
  var top_right = Block();
  var bottom_left = Block();
  var bottom_right = Block();
  var sums_left = vec4<f32>();
  var sums_right = vec4<f32>();
  for (var k = 0u; k < K; k++) {
    let b_left = load_b(left, k);
    let b_right = load_b(right, k);
    let a_top = load_a(top, k);
    let a_bottom = load_a(bottom, k);
    accumulate(&top_left, a_top, b_left);
    accumulate(&top_right, a_top, b_right);
    accumulate(&bottom_left, a_bottom, b_left);
    accumulate(&bottom_right, a_bottom, b_right);
    if (SUMS) {
      sums_left += b_left;
      sums_right += b_right;
    }
  }

  // One loop, so that what is chained to the product is compiled once.
  var rows = array<vec4<f32>, 16>(
    top_left.row_0, top_left.row_1, top_left.row_2, top_left.row_3,
    bottom_left.row_0, bottom_left.row_1, bottom_left.row_2, bottom_left.row_3,
    top_right.row_0, top_right.row_1, top_right.row_2, top_right.row_3,
    bottom_right.row_0, bottom_right.row_1, bottom_right.row_2, bottom_right.row_3,
  );
  for (var i = 0u; i < 64u; i++) {
    store_at(place.batch, row + i / 4u % 8u, column + i / 32u * 4u + i % 4u, rows[i / 4u][i % 4u]);
  }
  if (SUMS && row == 0u) {
    var sums = array<vec4<f32>, 2>(sums_left, sums_right);
    for (var i = 0u; i < 2u; i++) {
      store_sums(column + 4u * i, sums[i]);
    }
  }
}
