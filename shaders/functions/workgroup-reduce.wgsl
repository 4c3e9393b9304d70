// workgroup-reduce.wgsl: combines one value of each of a workgroup's invocations, in a fixed order (a tree), so that
// the same device gives the same bits. Every invocation gets the result. In a larger workgroup, which runs a plan whole, those
// beyond WORKGROUP_SIZE bring nothing.
// Needs functions/grid.wgsl: WORKGROUP_SIZE
// Caller: combine(a: f32, b: f32) -> f32

var<workgroup> partial_results: array<f32, WORKGROUP_SIZE>;

fn workgroup_reduce(value: f32, local: u32) -> f32 {
  if (local < WORKGROUP_SIZE) {
    partial_results[local] = value;
  }
  for (var half = WORKGROUP_SIZE / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (local < half) {
      partial_results[local] = combine(partial_results[local], partial_results[local + half]);
    }
  }
  workgroupBarrier();
  return partial_results[0];
}
