// log-sum-exp.wgsl: log Σⱼ e^xⱼ of one row of `x`, which begins at `start` and has `classes` elements. The row's maximum is
// subtracted before exp (overflow at 88.7).
// Glue webgpu/glue.ts: x_at(i: u32) -> f32

fn log_sum_exp(start: u32, classes: u32) -> f32 {
  var largest = x_at(start);
  for (var j = 1u; j < classes; j++) {
    largest = max(largest, x_at(start + j));
  }
  var sum = 0.0;
  for (var j = 0u; j < classes; j++) {
    sum += exp(x_at(start + j) - largest);
  }
  return largest + log(sum);
}
