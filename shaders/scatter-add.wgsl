// scatter-add.wgsl: y[r] = Σ x[i] over all i with rows[i] = r, in order of i. The reverse of gather.wgsl.
//
//   x      [N, ROW_SIZE] f32
//   rows   [N] u32; a number past the end counts as the last
//   y      [COUNT, ROW_SIZE] f32
//
// A workgroup makes BLOCK rows of y, or COLUMNS columns of one. It looks through the row numbers, a tile at a time, and lists
// those that are its own in order of i; only these rows of x are read. So each row of x is read once, without atomics, whose
// order would depend on timing.
// Grid: work(unit, local), one workgroup of 64 for each block of rows and columns.
// Needs functions/grid.wgsl: WORKGROUP_SIZE
// Glue webgpu/glue.ts: x_at(i: u32) -> f32, rows_at(i: u32) -> u32, store(i: u32, value: f32)

override N: u32;
override COUNT: u32;
override ROW_SIZE: u32;
/// At most 64.
override BLOCK: u32;
/// BLOCK x COLUMNS is at most WORKGROUP_SIZE x SUMS.
override COLUMNS: u32;

const TILE = 1024u;
/// Results of an invocation.
const SUMS = 16u;

/// Of a tile's row numbers in the block, in order: the number's place in the tile x 64, and its row in the block.
var<workgroup> found: array<u32, TILE>;
var<workgroup> counts: array<u32, WORKGROUP_SIZE>;

/// Row i's row in the block; BLOCK or more where it is in another.
fn row_in_block(i: u32, first_row: u32) -> u32 {
  return min(rows_at(i), COUNT - 1u) - first_row;
}

fn work(unit: u32, local: u32) {
  let chunks = (ROW_SIZE + COLUMNS - 1u) / COLUMNS;
  let first_row = unit / chunks * BLOCK;
  let first_column = unit % chunks * COLUMNS;
  var sums: array<f32, SUMS>;
  for (var k = 0u; k < SUMS; k++) {
    sums[k] = 0.0;
  }
  for (var tile = 0u; tile < N; tile += TILE) {
    // Each invocation looks at numbers that follow each other.
    let start = tile + local * (TILE / WORKGROUP_SIZE);
    let end = min(start + TILE / WORKGROUP_SIZE, N);
    var own = 0u;
    for (var i = start; i < end; i++) {
      own += select(0u, 1u, row_in_block(i, first_row) < BLOCK);
    }
    counts[local] = own;
    workgroupBarrier();
    var place = 0u;
    var all = 0u;
    for (var other = 0u; other < WORKGROUP_SIZE; other++) {
      place += select(0u, counts[other], other < local);
      all += counts[other];
    }
    for (var i = start; i < end; i++) {
      let row = row_in_block(i, first_row);
      if (row < BLOCK) {
        found[place] = (i - tile) * 64u + row;
        place++;
      }
    }
    workgroupBarrier();
    for (var m = 0u; m < all; m++) {
      let start_of_row = (tile + found[m] / 64u) * ROW_SIZE + first_column;
      for (var k = 0u; k < SUMS; k++) {
        let element = local + k * WORKGROUP_SIZE;
        let column = element % COLUMNS;
        if (element / COLUMNS == found[m] % 64u && first_column + column < ROW_SIZE) {
          sums[k] += x_at(start_of_row + column);
        }
      }
    }
    workgroupBarrier();
  }
  for (var k = 0u; k < SUMS; k++) {
    let element = local + k * WORKGROUP_SIZE;
    let row = first_row + element / COLUMNS;
    let column = first_column + element % COLUMNS;
    if (element < BLOCK * COLUMNS && row < COUNT && column < ROW_SIZE) {
      store(row * ROW_SIZE + column, sums[k]);
    }
  }
}
