// matmul.wgsl: a matrix product the plainest way: one invocation for each result walks over k, along its row of a and its
// column of b.
//
//     y[i, j] = Σₖ a[i, k] b[k, j]      and where SUMS Σₖ b[k, j], in order of k
//
//   a   [..., M, K] f32
//   b   [..., K, N] f32
//   y   [..., M, N] f32
//
// Each element of a is read N times and each of b M times. Where K is tiny, there is little to share, and this is the
// kernel to take; else one of those that keep what they read: matmul-direct.wgsl in registers, matmul-tiled.wgsl in
// workgroup memory, matmul-split.wgsl where results are few.
// Grid: each(i), one invocation per result.
// Needs functions/product.wgsl: K, M, N, SUMS
// Operands functions/strided-operands.wgsl: a_element, b_element
// Glue webgpu/matmul.ts: result_at(batch: u32, row: u32, column: u32) -> u32
// Glue webgpu/glue.ts: store(i: u32, value: f32)
// Glue webgpu/epilogue.ts: store_second(i: u32, value: f32)

fn each(i: u32) {
  let batch = i / (M * N);
  let row = i / N % M;
  let column = i % N;
  var product = 0.0;
  var sum = 0.0;
  for (var k = 0u; k < K; k++) {
    let b_k = b_element(batch, k, column);
    product += a_element(batch, row, k) * b_k;
    sum += b_k;
  }
  store(result_at(batch, row, column), product);
  if (SUMS && i < N) {
    store_second(i, sum);
  }
}
