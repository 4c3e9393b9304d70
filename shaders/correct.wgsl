// correct.wgsl: 1 where a row's largest logit is its label's, else 0. The first of equal logits counts.
//
//   logits   [rows, CLASSES] f32
//   labels   [rows] u32, class index
//   y        [rows] f32, 1 for a hit
//
// Grid: each(row), one invocation per row.
// Glue webgpu/glue.ts: logits_at(i: u32) -> f32, labels_at(i: u32) -> u32, store(i: u32, value: f32)

override CLASSES: u32;

fn each(row: u32) {
  let start = row * CLASSES;
  var best = 0u;
  for (var j = 1u; j < CLASSES; j++) {
    if (logits_at(start + j) > logits_at(start + best)) {
      best = j;
    }
  }
  store(row, select(0.0, 1.0, best == labels_at(row)));
}
