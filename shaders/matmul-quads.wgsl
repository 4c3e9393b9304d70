// matmul-quads.wgsl: a matrix product straight from the buffers to registers, whose left side four invocations read
// together, see functions/product.wgsl. Needs the WebGPU feature subgroups.
//
// The four invocations of a quad make the same 16 rows of results, each of four columns of its own. At each k an invocation
// reads four of the rows' elements and gets the others' from its neighbours: eight reads serve 64 sums. For software
// adapters, which spend most of a product reading; without workgroup memory, whose barriers they wait at.
// Grid: work(unit, invocation), one workgroup of four invocations, by their places in a subgroup, per 16 × 16 results
// and batch.
// Needs functions/product.wgsl: Block, K, SUMS, accumulate, place_of, store_at, store_sums
// Operands functions/strided-operands.wgsl: columns_from, load_a, load_b, rows_from

fn work(unit: u32, invocation: u32) {
  let place = place_of(unit, 16u, 16u);
  let lane = invocation % 4u; // its place in the quad, wherever in a subgroup that lies
  let column = place.column + 4u * lane;

  let rows = rows_from(place.batch, place.row + 4u * lane);
  let columns = columns_from(place.batch, column);
  var own = Block();
  var beside = Block();
  var below = Block();
  var across = Block();
  var sums = vec4<f32>();
  for (var k = 0u; k < K; k++) {
    let b_k = load_b(columns, k);
    let a_k = load_a(rows, k);
    accumulate(&own, a_k, b_k);
    accumulate(&beside, quadSwapX(a_k), b_k);
    accumulate(&below, quadSwapY(a_k), b_k);
    accumulate(&across, quadSwapDiagonal(a_k), b_k);
    if (SUMS) {
      sums += b_k;
    }
  }

  // One loop, so that what is chained to the product is compiled once.
  var results = array<vec4<f32>, 16>(
    own.row_0, own.row_1, own.row_2, own.row_3,
    beside.row_0, beside.row_1, beside.row_2, beside.row_3,
    below.row_0, below.row_1, below.row_2, below.row_3,
    across.row_0, across.row_1, across.row_2, across.row_3,
  );
  for (var i = 0u; i < 64u; i++) {
    // Block after block; a neighbour's number differs in the bits of the block's.
    let row = place.row + 4u * (lane ^ (i / 16u)) + i / 4u % 4u;
    store_at(place.batch, row, column + i % 4u, results[i / 4u][i % 4u]);
  }
  if (SUMS && place.row == 0u) {
    store_sums(column, sums);
  }
}
