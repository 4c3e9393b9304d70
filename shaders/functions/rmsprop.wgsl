// rmsprop.wgsl: RMSprop as torch.optim.RMSprop; the formula is in src/ops/update.ts.
// Moments: x the mean square, y the mean (centered), z the velocity (momentum).
// Hyperparameters: learningRate, weightDecay, alpha, 1 - alpha, epsilon, momentum.
// Glue: CENTERED, MOMENTUM.

fn update(p: f32, gradient: f32, moments: ptr<function, vec3<f32>>) -> f32 {
  let alpha = hyperparameter(FIRST + 2u);
  let rest = hyperparameter(FIRST + 3u);
  let g = gradient + hyperparameter(FIRST + 1u) * p;
  (*moments).x = alpha * (*moments).x + rest * g * g;
  var variance = (*moments).x;
  if (CENTERED) {
    (*moments).y = alpha * (*moments).y + rest * g;
    variance -= (*moments).y * (*moments).y;
  }
  var direction = g / (sqrt(max(variance, 0.0)) + hyperparameter(FIRST + 4u));
  if (MOMENTUM) {
    direction += hyperparameter(FIRST + 5u) * (*moments).z;
    (*moments).z = direction;
  }
  return p - hyperparameter(FIRST) * direction;
}
