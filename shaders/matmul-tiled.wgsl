// matmul-tiled.wgsl: a matrix product by way of workgroup memory, see functions/product.wgsl.
//
// The workgroup reads DEPTH columns of a and rows of b at a time, once for all of its invocations, neighbours reading what
// lies next to each other in memory. Each invocation keeps 4 × 4 results in registers; where LARGE 8 × 8, as four blocks
// half a side apart, so that neighbouring invocations read neighbouring words of workgroup memory.
// Operands lie there as Operand: f32, or f16, to which they are rounded then, to the nearest on all drivers seen (WGSL
// leaves open which neighbour it is, and what becomes of values past 65504: infinity on those). The product of two f16 is
// exact in float32, and sums are float32 always; the column sums of b are of what was rounded.
// A tuning sweep over GPUs of four makers found the small tile good on all of them (2 × 2 blocks pay on large matrices).
// Grid: work(unit, local), one workgroup of 8 × 8 invocations per 32 × 32 results and batch, where LARGE per 64 × 64.
// Needs functions/product.wgsl: Block, K, SUMS, a_or_zero, accumulate, b_or_zero, place_of, store_block, store_sums
// Operands functions/strided-operands.wgsl: columns_from, rows_from
// Glue webgpu/matmul-kernels.ts: alias Operand = f32

override LARGE: bool;
/// Neighbours in a's memory are its rows: it is stored transposed.
override A_BY_ROW: bool;
/// Neighbours in b's memory are its columns, as it is where it isn't stored transposed.
override B_BY_COLUMN: bool;

const DEPTH = 8u;
/// Groups of four at each k, and one to keep apart in memory what neighbours write.
const PITCH = 17u;

var<workgroup> tile_a: array<vec4<Operand>, DEPTH * PITCH>;
var<workgroup> tile_b: array<vec4<Operand>, DEPTH * PITCH>;

fn work(unit: u32, local: u32) {
  let fours = select(8u, 16u, LARGE); // groups of four rows, and of four columns, in a tile
  let place = place_of(unit, 4u * fours, 4u * fours);

  // Each invocation reads group `four` at `depth`, and where LARGE a second one, deeper or beyond it.
  let a_depth = select(local % DEPTH, local / fours, A_BY_ROW);
  let a_four = select(local / DEPTH, local % fours, A_BY_ROW);
  let b_depth = select(local % DEPTH, local / fours, B_BY_COLUMN);
  let b_four = select(local / DEPTH, local % fours, B_BY_COLUMN);
  let a_deeper = select(0u, DEPTH / 2u, A_BY_ROW);
  let a_beyond = select(8u, 0u, A_BY_ROW);
  let b_deeper = select(0u, DEPTH / 2u, B_BY_COLUMN);
  let b_beyond = select(8u, 0u, B_BY_COLUMN);
  let rows = rows_from(place.batch, place.row + 4u * a_four);
  let columns = columns_from(place.batch, place.column + 4u * b_four);
  let second_rows = rows_from(place.batch, place.row + 4u * (a_four + a_beyond));
  let second_columns = columns_from(place.batch, place.column + 4u * (b_four + b_beyond));

  let top = local / 8u;
  let left = local % 8u;
  var top_left = Block();
  var top_right = Block();
  var bottom_left = Block();
  var bottom_right = Block();
  var sums_left = vec4<f32>();
  var sums_right = vec4<f32>();
  for (var start = 0u; start < K; start += DEPTH) {
    tile_a[a_depth * PITCH + a_four] = vec4<Operand>(a_or_zero(rows, start + a_depth));
    tile_b[b_depth * PITCH + b_four] = vec4<Operand>(b_or_zero(columns, start + b_depth));
    if (LARGE) {
      let a_next = a_depth + a_deeper;
      let b_next = b_depth + b_deeper;
      tile_a[a_next * PITCH + a_four + a_beyond] = vec4<Operand>(a_or_zero(second_rows, start + a_next));
      tile_b[b_next * PITCH + b_four + b_beyond] = vec4<Operand>(b_or_zero(second_columns, start + b_next));
    }
    workgroupBarrier();
    for (var depth = 0u; depth < DEPTH; depth++) {
      let at = depth * PITCH;
      let a_top = vec4<f32>(tile_a[at + top]);
      let b_left = vec4<f32>(tile_b[at + left]);
      accumulate(&top_left, a_top, b_left);
      if (SUMS) {
        sums_left += b_left;
      }
      if (LARGE) {
        let a_bottom = vec4<f32>(tile_a[at + top + 8u]);
        let b_right = vec4<f32>(tile_b[at + left + 8u]);
        accumulate(&top_right, a_top, b_right);
        accumulate(&bottom_left, a_bottom, b_left);
        accumulate(&bottom_right, a_bottom, b_right);
        if (SUMS) {
          sums_right += b_right;
        }
      }
    }
    workgroupBarrier();
  }

  let row = place.row + 4u * top;
  let column = place.column + 4u * left;
  // A loop, so that what is chained to the product is compiled once.
  var blocks = array<Block, 4>(top_left, top_right, bottom_left, bottom_right);
  for (var i = 0u; i < select(1u, 4u, LARGE); i++) {
    store_block(place.batch, row + i / 2u * 32u, column + i % 2u * 32u, blocks[i]);
  }
  if (SUMS && row == 0u) {
    store_sums(column, sums_left);
    if (LARGE) {
      store_sums(column + 32u, sums_right);
    }
  }
}
