// attention.wgsl: softmax(SCALE q kᵀ) v by heads, with scores that stay in the kernel, see functions/attention.wgsl.
//
//   q, k, v  as functions/attention.wgsl reads them
//   mask     [batch, KEYS] f32, where MASKED: keys where it is 0 aren't seen
//   y        [batch, QUERIES, HEADS x SIZE + HEADS] f32: what each query sees, and the log-sum-exp of its scores by head
//
// The softmax is online (Milakov, Gimelshein, 2018): of the keys so far the largest score is known and taken off before exp,
// and sums are scaled down when a larger one comes. Terms are added in order of the keys. A query that sees no key gets
// zeros, and NOTHING_SEEN for its log-sum-exp.
// Grid: work(unit, local), one workgroup of 64 for as many queries of one head.
// Needs functions/grid.wgsl: WORKGROUP_SIZE
// Needs functions/attention.wgsl: QUERIES, KEYS, HEADS, GROUP, CAUSAL, SCALE, NOTHING_SEEN, left_tile, right_tile, is_seen, query_at, read_keys
// Glue webgpu/attention.ts: const SIZE: u32, const QUADS: u32, const TILE: u32, q_quad(at: u32, quad: u32) -> vec4<f32>
// Glue webgpu/glue.ts: store(i: u32, value: f32)

/// Where the largest score begins.
const LOWEST = -3.0e38;

fn work(unit: u32, local: u32) {
  let blocks = (QUERIES + WORKGROUP_SIZE - 1u) / WORKGROUP_SIZE;
  let first_query = unit % blocks * WORKGROUP_SIZE;
  let head = unit / blocks % HEADS;
  let batch = unit / blocks / HEADS;
  let query = first_query + local;
  let own_at = query_at(batch, min(query, QUERIES - 1u), head);
  var own: array<vec4<f32>, QUADS>;
  var seen: array<vec4<f32>, QUADS>;
  for (var c = 0u; c < QUADS; c++) {
    own[c] = SCALE * q_quad(own_at, c);
    seen[c] = vec4<f32>(0.0);
  }
  var largest = LOWEST;
  var sum = 0.0;
  var is_blind = true;
  let end = select(KEYS, min(KEYS, first_query + WORKGROUP_SIZE), CAUSAL);
  for (var first = 0u; first < end; first += TILE) {
    read_keys(batch, first, head / GROUP, local);
    workgroupBarrier();
    var scores: array<f32, TILE>;
    var highest = largest;
    for (var j = 0u; j < TILE; j++) {
      if (is_seen(batch, query, first + j)) {
        var score = 0.0;
        for (var c = 0u; c < QUADS; c++) {
          score += dot(own[c], left_tile[j * QUADS + c]);
        }
        scores[j] = score;
        is_blind = false;
        highest = max(highest, score);
      }
    }
    if (highest != largest) {
      let rescale = select(exp(largest - highest), 0.0, largest == LOWEST);
      sum *= rescale;
      for (var c = 0u; c < QUADS; c++) {
        seen[c] *= rescale;
      }
      largest = highest;
    }
    for (var j = 0u; j < TILE; j++) {
      if (is_seen(batch, query, first + j)) {
        let share = exp(scores[j] - largest);
        sum += share;
        for (var c = 0u; c < QUADS; c++) {
          seen[c] += share * right_tile[j * QUADS + c];
        }
      }
    }
    workgroupBarrier();
  }
  if (query >= QUERIES) {
    return;
  }
  let row = (batch * QUERIES + query) * (HEADS * SIZE + HEADS);
  let scale = select(1.0 / sum, 0.0, is_blind);
  for (var c = 0u; c < SIZE; c++) {
    store(row + head * SIZE + c, seen[c / 4u][c % 4u] * scale);
  }
  store(row + HEADS * SIZE + head, select(largest + log(sum), NOTHING_SEEN, is_blind));
}
