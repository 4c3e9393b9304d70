// log-sum-exp.wgsl: log Σⱼ e^xⱼ of one row of `x`. The row's maximum is subtracted before exp (overflow at 88.7).
// Needs: a binding `x` of f32 and the constant CLASSES.

fn log_sum_exp(start: u32) -> f32 {
  var largest = x[start];
  for (var j = 1u; j < CLASSES; j++) {
    largest = max(largest, x[start + j]);
  }
  var sum = 0.0;
  for (var j = 0u; j < CLASSES; j++) {
    sum += exp(x[start + j] - largest);
  }
  return largest + log(sum);
}
