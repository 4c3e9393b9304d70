// softmax-cross-entropy.wgsl: per row, loss = log Σⱼ e^zⱼ - Σⱼ qⱼ zⱼ.
//
//   x        [rows, CLASSES] f32, the logits z
//   labels   [rows] u32, class index
//   y        [rows] f32, each row's loss
//
// q puts 1 - smoothing on the label and spreads the rest over all classes; a label past the last class counts as the
// last.
// Grid: each(row), one invocation per row.
// Needs functions/log-sum-exp.wgsl: log_sum_exp
// Glue webgpu/kernel.ts: smoothing() -> f32
// Glue webgpu/glue.ts: x_at(i: u32) -> f32, labels_at(i: u32) -> u32, store(i: u32, value: f32)

override CLASSES: u32;

fn each(row: u32) {
  let start = row * CLASSES;
  var mean = 0.0;
  if (smoothing() > 0.0) {
    for (var j = 0u; j < CLASSES; j++) {
      mean += x_at(start + j) / f32(CLASSES);
    }
  }
  let label_logit = x_at(start + min(labels_at(row), CLASSES - 1u));
  store(row, log_sum_exp(start, CLASSES) - (1.0 - smoothing()) * label_logit - smoothing() * mean);
}
