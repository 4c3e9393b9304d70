// softmax-cross-entropy-gradient.wgsl: the gradient of softmax-cross-entropy.wgsl for the logits,
// dlogits = dy (softmax(z) - q).
//
//   x        [rows, CLASSES] f32, the logits z
//   labels   [rows] u32, class index
//   dy       [rows] f32, gradient of each row's loss; 0 for rows past the end of a short batch
//   y        [rows, CLASSES] f32, dlogits
//
// q as in the forward kernel.
// Grid: each(row), one invocation per row.
// Needs functions/log-sum-exp.wgsl: log_sum_exp
// Glue webgpu/cross-entropy.ts: const SMOOTHING: f32
// Glue webgpu/glue.ts: x_at(i: u32) -> f32, labels_at(i: u32) -> u32, dy_at(i: u32) -> f32, store(i: u32, value: f32)

override CLASSES: u32;

fn each(row: u32) {
  let start = row * CLASSES;
  let normaliser = log_sum_exp(start, CLASSES);
  for (var j = 0u; j < CLASSES; j++) {
    let target_probability = select(0.0, 1.0 - SMOOTHING, j == labels_at(row)) + SMOOTHING / f32(CLASSES);
    store(start + j, dy_at(row) * (exp(x_at(start + j) - normaliser) - target_probability));
  }
}
