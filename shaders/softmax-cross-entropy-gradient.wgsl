// softmax-cross-entropy-gradient.wgsl: the gradient of softmax-cross-entropy.wgsl for the logits,
// dlogits = dy (softmax(z) - q).
//
//   x        [rows, CLASSES] f32, the logits z
//   labels   [rows] u32, class index
//   dy       [rows] f32, gradient of each row's loss; 0 for rows past the end of a short batch
//   y        [rows, CLASSES] f32, dlogits
//
// q as in the forward kernel. The label's probability minus 1 is that of all others: near 1 the difference would lose its
// digits.
// Grid: each(row), one invocation per row.
// Needs functions/log-sum-exp.wgsl: log_sum_exp
// Glue webgpu/kernel.ts: smoothing() -> f32, smoothing_share() -> f32
// Glue webgpu/glue.ts: x_at(i: u32) -> f32, labels_at(i: u32) -> u32, dy_at(i: u32) -> f32, store(i: u32, value: f32)

override CLASSES: u32;

fn each(row: u32) {
  let start = row * CLASSES;
  let normaliser = log_sum_exp(start, CLASSES);
  let label = min(labels_at(row), CLASSES - 1u);
  var others = 0.0;
  for (var j = 0u; j < CLASSES; j++) {
    let probability = exp(x_at(start + j) - normaliser);
    if (j != label) {
      others += probability;
      store(start + j, dy_at(row) * (probability - smoothing_share()));
    }
  }
  store(start + label, dy_at(row) * (smoothing() - smoothing_share() - others));
}
