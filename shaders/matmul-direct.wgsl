// matmul-direct.wgsl: a matrix product straight from the buffers to registers, see functions/product.wgsl.
//
// Each invocation keeps 8 × 8 results and walks over k, so that the 16 elements it reads at each k serve 64 sums. Without
// workgroup memory, whose barriers cost a software adapter more than reading again.
// Grid: one workgroup of 2 × 2 invocations per 16 × 16 results and batch, folded.
// Needs: functions/product.wgsl, functions/grid.wgsl

@compute @workgroup_size(4)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let place = place_of(linear_workgroup(workgroup, count), 16u, 16u);
  let row = place.row + local / 2u * 8u;
  let column = place.column + local % 2u * 8u;
  if (place.batch >= BATCH || row >= M || column >= N) {
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

  // A loop, so that what is chained to the product is compiled once.
  var blocks = array<Block, 4>(top_left, top_right, bottom_left, bottom_right);
  for (var i = 0u; i < 4u; i++) {
    store_block(place.batch, row + i / 2u * 4u, column + i % 2u * 4u, blocks[i]);
  }
  if (SUMS && row == 0u) {
    store_sums(column, sums_left);
    store_sums(column + 4u, sums_right);
  }
}
