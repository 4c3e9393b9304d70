// attention.wgsl: where attention's queries, keys and values lie, which keys are seen, and tiles of them that a workgroup shares.
//
//   q  [batch, QUERIES, Q_WIDTH] f32: features of head h begin at h x SIZE
//   k  [batch, KEYS, K_WIDTH] f32: those of a head of keys at K_START + h x SIZE; GROUP heads of queries share one
//   v  [batch, KEYS, V_WIDTH] f32: likewise at V_START + h x SIZE
//
// Needs functions/grid.wgsl: WORKGROUP_SIZE
// Glue webgpu/attention.ts: const SIZE: u32, const QUADS: u32, const TILE: u32, mask_at(i: u32) -> f32
// Glue webgpu/attention.ts: k_quad(at: u32, quad: u32) -> vec4<f32>, v_quad(at: u32, quad: u32) -> vec4<f32>

override QUERIES: u32;
override KEYS: u32;
override HEADS: u32;
override GROUP: u32;
override Q_WIDTH: u32;
override K_WIDTH: u32;
override V_WIDTH: u32;
override K_START: u32;
override V_START: u32;
override CAUSAL: bool;
override MASKED: bool;
/// 1 / √SIZE
override SCALE: f32;

/// Log-sum-exp of a query that sees no key: NOTHING_SEEN of src/ops/attention.ts.
const NOTHING_SEEN = 1.0e30;

/// TILE rows of keys or queries, and of values or slopes, in vectors of four features.
var<workgroup> left_tile: array<vec4<f32>, TILE * QUADS>;
var<workgroup> right_tile: array<vec4<f32>, TILE * QUADS>;

fn query_at(batch: u32, query: u32, head: u32) -> u32 {
  return (batch * QUERIES + query) * Q_WIDTH + head * SIZE;
}

fn key_at(batch: u32, key: u32, head: u32) -> u32 {
  return (batch * KEYS + key) * K_WIDTH + K_START + head * SIZE;
}

fn value_at(batch: u32, key: u32, head: u32) -> u32 {
  return (batch * KEYS + key) * V_WIDTH + V_START + head * SIZE;
}

/// Reads keys from `first` on, and their values, into the tiles. Those past the end repeat the last.
fn read_keys(batch: u32, first: u32, key_head: u32, local: u32) {
  for (var i = local; i < TILE * QUADS; i += WORKGROUP_SIZE) {
    let key = min(first + i / QUADS, KEYS - 1u);
    left_tile[i] = k_quad(key_at(batch, key, key_head), i % QUADS);
    right_tile[i] = v_quad(value_at(batch, key, key_head), i % QUADS);
  }
}

fn is_seen(batch: u32, query: u32, key: u32) -> bool {
  if (key >= KEYS || (CAUSAL && key > query)) {
    return false;
  }
  return !MASKED || mask_at(batch * KEYS + key) != 0.0;
}
