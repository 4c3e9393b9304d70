// walked-operands.wgsl: reads the operands of a matrix product whose elements lie at walks over memory, such as the patches
// of images (src/graph/walk.ts).
//
//   a   element (i, k) lies at own_a(batch, i) + inner_a(k)
//   b   element (k, j) lies at own_b(batch, j) + inner_b(k)
//
// A place is an address, positions along an image's height and width, and what is left of those by the walk's divisors.
// Elements whose positions are outside the image, or whose two parts leave different rests, are 0.
// Caller: const M: u32, const N: u32
// Glue webgpu/walks.ts: own_a(batch: u32, i: u32) -> vec4<i32>, inner_a(k: u32) -> vec4<i32>
// Glue webgpu/walks.ts: own_b(batch: u32, i: u32) -> vec4<i32>, inner_b(k: u32) -> vec4<i32>
// Glue webgpu/walks.ts: is_inside_a(place: vec4<i32>) -> bool, is_inside_b(place: vec4<i32>) -> bool
// Glue webgpu/glue.ts: a_at(i: u32) -> f32, b_at(i: u32) -> f32

fn pick_a(own: vec4<i32>, inner: vec4<i32>) -> f32 {
  let place = own + inner;
  let is_there = is_inside_a(place) && own.w == inner.w;
  return select(0.0, a_at(u32(select(0, place.x, is_there))), is_there);
}

fn pick_b(own: vec4<i32>, inner: vec4<i32>) -> f32 {
  let place = own + inner;
  let is_there = is_inside_b(place) && own.w == inner.w;
  return select(0.0, b_at(u32(select(0, place.x, is_there))), is_there);
}

fn a_element(batch: u32, row: u32, k: u32) -> f32 {
  return pick_a(own_a(batch, row), inner_a(k));
}

fn b_element(batch: u32, k: u32, column: u32) -> f32 {
  return pick_b(own_b(batch, column), inner_b(k));
}

/// The own parts of four rows' or columns' places. Those past the edge are read at the edge.
struct Four {
  first: vec4<i32>,
  second: vec4<i32>,
  third: vec4<i32>,
  fourth: vec4<i32>,
}

alias Rows = Four;
alias Columns = Four;

fn rows_from(batch: u32, row: u32) -> Rows {
  let last = M - 1u;
  return Four(
    own_a(batch, min(row, last)),
    own_a(batch, min(row + 1u, last)),
    own_a(batch, min(row + 2u, last)),
    own_a(batch, min(row + 3u, last)),
  );
}

fn columns_from(batch: u32, column: u32) -> Columns {
  let last = N - 1u;
  return Four(
    own_b(batch, min(column, last)),
    own_b(batch, min(column + 1u, last)),
    own_b(batch, min(column + 2u, last)),
    own_b(batch, min(column + 3u, last)),
  );
}

fn load_a(rows: Rows, k: u32) -> vec4<f32> {
  let inner = inner_a(k);
  return vec4<f32>(
    pick_a(rows.first, inner),
    pick_a(rows.second, inner),
    pick_a(rows.third, inner),
    pick_a(rows.fourth, inner),
  );
}

fn load_b(columns: Columns, k: u32) -> vec4<f32> {
  let inner = inner_b(k);
  return vec4<f32>(
    pick_b(columns.first, inner),
    pick_b(columns.second, inner),
    pick_b(columns.third, inner),
    pick_b(columns.fourth, inner),
  );
}
