// gather.wgsl: y[i] = table[rows[i]], whole rows. A row number past the end reads the last row.
//
//   table   [COUNT, ROW_SIZE] Element
//   rows    [n] u32
//   y       [n, ROW_SIZE] Element, SIZE elements in all
//
// Glue: alias Element, f32 or u32.
// Grid: one invocation per element of y, folded.
// Needs: functions/grid.wgsl

override SIZE: u32;
override COUNT: u32;
override ROW_SIZE: u32;

@group(1) @binding(0) var<storage, read> table: array<Element>;
@group(1) @binding(1) var<storage, read> rows: array<u32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let index = linear_index(workgroup, count, local);
  if (index < SIZE) {
    store(index, table[min(rows[index / ROW_SIZE], COUNT - 1u) * ROW_SIZE + index % ROW_SIZE]);
  }
}
