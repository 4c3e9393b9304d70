// matmul-split.wgsl: a matrix product with its inner dimension split among the invocations of a workgroup, see
// functions/product.wgsl.
//
// For few results with a long way to each, where one invocation per result would leave most of a GPU idle: the first
// layers of small networks, their weight gradients, and products with a vector. A workgroup makes DOWN × ACROSS blocks of
// 4 × 4 results; of the SLICES invocations that share a block, slice s adds up k = s, s + SLICES, ... Their sums are added
// in order of s, so that the same device gives the same bits.
// Grid: work(unit, local), one workgroup of 64 invocations per 4 DOWN × 4 ACROSS results and batch.
// Needs functions/grid.wgsl: WORKGROUP_SIZE
// Needs functions/product.wgsl: Block, K, SUMS, accumulate, place_of, store_row, store_sums
// Operands functions/strided-operands.wgsl: columns_from, load_a, load_b, rows_from

override DOWN: u32;
override ACROSS: u32;

/// The partial sums of row r of every invocation's block lie at r * 64; the column sums behind them.
var<workgroup> partial: array<vec4<f32>, 5u * WORKGROUP_SIZE>;

fn work(unit: u32, local: u32) {
  let place = place_of(unit, 4u * DOWN, 4u * ACROSS);
  let blocks = DOWN * ACROSS;
  let slices = WORKGROUP_SIZE / blocks;
  let block = local % blocks;
  let rows = rows_from(place.batch, place.row + 4u * (block / ACROSS));
  let columns = columns_from(place.batch, place.column + 4u * (block % ACROSS));

  var results = Block();
  var sums = vec4<f32>();
  for (var k = local / blocks; k < K; k += slices) {
    let b_k = load_b(columns, k);
    accumulate(&results, load_a(rows, k), b_k);
    if (SUMS) {
      sums += b_k;
    }
  }
  partial[local] = results.row_0;
  partial[WORKGROUP_SIZE + local] = results.row_1;
  partial[2u * WORKGROUP_SIZE + local] = results.row_2;
  partial[3u * WORKGROUP_SIZE + local] = results.row_3;
  if (SUMS) {
    partial[4u * WORKGROUP_SIZE + local] = sums;
  }
  workgroupBarrier();

  // Each invocation adds up a row of a block: blocks * 4 of them, at most 64.
  if (local < 4u * blocks) {
    let row = place.row + 4u * (block / ACROSS) + local / blocks;
    store_row(place.batch, row, place.column + 4u * (block % ACROSS), total(local / blocks * WORKGROUP_SIZE + block));
  }
  if (SUMS && place.row == 0u && local < ACROSS) {
    store_sums(place.column + 4u * local, total(4u * WORKGROUP_SIZE + local));
  }
}

/// The slices' partial sums from `first` on, in order.
fn total(first: u32) -> vec4<f32> {
  var sum = partial[first];
  for (var i = DOWN * ACROSS; i < WORKGROUP_SIZE; i += DOWN * ACROSS) {
    sum += partial[first + i];
  }
  return sum;
}
