// matmul-split-subgroups.wgsl: a matrix product with its inner dimension split among the invocations of a workgroup, whose
// sums meet in registers first, see functions/product.wgsl. Needs the WebGPU feature subgroups.
//
// This is matmul-split.wgsl, but invocations of a subgroup that share a block add up their sums among themselves: at each
// step every one of them adds its partner's (a butterfly), so that all end with the same bits. Only one sum of each
// subgroup goes by way of workgroup memory, where they are added in order. Right for subgroups of any size; where one is
// smaller than DOWN × ACROSS, its invocations share no block and all sums go that way.
// Grid: work(unit, size, subgroup, lane), one workgroup of 64 invocations per 4 DOWN × 4 ACROSS results and batch.
// Needs functions/grid.wgsl: WORKGROUP_SIZE
// Needs functions/product.wgsl: Block, K, SUMS, accumulate, place_of, store_row, store_sums
// Operands functions/strided-operands.wgsl: columns_from, load_a, load_b, rows_from

override DOWN: u32;
override ACROSS: u32;

/// The sums of row r of blocks lie at r * 64, subgroup after subgroup; the column sums behind them.
var<workgroup> partial: array<vec4<f32>, 5u * WORKGROUP_SIZE>;

fn work(unit: u32, size: u32, subgroup: u32, lane: u32) {
  let place = place_of(unit, 4u * DOWN, 4u * ACROSS);
  // Counted through the subgroups: which of them an invocation is in isn't said by its place in the workgroup.
  let lanes = min(size, WORKGROUP_SIZE);
  let local = subgroup * lanes + lane;
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

  // Sizes are powers of two: a partner at least `blocks` away works on the same block.
  for (var away = lanes / 2u; away >= blocks; away /= 2u) {
    results.row_0 += subgroupShuffleXor(results.row_0, away);
    results.row_1 += subgroupShuffleXor(results.row_1, away);
    results.row_2 += subgroupShuffleXor(results.row_2, away);
    results.row_3 += subgroupShuffleXor(results.row_3, away);
    if (SUMS) {
      sums += subgroupShuffleXor(sums, away);
    }
  }
  let kept = min(lanes, blocks);
  if (lane < kept) {
    let at = subgroup * kept + lane;
    partial[at] = results.row_0;
    partial[WORKGROUP_SIZE + at] = results.row_1;
    partial[2u * WORKGROUP_SIZE + at] = results.row_2;
    partial[3u * WORKGROUP_SIZE + at] = results.row_3;
    if (SUMS) {
      partial[4u * WORKGROUP_SIZE + at] = sums;
    }
  }
  workgroupBarrier();

  // Each invocation adds up a row of a block: blocks * 4 of them, at most 64.
  let all = WORKGROUP_SIZE / lanes * kept;
  if (local < 4u * blocks) {
    let row = place.row + 4u * (block / ACROSS) + local / blocks;
    let sum = total(local / blocks * WORKGROUP_SIZE + block, all);
    store_row(place.batch, row, place.column + 4u * (block % ACROSS), sum);
  }
  if (SUMS && place.row == 0u && local < ACROSS) {
    store_sums(place.column + 4u * local, total(4u * WORKGROUP_SIZE + local, all));
  }
}

/// The subgroups' sums of one block from `first` on, in order, of `all` sums of all blocks.
fn total(first: u32, all: u32) -> vec4<f32> {
  var sum = partial[first];
  for (var i = DOWN * ACROSS; i < all; i += DOWN * ACROSS) {
    sum += partial[first + i];
  }
  return sum;
}
