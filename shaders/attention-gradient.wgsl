// attention-gradient.wgsl: gradients of attention.wgsl. With p = e^(SCALE q kᵀ - log-sum-exp), worked out again, and
// ds = p (dy vᵀ - Σ dy y):
//
//     dq = SCALE ds k      dk = SCALE dsᵀ q      dv = pᵀ dy
//
//   dy       [batch, QUERIES, SLOPES] f32, of which the first HEADS x SIZE are read
//   q, k, v  as functions/attention.wgsl reads them
//   forward  [batch, QUERIES, HEADS x SIZE + HEADS] f32, as attention.wgsl made it
//   mask     [batch, KEYS] f32, where MASKED
//   y        [batch, time, Y_WIDTH] f32: dq of head h at h x SIZE, dk and dv of a head of keys at DK_START and DV_START + h x SIZE
//
// The first QUERY_UNITS units are of queries, which walk over keys; the others of keys, which walk over queries. Either may be
// none. So nothing is added up by two invocations, and terms are in order.
// Grid: work(unit, local), one workgroup of 64 for as many queries of one head, or keys of one head of keys.
// Needs functions/grid.wgsl: WORKGROUP_SIZE
// Needs functions/attention.wgsl: QUERIES, KEYS, HEADS, GROUP, CAUSAL, SCALE, left_tile, right_tile, is_seen, query_at, key_at, value_at, read_keys
// Glue webgpu/attention.ts: const SIZE: u32, const QUADS: u32, const TILE: u32, q_quad(at: u32, quad: u32) -> vec4<f32>, k_quad(at: u32, quad: u32) -> vec4<f32>, v_quad(at: u32, quad: u32) -> vec4<f32>, dy_quad(at: u32, quad: u32) -> vec4<f32>, forward_quad(at: u32, quad: u32) -> vec4<f32>
// Glue webgpu/glue.ts: forward_at(i: u32) -> f32, store(i: u32, value: f32)

override SLOPES: u32;
override Y_WIDTH: u32;
override DK_START: u32;
override DV_START: u32;
override QUERY_UNITS: u32;

/// Of the queries in the tiles: the log-sum-exp, and Σ dy y.
var<workgroup> normalisers: array<f32, TILE>;
var<workgroup> along: array<f32, TILE>;

fn slope_at(batch: u32, query: u32, head: u32) -> u32 {
  return (batch * QUERIES + query) * SLOPES + head * SIZE;
}

fn forward_row(batch: u32, query: u32) -> u32 {
  return (batch * QUERIES + query) * (HEADS * SIZE + HEADS);
}

/// Σ dy y of a query's head.
fn slope_along(batch: u32, query: u32, head: u32) -> f32 {
  var sum = 0.0;
  for (var c = 0u; c < QUADS; c++) {
    sum += dot(dy_quad(slope_at(batch, query, head), c), forward_quad(forward_row(batch, query) + head * SIZE, c));
  }
  return sum;
}

fn work(unit: u32, local: u32) {
  if (unit < QUERY_UNITS) {
    gradient_of_queries(unit, local);
  } else {
    gradient_of_keys(unit - QUERY_UNITS, local);
  }
}

fn gradient_of_queries(unit: u32, local: u32) {
  let blocks = (QUERIES + WORKGROUP_SIZE - 1u) / WORKGROUP_SIZE;
  let first_query = unit % blocks * WORKGROUP_SIZE;
  let head = unit / blocks % HEADS;
  let batch = unit / blocks / HEADS;
  let query = first_query + local;
  let held = min(query, QUERIES - 1u);
  var own: array<vec4<f32>, QUADS>;
  var slope: array<vec4<f32>, QUADS>;
  var sums: array<vec4<f32>, QUADS>;
  for (var c = 0u; c < QUADS; c++) {
    own[c] = SCALE * q_quad(query_at(batch, held, head), c);
    slope[c] = dy_quad(slope_at(batch, held, head), c);
    sums[c] = vec4<f32>(0.0);
  }
  let normaliser = forward_at(forward_row(batch, held) + HEADS * SIZE + head);
  let slope_of_sum = slope_along(batch, held, head);
  let end = select(KEYS, min(KEYS, first_query + WORKGROUP_SIZE), CAUSAL);
  for (var first = 0u; first < end; first += TILE) {
    read_keys(batch, first, head / GROUP, local);
    workgroupBarrier();
    for (var j = 0u; j < TILE; j++) {
      if (is_seen(batch, query, first + j)) {
        var score = 0.0;
        var slope_of_share = 0.0;
        for (var c = 0u; c < QUADS; c++) {
          score += dot(own[c], left_tile[j * QUADS + c]);
          slope_of_share += dot(slope[c], right_tile[j * QUADS + c]);
        }
        let change = exp(score - normaliser) * (slope_of_share - slope_of_sum);
        for (var c = 0u; c < QUADS; c++) {
          sums[c] += change * left_tile[j * QUADS + c];
        }
      }
    }
    workgroupBarrier();
  }
  if (query >= QUERIES) {
    return;
  }
  let to = (batch * QUERIES + query) * Y_WIDTH + head * SIZE;
  for (var c = 0u; c < SIZE; c++) {
    store(to + c, SCALE * sums[c / 4u][c % 4u]);
  }
}

fn gradient_of_keys(unit: u32, local: u32) {
  let blocks = (KEYS + WORKGROUP_SIZE - 1u) / WORKGROUP_SIZE;
  let first_key = unit % blocks * WORKGROUP_SIZE;
  let key_head = unit / blocks % (HEADS / GROUP);
  let batch = unit / blocks / (HEADS / GROUP);
  let key = first_key + local;
  let held = min(key, KEYS - 1u);
  var own: array<vec4<f32>, QUADS>;
  var value: array<vec4<f32>, QUADS>;
  var key_sums: array<vec4<f32>, QUADS>;
  var value_sums: array<vec4<f32>, QUADS>;
  for (var c = 0u; c < QUADS; c++) {
    own[c] = k_quad(key_at(batch, held, key_head), c);
    value[c] = v_quad(value_at(batch, held, key_head), c);
    key_sums[c] = vec4<f32>(0.0);
    value_sums[c] = vec4<f32>(0.0);
  }
  for (var head = key_head * GROUP; head < (key_head + 1u) * GROUP; head++) {
    for (var first = select(0u, first_key / TILE * TILE, CAUSAL); first < QUERIES; first += TILE) {
      for (var i = local; i < TILE * QUADS; i += WORKGROUP_SIZE) {
        let query = min(first + i / QUADS, QUERIES - 1u);
        left_tile[i] = SCALE * q_quad(query_at(batch, query, head), i % QUADS);
        right_tile[i] = dy_quad(slope_at(batch, query, head), i % QUADS);
      }
      if (local < TILE) {
        let query = min(first + local, QUERIES - 1u);
        normalisers[local] = forward_at(forward_row(batch, query) + HEADS * SIZE + head);
        along[local] = slope_along(batch, query, head);
      }
      workgroupBarrier();
      for (var i = 0u; i < min(TILE, QUERIES - first); i++) {
        if (is_seen(batch, first + i, key)) {
          var score = 0.0;
          var slope_of_share = 0.0;
          for (var c = 0u; c < QUADS; c++) {
            score += dot(own[c], left_tile[i * QUADS + c]);
            slope_of_share += dot(value[c], right_tile[i * QUADS + c]);
          }
          let share = exp(score - normalisers[i]);
          let change = share * (slope_of_share - along[i]);
          for (var c = 0u; c < QUADS; c++) {
            key_sums[c] += change * left_tile[i * QUADS + c];
            value_sums[c] += share * right_tile[i * QUADS + c];
          }
        }
      }
      workgroupBarrier();
    }
  }
  if (key >= KEYS) {
    return;
  }
  let to = (batch * KEYS + key) * Y_WIDTH + key_head * SIZE;
  for (var c = 0u; c < SIZE; c++) {
    store(to + DK_START + c, key_sums[c / 4u][c % 4u]);
    store(to + DV_START + c, value_sums[c / 4u][c % 4u]);
  }
}
