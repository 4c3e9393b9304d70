// hidden-slopes.wgsl: what the slopes of a recurrence's hidden sums bring to h one place before: dh += dsums weightᵀ.
// An invocation works out four units of PER rows, which share its reads of the weight.
//
//   weight  [HIDDEN, gates x HIDDEN] f32
//   shown   [BATCH, HIDDEN] f32, where DROPPED: what multiplied h of a row before the weight did
//
// Glue webgpu/recurrence.ts: shown_at(i: u32) -> f32, const STATES: u32, const SUMS: u32, const PER: u32
// Glue webgpu/glue.ts: weight_at(i: u32) -> f32

override BATCH: u32;
override HIDDEN: u32;
override ROWS: u32;
override DROPPED: bool;

/// Slopes of h, and of the hidden sums, of the workgroup's ROWS rows.
var<workgroup> states: array<f32, STATES>;
var<workgroup> sums: array<f32, SUMS>;

fn bring_back(unit: u32, local: u32, gates: u32) {
  let quarter = (HIDDEN + 3u) / 4u;
  for (var block = local; block < quarter * (ROWS / PER); block += 256u) {
    let first_row = block / quarter * PER;
    let u = block % quarter;
    let units = vec4<u32>(u, u + quarter, u + 2u * quarter, u + 3u * quarter);
    let at = min(units, vec4<u32>(HIDDEN - 1u)) * (gates * HIDDEN);
    var brought: array<vec4<f32>, PER>;
    for (var r = 0u; r < PER; r++) {
      brought[r] = vec4<f32>(0.0);
    }
    for (var j = 0u; j < gates * HIDDEN; j++) {
      let weights = vec4<f32>(weight_at(at.x + j), weight_at(at.y + j), weight_at(at.z + j), weight_at(at.w + j));
      for (var r = 0u; r < PER; r++) {
        brought[r] += sums[(first_row + r) * gates * HIDDEN + j] * weights;
      }
    }
    for (var r = 0u; r < PER; r++) {
      for (var c = 0u; c < 4u; c++) {
        if (units[c] >= HIDDEN) {
          continue;
        }
        var slope = brought[r][c];
        if (DROPPED) {
          slope *= shown_at(min(unit * ROWS + first_row + r, BATCH - 1u) * HIDDEN + units[c]);
        }
        states[(first_row + r) * HIDDEN + units[c]] += slope;
      }
    }
  }
}
