// softmax.wgsl: y = softmax(x) over the last axis, or log softmax(x) where LOGARITHM.
//
//   x   [rows, CLASSES] f32
//   y   [rows, CLASSES] f32, e^(x - log Σ e^x), or x - log Σ e^x
//
// Grid: each(row), one invocation per row.
// Needs functions/log-sum-exp.wgsl: log_sum_exp
// Glue webgpu/glue.ts: x_at(i: u32) -> f32, store(i: u32, value: f32)

override CLASSES: u32;
override LOGARITHM: bool;

fn each(row: u32) {
  let start = row * CLASSES;
  let normaliser = log_sum_exp(start, CLASSES);
  for (var j = start; j < start + CLASSES; j++) {
    let log_probability = x_at(j) - normaliser;
    if (LOGARITHM) {
      store(j, log_probability);
    } else {
      store(j, exp(log_probability));
    }
  }
}
